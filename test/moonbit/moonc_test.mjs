// Runs the cases of a file: `=== NAME ===`, comments, a line `moonc COMMAND ...`, files `-- PATH --`, and what the program
// writes to stderr, `-- stderr EXIT_CODE --`. `{core}` is the standard library for the target `wasm`, `{native}` that for
// `native`, and `{packages}` are options for packages, whose directories are further arguments. With BLESS=1, the cases record
// what the program writes.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const [node, moonc, compiler, core, native, cases, ...packages] = process.argv.slice(2).map((path) => resolve(path));
const options = packages.flatMap((path) => ["--import", path, "--packages", path]).join(" ");

/** Runs a case, and returns its text with what the program wrote. */
function run(text) {
  const scratch = mkdtempSync(join(process.env.TEST_TMPDIR ?? tmpdir(), "case-"));
  const [head, ...sections] = text.split(/^(?=-- .* --$)/m);
  const kept = [head];
  for (const section of sections) {
    const [, name] = section.match(/^-- (.*) --\n/);
    if (name.startsWith("stderr ")) continue;
    kept.push(section);
    const file = join(scratch, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, section.slice(section.indexOf("\n") + 1));
  }
  let stderr = "";
  let status = 0;
  for (const [, line] of head.matchAll(/^moonc (.*)$/gm)) {
    const paths = line.replaceAll("{core}", core).replaceAll("{native}", native).replaceAll("{packages}", options);
    const [command, ...args] = paths.split(" ");
    const result = spawnSync(node, [moonc, command, "--compiler", compiler, ...args], { cwd: scratch, encoding: "utf8" });
    stderr += result.stderr;
    status = result.status;
    if (status !== 0) break;
  }
  rmSync(scratch, { recursive: true });
  return `${kept.join("")}-- stderr ${status} --\n${stderr}`;
}

const expected = readFileSync(cases, "utf8");
const parts = expected.split(/^(?==== .* ===$)/m);
const actual = parts.map((part) => (part.startsWith("=== ") ? run(part) : part));
if (process.env.BLESS) {
  writeFileSync(cases, actual.join(""));
} else {
  const failed = parts.flatMap((part, i) => (part === actual[i] ? [] : [`--- expected\n${part}--- actual\n${actual[i]}`]));
  console.log(failed.join("\n"));
  console.log(`${parts.length - 1 - failed.length} of ${parts.length - 1} cases passed`);
  process.exitCode = failed.length || parts.length < 2 ? 1 : 0;
}
