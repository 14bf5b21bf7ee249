// Compiles packages of users, and generated ones.

import { formatAll } from "./diagnostics.mjs";
import { Failure } from "./failure.mjs";
import { lastPart, readIndex, readPart } from "./packages.mjs";
import { miName } from "./standard_library.mjs";

/** The compiler's code for a function that is declared and not implemented. */
const NOT_IMPLEMENTED = 68;

const HINTS = {
  [NOT_IMPLEMENTED]: "add the function to the sources of the component",
};

/** Where the compiler finds the sources of the package that it compiles, in its diagnostics. */
const SOURCES = "/src";

/**
 * @typedef {{path: string, aliases: string[], deps: string[], mi: Uint8Array, core: Uint8Array}} Compiled
 * @typedef {[path: string, alias: string]} Import a package can have several aliases.
 * @typedef {{path: string, sources: {name: string, text: string}[], imports: Import[], isMain?: boolean,
 *   isGenerated?: boolean}} Source
 */

/** Compiles packages one after the other; each can import those before it. */
export class Build {
  /**
   * @param {import("./compiler.mjs").Compiler} compiler
   * @param {{target: string, label?: string, noOpt: boolean, warnings: "show"|"error"|"hide", core: string,
   *   packages: string[]}} options `core` and `packages` are directories of compiled packages.
   */
  constructor(compiler, { target, label, noOpt, warnings, core, packages }) {
    this.compiler = compiler;
    this.target = target;
    this.label = label;
    this.noOpt = noOpt;
    this.warnings = warnings;
    this.standardLibrary = readIndex(core).map((entry) => [miName(entry.path, entry.aliases[0]), readPart(entry, "mi")]);
    /** All packages that can be imported: path -> a compiled package or an entry of an index. */
    this.known = new Map();
    for (const directory of packages) {
      for (const entry of readIndex(directory)) {
        const other = this.known.get(entry.path);
        if (other && other.directory !== directory) {
          throw new Failure(`two libraries have the package path \`${entry.path}\``, {
            hint: "change the `import_path` of one of them",
          });
        }
        this.known.set(entry.path, entry);
      }
    }
    /** @type {Compiled[]} */
    this.compiled = [];
  }

  #mi(path) {
    const entry = this.known.get(path);
    return (entry.mi ??= readPart(entry, "mi"));
  }

  /** The packages that `imports` reach. */
  #reached(imports) {
    const reached = new Set();
    const visit = (path) => {
      const entry = this.known.get(path);
      if (!entry || reached.has(path)) return;
      reached.add(path);
      entry.deps.forEach(visit);
    };
    [...imports].forEach(visit);
    return reached;
  }

  /**
   * Compiles a package. Prints warnings; fails if there are errors.
   *
   * @param {Source} source
   */
  async add({ path, sources, imports, isMain = false, isGenerated = false }) {
    if (this.known.has(path)) {
      throw new Failure(`a dependency has the package path \`${path}\` too`, { hint: "change one `import_path`" });
    }
    const files = new Map();
    const mbtFiles = sources.map(({ name, text }, number) => {
      // Files of different directories may have the same name.
      const file = `${number}/${lastPart(name)}`;
      files.set(`${SOURCES}/${file}`, { name, text });
      return [file, text];
    });
    const deps = [...new Set(imports.map(([dep]) => dep))];
    // The compiler needs packages that others reach, with an alias. No source can write one with a space.
    const indirect = [...this.#reached(deps)].filter((dep) => !deps.includes(dep)).map((dep) => [dep, ` ${dep}`]);
    const { core, mi, diagnostics } = await this.compiler.build({
      mbtFiles,
      miFiles: [...imports, ...indirect].map(([dep, alias]) => [`${dep}/${lastPart(dep)}.mi:${alias}`, this.#mi(dep)]),
      stdMiFiles: this.standardLibrary,
      target: this.target,
      pkg: path,
      pkgSources: [`${path}:${SOURCES}`],
      isMain,
      noOpt: this.noOpt,
    });
    const report = diagnostics.map((d) => {
      const isError = d.error_code === NOT_IMPLEMENTED || (this.warnings === "error" && !isGenerated);
      return isError ? { ...d, level: "error" } : d;
    });
    const errors = report.filter((d) => d.level === "error");
    const format = (list) => formatAll(list, { label: this.label, sources: files, hints: HINTS });
    if (!core || errors.length) {
      throw new Failure(errors.length ? format(errors) : "the compiler wrote no code", { rendered: errors.length > 0 });
    }
    if (this.warnings === "show" && !isGenerated && report.length) process.stderr.write(format(report));
    const compiled = { path, aliases: [lastPart(path)], deps, mi, core };
    this.known.set(path, compiled);
    this.compiled.push(compiled);
  }
}

/**
 * The imports of a package.
 *
 * @param {string[]} options `DIR` or `DIR=ALIAS`: the packages of a directory, with their own aliases or with another.
 * @returns {Import[]}
 */
export function readImports(options) {
  const paths = new Map();
  for (const option of options) {
    const [directory, other] = option.split("=");
    for (const { path, aliases } of readIndex(directory)) {
      for (const alias of other === undefined ? aliases : [other]) {
        const used = paths.get(alias);
        if (used !== undefined) {
          throw new Failure(`the dependencies \`${used}\` and \`${path}\` are both \`@${alias}\` in sources`, {
            hint: "give one of them another name in `aliases`",
          });
        }
        paths.set(alias, path);
      }
    }
  }
  return [...paths].map(([alias, path]) => [path, alias]);
}
