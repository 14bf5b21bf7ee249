// Directories of compiled packages: what a compilation writes, and what compilations and links of dependents read.
//
// `index.json` is a list of packages in an order in which they can be compiled. Package number N has its interface in
// `N.mi` and its code in `N.core`.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, withFile } from "./failure.mjs";

/** The module whose packages every package can use without a dependency. */
export const CORE = "moonbitlang/core";

/**
 * @typedef {{path: string, aliases: string[], deps: string[], directory: string, number: number}} Package `aliases`: names of
 *   the package in sources.
 */

/**
 * Reads the index of a directory.
 *
 * @param {string} directory
 * @returns {Package[]}
 */
export function readIndex(directory) {
  const file = join(directory, "index.json");
  const text = withFile("read", file, () => readFileSync(file, "utf8"));
  try {
    return JSON.parse(text).map((entry, number) => ({ ...entry, directory, number }));
  } catch {
    throw new Failure(`\`${file}\` is no list of packages`, { hint: "rebuild the dependency" });
  }
}

/** Reads the interface (`mi`) or the code (`core`) of a package. */
export function readPart(entry, extension) {
  const file = join(entry.directory, `${entry.number}.${extension}`);
  return withFile("read", file, () => new Uint8Array(readFileSync(file)));
}

/**
 * Writes a directory.
 *
 * @param {string} directory
 * @param {{path: string, aliases: string[], deps: string[], mi: Uint8Array, core: Uint8Array}[]} packages
 */
export function writePackages(directory, packages) {
  withFile("write", directory, () => {
    mkdirSync(directory, { recursive: true });
    packages.forEach(({ mi, core }, number) => {
      writeFileSync(join(directory, `${number}.mi`), mi);
      writeFileSync(join(directory, `${number}.core`), core);
    });
    const index = packages.map(({ path, aliases, deps }) => ({ path, aliases, deps }));
    writeFileSync(join(directory, "index.json"), JSON.stringify(index, null, 1) + "\n");
  });
}

/** The last part of a package's path, the alias by which sources name it. */
export const lastPart = (path) => path.slice(path.lastIndexOf("/") + 1);

/**
 * The packages of the standard library that code needs, in the order of the index.
 *
 * Code contains the full name of each package that it refers to.
 *
 * @param {Package[]} core the standard library.
 * @param {Uint8Array[]} code
 * @returns {Package[]}
 */
export function reachedCore(core, code) {
  const byPath = new Map(core.map((entry) => [entry.path, entry]));
  const reached = new Set();
  const visit = (path) => {
    const entry = byPath.get(path);
    if (!entry || reached.has(entry)) return;
    reached.add(entry);
    entry.deps.forEach(visit);
  };
  for (const bytes of code) {
    const text = Buffer.from(bytes).toString("latin1");
    for (const [name] of text.matchAll(/moonbitlang\/core\/[a-z0-9_/]+/g)) {
      // What follows a name in the file may look like a part of it.
      for (const path of byPath.keys()) if (name.startsWith(path)) visit(path);
    }
  }
  return core.filter((entry) => reached.has(entry));
}
