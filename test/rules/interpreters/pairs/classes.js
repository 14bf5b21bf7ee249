export const names = (...values) => values.map((value) => value.constructor.name);
