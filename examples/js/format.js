/** Formats a line of the receipt; `cents` is a BigInt. */
export function formatLine(count, name, cents) {
    return `${count} x ${name} at ${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`;
}
