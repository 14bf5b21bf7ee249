// Compiles the generated bindings of a world, with the sources that implement its exports.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, withFile } from "./failure.mjs";
import { lastPart } from "./packages.mjs";

/**
 * Reads `bindings.json`, which `wit bindgen-moonbit` writes.
 *
 * @param {string} directory
 * @returns {{entry: string, exports: string[], packages: {path: string, directory: string, files: string[],
 *   imports: {path: string, alias: string}[], role: "import"|"export"|"entry", item?: string}[]}}
 */
export function readBindings(directory) {
  const file = join(directory, "bindings.json");
  return JSON.parse(withFile("read", file, () => readFileSync(file, "utf8")));
}

function sourcesOf(entry, directory, name) {
  return entry.files.map((file) => {
    const path = join(directory, entry.directory, file);
    return {
      name: `${name}/${entry.directory}/${file}`,
      text: withFile("read", path, () => readFileSync(path, "utf8")),
    };
  });
}

const importsOf = (entry) => entry.imports.map(({ path, alias }) => [path, alias]);

/**
 * Compiles the packages with imports of the world.
 *
 * @param {import("./compile.mjs").Build} build
 * @param {string} directory the bindings.
 * @param {string} name their name in diagnostics.
 */
export async function compileImports(build, directory, name) {
  const { packages } = readBindings(directory);
  const own = packages.filter(({ role }) => role === "import");
  for (const entry of own) {
    await build.add({
      path: entry.path,
      sources: sourcesOf(entry, directory, name),
      imports: importsOf(entry),
      isGenerated: true,
    });
  }
  const named = aliasesOf(own, []);
  for (const compiled of build.compiled) {
    compiled.aliases = named.filter(([path]) => path === compiled.path).map(([, alias]) => alias);
  }
}

/**
 * The names by which sources call the imports of the world: `interface` and `package/interface`, as far as each is the name
 * of one import only, or else longer ones.
 *
 * @param {{path: string}[]} packages
 * @param {string[]} taken names of other packages.
 * @returns {import("./compile.mjs").Import[]}
 */
function aliasesOf(packages, taken) {
  const suffixes = ({ path }) => {
    const parts = path.replaceAll("-", "_").split("/");
    return parts.map((_, start) => parts.slice(start).join("/")).reverse();
  };
  const all = [...taken, ...packages.flatMap(suffixes)];
  const isUnique = (name) => all.indexOf(name) === all.lastIndexOf(name);
  return packages.flatMap((entry) => {
    const names = suffixes(entry);
    const short = names.slice(0, 2).filter(isUnique);
    return (short.length ? short : names.filter(isUnique).slice(0, 1)).map((name) => [entry.path, name]);
  });
}

/**
 * Compiles the packages with exports of the world, each with the sources that implement it, and the entry package.
 *
 * @param {import("./compile.mjs").Build} build
 * @param {string} directory the bindings.
 * @param {string} name their name in diagnostics.
 * @param {{item?: string, name: string, text: string}[]} implementation sources; `item` is the export that they
 *   implement, an interface or the world, and may be missing if the world has one.
 * @param {import("./compile.mjs").Import[]} deps libraries.
 */
export async function compileExports(build, directory, name, implementation, deps) {
  const { packages } = readBindings(directory);
  const roles = (role) => packages.filter((entry) => entry.role === role);
  const exported = roles("export");
  const sources = new Map(exported.map((entry) => [entry.path, []]));
  for (const source of implementation) {
    sources.get(exportOf(exported, source).path).push(source);
  }
  for (const entry of exported) {
    const generated = importsOf(entry);
    for (const [path, alias] of deps) {
      const other = generated.find(([, used]) => used === alias);
      if (other) {
        throw new Failure(`the dependency \`${path}\` and \`${other[0]}\` of the bindings are both \`@${alias}\` in sources`, {
          hint: "give the dependency another name in `aliases`",
        });
      }
    }
    const named = [...generated, ...deps];
    const world = aliasesOf(roles("import"), named.map(([, alias]) => alias));
    await build.add({
      path: entry.path,
      sources: [...sourcesOf(entry, directory, name), ...sources.get(entry.path)],
      imports: [...named, ...world],
    });
  }
  for (const entry of roles("entry")) {
    await build.add({
      path: entry.path,
      sources: sourcesOf(entry, directory, name),
      imports: importsOf(entry),
      isGenerated: true,
    });
  }
}

function exportOf(exported, { item, name }) {
  const items = exported.map((entry) => entry.item);
  const known = items.length ? `the world exports ${items.map((i) => `\`${i}\``).join(", ")}` : "the world exports nothing";
  if (item === undefined) {
    if (exported.length === 1) return exported[0];
    throw new Failure(`it is not clear what \`${lastPart(name)}\` implements: ${known}`, {
      hint: "use `exports` in place of `srcs`, which names the export of each source",
    });
  }
  const found = exported.filter((entry) => entry.item === item || entry.item.replace(/@[^@]*$/, "") === item);
  if (found.length === 1) return found[0];
  throw new Failure(`\`${lastPart(name)}\` implements \`${item}\`, but ${known}`, {
    hint: "correct the name in `exports`",
  });
}
