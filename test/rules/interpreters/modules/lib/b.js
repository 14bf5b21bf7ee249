import "//test/rules/interpreters/modules/shared:shared.js";

export const b = () => "lib/b";
