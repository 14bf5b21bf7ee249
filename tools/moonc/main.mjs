// moonc: compiles MoonBit, with the compiler and the standard library of an npm package.
//
// Usage: node main.mjs COMMAND OPTIONS. The last argument may be `@FILE`, which stands for the lines of FILE.
//
//   core      --compiler FILE --library FILE --target TARGET --output DIR
//   build     --package PATH --source NAME=FILE... [--import DIR[=ALIAS]...] [--main]    and the options of all builds
//   imports   --bindings NAME=DIR                                                        and the options of all builds
//   exports   --bindings NAME=DIR --source [ITEM=]NAME=FILE... [--import DIR[=ALIAS]...] and the options of all builds
//   link      --compiler FILE --core DIR --packages DIR... --target TARGET --output FILE
//             (--bindings NAME=DIR | --package PATH --export FUNCTION[:NAME]...) [--no-opt]
//
// Options of all builds: --compiler FILE --core DIR [--packages DIR...] --target TARGET --output DIR [--no-opt]
// [--warnings show|error|hide]. Each takes `--label LABEL`, the Bazel target in errors. `core` compiles the standard
// library, `build` a package, `imports` and `exports` the two parts of bindings. DIR is a directory of compiled packages,
// but of bindings their sources.
//
// Exit codes: 0 success, 1 invalid input, 2 usage, 3 file system.

import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { compileExports, compileImports, readBindings } from "./bindings.mjs";
import { Build, readImports } from "./compile.mjs";
import { Compiler, TARGETS } from "./compiler.mjs";
import { format } from "./diagnostics.mjs";
import { EXIT, Failure, withFile } from "./failure.mjs";
import { link } from "./link.mjs";
import { writePackages } from "./packages.mjs";
import { compileLibrary, readArchive } from "./standard_library.mjs";

const text = { type: "string" };
const texts = { type: "string", multiple: true, default: [] };
const flag = { type: "boolean", default: false };
const OPTIONS = {
  bindings: text,
  compiler: text,
  core: text,
  export: texts,
  import: texts,
  label: text,
  library: text,
  main: flag,
  "no-opt": flag,
  output: text,
  package: text,
  packages: texts,
  source: texts,
  target: text,
  warnings: { type: "string", default: "show" },
};

/** Splits `A=B` into N parts; the last one may contain `=`. */
function split(option, count) {
  const parts = option.split("=");
  return parts.length < count ? parts : [...parts.slice(0, count - 1), parts.slice(count - 1).join("=")];
}

const readSource = (name, file) => ({ name, text: withFile("read", file, () => readFileSync(file, "utf8")) });

const COMMANDS = {
  async core(options, compiler) {
    const files = readArchive(options.library);
    writePackages(options.output, await compileLibrary(compiler, files, options.target, options.label));
  },
  async build(options, compiler) {
    const build = makeBuild(options, compiler);
    await build.add({
      path: options.package,
      sources: options.source.map((option) => readSource(...split(option, 2))),
      imports: readImports(options.import),
      isMain: options.main,
    });
    writePackages(options.output, build.compiled);
  },
  async imports(options, compiler) {
    const build = makeBuild(options, compiler);
    const [name, directory] = split(options.bindings, 2);
    await compileImports(build, directory, name);
    writePackages(options.output, build.compiled);
  },
  async exports(options, compiler) {
    const build = makeBuild(options, compiler);
    const [name, directory] = split(options.bindings, 2);
    const sources = options.source.map((option) => {
      const [item, source, file] = split(option, 3);
      return { item: item || undefined, ...readSource(source, file) };
    });
    await compileExports(build, directory, name, sources, readImports(options.import));
    writePackages(options.output, build.compiled);
  },
  async link(options, compiler) {
    const bindings = options.bindings && readBindings(split(options.bindings, 2)[1]);
    const module = await link(compiler, {
      target: options.target,
      core: options.core,
      packages: options.packages,
      main: bindings?.entry ?? options.package,
      exports: bindings?.exports ?? options.export,
      noOpt: options["no-opt"],
    });
    withFile("write", options.output, () => writeFileSync(options.output, module));
  },
};

const makeBuild = (options, compiler) => new Build(compiler, { ...options, noOpt: options["no-opt"] });

/** Replaces `@FILE` at the end by the lines of the file. Labels start with `@` too. */
function expand(args) {
  const last = args.at(-1) ?? "";
  if (!last.startsWith("@")) return args;
  const file = last.slice(1);
  const lines = withFile("read", file, () => readFileSync(file, "utf8")).split("\n");
  return [...args.slice(0, -1), ...lines.filter((line) => line)];
}

/** The options, of which `label` is also known if they are wrong. */
function parse(args) {
  try {
    return parseArgs({ args, options: OPTIONS, strict: true }).values;
  } catch (e) {
    throw new Failure(e.message.split("\n")[0], { code: EXIT.usage, hint: "see the comment in main.mjs" });
  }
}

async function main() {
  let label;
  try {
    const [name, ...rest] = expand(process.argv.slice(2));
    const command = Object.hasOwn(COMMANDS, name ?? "") ? COMMANDS[name] : undefined;
    if (!command) {
      throw new Failure(`unknown command \`${name ?? ""}\`; known commands: ${Object.keys(COMMANDS).join(", ")}`, {
        code: EXIT.usage,
      });
    }
    const options = parse(rest);
    label = options.label;
    if (!options.compiler || !options.output || !Object.hasOwn(TARGETS, options.target ?? "")) {
      throw new Failure(`\`--compiler\`, \`--output\` and \`--target\` are required; targets: ${Object.keys(TARGETS).join(", ")}`, {
        code: EXIT.usage,
      });
    }
    await command(options, new Compiler(options.compiler));
  } catch (e) {
    const failure = e instanceof Failure ? e : new Failure(`internal error: ${e.stack}`, { hint: "report it" });
    const { message, code, hint, rendered } = failure;
    process.stderr.write(rendered ? message : format({ level: "error", label, title: message, hint }));
    process.exitCode = code;
  }
}

await main();
