// Compares the layout of objects in memory with the one for which tools/wit/src/bindings/moonbit/adapt.rs adapts bindings: data
// begin eight bytes behind the address, behind the kind and the length. If a new version of the compiler has another layout,
// look whether its bindings need `adapt` at all.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]));

for (const [name, kind, length, data] of [
  ["bytes", 0x4000_0000n, 5n, 0x0403_0201n],
  ["string", 0x5000_0000n, 3n, 0x0062_0061n],
  ["ints", 0x6000_0000n, 2n, 7n],
  ["int64s", 0x7000_0000n, 3n, 9n],
]) {
  const actual = BigInt.asUintN(64, instance.exports[name]());
  assert.equal(actual.toString(16), ((data << 32n) | kind | length).toString(16), name);
}
