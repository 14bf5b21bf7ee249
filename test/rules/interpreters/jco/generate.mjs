// Prints the declarations that jco generates for guests. Arguments: the folder of jco's packages, a WIT file, a world.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [packages, wit, world] = process.argv.slice(2);
const generator = path.join(packages, "@bytecodealliance/jco-transpile/vendor/js-component-bindgen-component.js");
const { $init, generateTypes } = await import(pathToFileURL(generator));
await $init;
const files = generateTypes("script", {
  asyncMode: undefined,
  enumValuesScreamingSnakeCase: false,
  features: { tag: "all" },
  flagsAsBigint: false,
  guest: true,
  instantiation: undefined,
  tlaCompat: false,
  useNamespaceObjects: false,
  variantsInlineCases: false,
  wit: { tag: "source", val: fs.readFileSync(wit, "utf8") },
  world,
});
for (const [, text] of files) {
  console.log(new TextDecoder().decode(text));
}
