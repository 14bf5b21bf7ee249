// The standard library, which an npm package contains as constants of a script.

import { readFileSync } from "node:fs";
import { TARGETS } from "./compiler.mjs";
import { formatAll } from "./diagnostics.mjs";
import { Failure, withFile } from "./failure.mjs";
import { CORE, lastPart } from "./packages.mjs";

const ROOT = "/lib/core/";
const LIST = `${ROOT}_build/packages.json`;

/**
 * Takes the files out of the script.
 *
 * A table names them, `i["/lib/core/PATH"] = NAME;`, and each is a constant `NAME = decode("BASE64")`.
 *
 * @param {string} file the script.
 * @returns {Map<string, Buffer>} files by path.
 */
export function readArchive(file) {
  const script = withFile("read", file, () => readFileSync(file, "utf8"));
  const paths = new Map();
  for (const [, path, name] of script.matchAll(/^\w{1,8}\["(\/lib\/core\/[^"]+)"\] = ([\w$]{1,8});$/gm)) paths.set(name, path);
  const files = new Map();
  for (const [, name, base64] of script.matchAll(/[ (]([\w$]{1,8}) = [\w$]{1,8}\("([A-Za-z0-9+/=]*)"\)/g)) {
    const path = paths.get(name);
    if (path && !files.has(path)) files.set(path, Buffer.from(base64, "base64"));
  }
  if (files.size !== paths.size || !files.has(LIST)) {
    throw new Failure(`found ${files.size} of ${paths.size} files of the standard library in \`${file}\``, {
      hint: "use `moonpad-monaco.js` of the version of the npm package in TOOL_VERSIONS",
    });
  }
  return files;
}

/**
 * Compiles all packages for a target.
 *
 * @param {import("./compiler.mjs").Compiler} compiler
 * @param {Map<string, Buffer>} files
 * @param {string} target
 * @param {string} label
 * @returns {Promise<object[]>} packages, as `writePackages` takes them.
 */
export async function compileLibrary(compiler, files, target, label) {
  const list = JSON.parse(files.get(LIST).toString("utf8"));
  const byPath = new Map(list.packages.map((entry) => [`${CORE}/${entry.rel}`, entry]));
  const compiled = new Map();
  const compile = async (path) => {
    if (compiled.has(path)) return;
    const entry = byPath.get(path);
    for (const dep of entry.deps) await compile(dep.path);
    const aliases = new Map(entry.deps.map((dep) => [dep.path, dep.alias]));
    // Every package that is reached through others must be passed too.
    const reached = new Set();
    const reach = (dep) => {
      if (reached.has(dep)) return;
      reached.add(dep);
      compiled.get(dep).deps.forEach(reach);
    };
    [...aliases.keys()].forEach(reach);
    const sources = new Map();
    const mbtFiles = Object.entries(entry.files)
      .filter(([, { backend, optlevel }]) => backend.includes(TARGETS[target]) && optlevel.includes("Release"))
      .map(([uri]) => {
        const name = uri.slice(uri.indexOf(":") + 1);
        const text = files.get(name).toString("utf8");
        sources.set(uri, { name, text });
        return [uri, text];
      });
    const { core, mi, diagnostics } = await compiler.build({
      mbtFiles,
      miFiles: [...reached].map((dep) => [miName(dep, aliases.get(dep) ?? lastPart(dep)), compiled.get(dep).mi]),
      stdMiFiles: [],
      target,
      pkg: path,
      pkgSources: [`${path}:moonbit-core:${ROOT}${entry.rel}`],
      isMain: false,
      noOpt: false,
    });
    if (!core) throw new Failure(formatAll(diagnostics.filter((d) => d.level === "error"), { label, sources }), { rendered: true });
    compiled.set(path, { path, aliases: [lastPart(path)], deps: [...aliases.keys()], core, mi });
  };
  for (const path of byPath.keys()) await compile(path);
  return [...compiled.values()];
}

/** The name of an interface file, in the form that tells the compiler the package's alias. */
export const miName = (path, alias) => `moonbit-core:/lib/${path.slice("moonbitlang/".length)}/${lastPart(path)}.mi:${alias}`;
