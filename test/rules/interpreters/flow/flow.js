import { waitFor } from "wasi:clocks/monotonic-clock@0.3.0";

const wait = (millis) => waitFor(BigInt(millis) * 1000000n);

let live = 0;

class Item {
    #name;
    constructor(name) {
        this.#name = name;
        live++;
    }
    name() {
        return this.#name;
    }
    static live() {
        return live;
    }
    [Symbol.dispose]() {
        live--;
    }
}

// Who waits for the end of `endless`, and for `notify`.
let stopped;
const isStopped = new Promise((resolve) => {
    stopped = resolve;
});
let notify;

async function all(values) {
    const found = [];
    for await (const value of values) {
        found.push(value);
    }
    return found;
}

export const flows = {
    async *bytes(count, chunk) {
        for (let at = 0; at < count; at += chunk) {
            yield Uint8Array.from({ length: Math.min(chunk, count - at) }, (_, i) => at + i);
        }
    },
    words: (words) => words,
    async *points(count, millis) {
        for (let x = 0; x < count; x++) {
            await wait(millis);
            yield { x, label: `point ${x}` };
        }
    },
    *ticks(count) {
        for (let i = 0; i < count; i++) {
            yield;
        }
    },
    async *endless() {
        let i = 0;
        try {
            for (;;) {
                yield `word ${i++}`;
            }
        } finally {
            stopped(`stopped after ${i}`);
        }
    },
    stopped: () => isStopped,

    async sum(bytes) {
        let [count, sum] = [0, 0n];
        for await (const chunk of bytes) {
            count += chunk.length;
            for (const byte of chunk) {
                sum += BigInt(byte);
            }
        }
        return [count, sum];
    },
    join: async (words) => (await all(words)).join(" "),
    async first(words, count) {
        const found = [];
        for await (const word of words) {
            found.push(word);
            if (found.length === count) {
                break;
            }
        }
        return found;
    },
    labels: async (points) => (await all(points)).map(({ x, label }) => `${label} at ${x}`).join(),
    count: async (ticks) => (await all(ticks)).filter((tick) => tick === undefined).length,
    async *shout(words) {
        for await (const word of words) {
            yield word.toUpperCase();
        }
    },

    later: () =>
        new Promise((resolve) => {
            notify = resolve;
        }),
    notify(text) {
        notify(text);
    },
    async *notified() {
        yield await flows.later();
        yield "end";
    },
    async both(words) {
        let written;
        const count = new Promise((resolve) => {
            written = resolve;
        });
        async function* write() {
            yield* words;
            written(words.length > 0 ? { tag: "ok", val: words.length } : { tag: "err", val: "no words" });
        }
        return [write(), count];
    },
    answer: async (question) => `${await question}!`,
    done: (millis) => wait(millis),
    async awaitDone(done) {
        await done;
        return "done";
    },
    ignore(question, words) {
        // Only the garbage collector finds these.
        const cycle = { question, words };
        cycle.cycle = cycle;
    },

    same: (bytes) => bytes,
    sameFuture: (number) => number,
    sameAsync: async (bytes) => bytes,
};

export const items = {
    Item,
    *write(names) {
        for (const name of names) {
            yield new Item(name);
        }
    },
    async take(items, count) {
        const names = [];
        while (names.length < count) {
            const item = (await items.next()).value;
            names.push(item.name());
            item[Symbol.dispose]();
        }
        // The next one is being written.
        await wait(2);
        await items.return();
        return names;
    },
};
