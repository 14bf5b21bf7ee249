// Runs the modules that `moonbit_wasm_module` makes of one source for each target.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [wasm, gc, js, main] = process.argv.slice(2);

const instantiate = (file, imports) => WebAssembly.instantiate(readFileSync(file), imports).then(({ instance }) => instance.exports);

for (const [target, module] of Object.entries({
  wasm: await instantiate(wasm),
  "wasm-gc": await instantiate(gc),
  js: await import(pathToFileURL(resolve(js))),
})) {
  assert.equal(module.gcd(84, 36), 12, target);
  assert.equal(module.largestPrime(97), 97, target);
  assert.equal(module.largestPrime(1), 0, target);
}

const { hello } = await import(pathToFileURL(resolve(js)));
assert.equal(hello("Wörld 😀"), "Hello, Wörld 😀! 12.34");

// `println` writes one unit of UTF-16 after the other.
let printed = "";
const { _start } = await instantiate(main, { spectest: { print_char: (unit) => (printed += String.fromCharCode(unit)) } });
_start();
assert.equal(printed, "[2, 3, 5, 7] 😀\n");

// Of the standard library, a module contains what it uses.
assert.ok(readFileSync(wasm).length < 5000, `${readFileSync(wasm).length} bytes`);
