// Links programs.

import { Failure } from "./failure.mjs";
import { readIndex, readPart, reachedCore } from "./packages.mjs";

/**
 * Links packages to a module.
 *
 * @param {import("./compiler.mjs").Compiler} compiler
 * @param {{target: string, core: string, packages: string[], main: string, exports: string[], noOpt: boolean}} options
 *   `exports`: `function` or `function:name`, of the package `main`.
 * @returns {Promise<Uint8Array>} a WebAssembly module, or a JavaScript module as UTF-8.
 */
export async function link(compiler, { target, core, packages, main, exports, noOpt }) {
  const own = packages.flatMap(readIndex);
  const code = own.map((entry) => readPart(entry, "core"));
  // Of the standard library, only what the program reaches is read.
  const library = reachedCore(readIndex(core), code);
  const module = await compiler.link({
    coreFiles: [...library.map((entry) => readPart(entry, "core")), ...code],
    main,
    pkgSources: [...library, ...own].map(({ path }) => `${path}:/${path}`),
    target,
    exportedFunctions: exports,
    debug: noOpt,
    noOpt,
  });
  const names = exports.map((spec) => spec.slice(spec.indexOf(":") + 1));
  const found = target === "js" ? exportsOfScript(module) : exportsOfModule(module);
  // The compiler leaves out functions that do not exist.
  const missing = exports.filter((_, i) => !found.has(names[i])).map((spec) => `\`${spec.split(":")[0]}\``);
  if (missing.length) {
    const what = missing.length === 1 ? "public function" : "public functions";
    throw new Failure(`the program has no ${what} ${missing.join(", ")}`, {
      hint: "declare it as `pub fn` in the sources, not in a dependency, or correct `exports`",
    });
  }
  return module;
}

/** The names in the export section: https://webassembly.github.io/spec/core/binary/modules.html#export-section */
function exportsOfModule(bytes) {
  const names = new Set();
  let at = 8;
  const leb = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80 || byte === undefined) return value;
    }
  };
  while (at < bytes.length) {
    const id = bytes[at++];
    const size = leb();
    const end = at + size;
    if (id === 7) {
      for (let count = leb(); count > 0; count--) {
        const length = leb();
        names.add(Buffer.from(bytes.subarray(at, at + length)).toString("utf8"));
        at += length + 1;
        leb();
      }
    }
    at = end;
  }
  return names;
}

/** The names in the `export` statement at the end of the script. */
function exportsOfScript(bytes) {
  const text = Buffer.from(bytes).toString("utf8");
  const [, list = ""] = text.match(/^export \{([^}]*)\}/m) ?? [];
  return new Set(list.split(",").map((item) => item.trim().split(/ as /).at(-1)));
}
