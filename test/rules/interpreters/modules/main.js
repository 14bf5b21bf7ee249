import { a } from "./lib/a.js";
import { shared, count } from "//test/rules/interpreters/modules/shared:shared.js";
import { shared as again } from "//test/rules/interpreters/modules/shared:shared";

export function run() {
    return `main, ${a()}, ${shared()}, ${again()}; loaded ${count()}`;
}
