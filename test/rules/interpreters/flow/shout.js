import { readViaStream } from "wasi:cli/stdin@0.3.0";
import { writeViaStream } from "wasi:cli/stdout@0.3.0";

async function* upper(bytes) {
    for await (const chunk of bytes) {
        yield chunk.map((byte) => (byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte));
    }
}

export const run = {
    async run() {
        const [input, read] = readViaStream();
        const outcomes = [await writeViaStream(upper(input)), await read];
        if (outcomes.some(({ tag }) => tag !== "ok")) {
            throw undefined;
        }
    },
};
