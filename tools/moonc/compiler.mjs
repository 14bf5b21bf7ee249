// Runs MoonBit's compiler, which its npm package contains as a Web Worker.

import fs, { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import vm from "node:vm";
import { Failure, withFile } from "./failure.mjs";

/** Targets of the compiler -> their names in the package list of the standard library. */
export const TARGETS = { wasm: "Wasm", "wasm-gc": "WasmGC", js: "Js", native: "Native" };

const require = createRequire(import.meta.url);

/** What the compiler gets as `fs`: it also prints its diagnostics, which are not wanted. */
const SILENT = { ...fs, writeSync: (_file, _bytes, _offset, length) => length };

/**
 * A compiler in this process.
 *
 * The worker answers messages of the library Comlink: a call has an id, a path and arguments.
 */
export class Compiler {
  #receive;
  #reply;
  #seen = new Set();

  /** @param {string} file the script of the worker. */
  constructor(file) {
    const script = withFile("read", file, () => readFileSync(file, "utf8"));
    globalThis.require = (name) => (name === "fs" ? SILENT : require(name));
    globalThis.addEventListener = (type, listener) => {
      if (type === "message") this.#receive = listener;
    };
    globalThis.postMessage = (message) => {
      this.#reply = message;
    };
    vm.runInThisContext(script, { filename: "moonc-worker.js" });
    if (!this.#receive) {
      throw new Failure(`\`${file}\` is no MoonBit compiler: it does not listen for messages`, {
        hint: "use `moonc-worker.js` of the npm package",
      });
    }
  }

  /**
   * Compiles a package.
   *
   * @param {object} params `buildPackageParams` of the compiler's `moonc-web.d.ts`, without the fields that are the same
   *   for all packages.
   * @returns {Promise<{core?: Uint8Array, mi?: Uint8Array, diagnostics: object[]}>} `core` is missing if there are errors.
   */
  async build(params) {
    const result = await this.#call("buildPackage", {
      indirectImportMiFiles: [],
      errorFormat: "json",
      enableValueTracing: false,
      ...params,
    });
    // After an error, the compiler repeats the diagnostics of earlier calls.
    const texts = result.diagnostics.filter((text) => !this.#seen.has(text));
    for (const text of texts) this.#seen.add(text);
    return { ...result, diagnostics: texts.map((text) => JSON.parse(text)) };
  }

  /**
   * Links a program.
   *
   * @param {object} params `linkCoreParams`, without the fields that are the same for all programs.
   * @returns {Promise<Uint8Array>} the module.
   */
  async link(params) {
    const result = await this.#call("linkCore", {
      outputFormat: "wasm",
      testMode: false,
      sourceMap: false,
      sources: {},
      stopOnMain: false,
      ...params,
    });
    return result.result;
  }

  async #call(name, params) {
    this.#reply = undefined;
    this.#receive({ data: { id: "1", type: "APPLY", path: [name], argumentList: [{ type: "RAW", value: params }] } });
    while (this.#reply === undefined) await new Promise((resolve) => setImmediate(resolve));
    const { type, name: handler, value } = this.#reply;
    if (type === "HANDLER" && handler === "throw") {
      const cause = value.isError ? value.value.message : JSON.stringify(value.value);
      throw new Failure(`the compiler failed in \`${name}\`: ${String(cause).slice(0, 300)}`, {
        hint: "report it to MoonBit, with the sources if possible",
      });
    }
    return value;
  }
}
