import { find, log } from "demo:shop/store@1.0.0";
import { formatLine } from "./format.js";

export const cart = {
    checkout(lines) {
        log(`checking out ${lines.length} lines`);
        let total = 0n;
        const shown = [];
        for (const { item: name, count } of lines) {
            try {
                const { price } = find(name);
                total += price * BigInt(count);
                shown.push(formatLine(count, name, price));
            } catch (e) {
                // `payload` is the error of the WIT function, an enum.
                throw e.payload ? `${name}: ${e.payload}` : e;
            }
        }
        return { lines: shown, total };
    },
};
