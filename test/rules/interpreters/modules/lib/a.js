import { b } from "../lib/./b.js";

export const a = () => `lib/a, ${b()}`;
