import { waitFor } from "wasi:clocks/monotonic-clock@0.3.0";
import * as flows from "test:flow/flows";

async function* yields(...values) {
    for (const value of values) {
        await waitFor(1000n);
        yield value();
    }
}

const fail = () => {
    throw new RangeError("on purpose");
};
const never = () => new Promise(() => {});

// Values of futures and streams, which are passed, and then written.
const VALUES = {
    thrown: fail,
    value: () => 5,
    never,
};

export function run(which) {
    switch (which) {
        case "future":
            return flows.answer(Promise.resolve(5));
        case "rejected":
            return flows.answer(waitFor(1000n).then(fail));
        case "stream":
            return flows.join(yields(() => "a", VALUES.value));
        case "iterator":
            return flows.join({ [Symbol.iterator]: () => ({ next: () => ({ value: 5 }) }) });
    }
    return "?";
}

// Only the garbage collector finds that nothing can settle the promise.
async function* cycle() {
    const held = [];
    held.push(new Promise((resolve) => held.push(resolve)));
    yield held[1];
}

export const words = (which) => (which === "never" ? cycle() : yields(() => "a", VALUES[which]));
export const text = async (which) => {
    await waitFor(1000n);
    return VALUES[which]();
};

// What can be caught: arguments that are refused before they are passed, and a value where it is yielded.
const CAUGHT = {
    "no stream": () => flows.join(5),
    text: () => flows.join("text"),
    array: () => flows.join(["a", 5]),
    "no future": () => flows.answer(5),
    async twice() {
        const bytes = await flows.bytes(1, 1);
        await flows.sum(flows.same(bytes));
        await flows.sum(bytes);
    },
    async value() {
        let caught;
        function* words() {
            try {
                yield 5;
            } catch (e) {
                caught = e;
            }
            yield "word";
        }
        await flows.join(words());
        throw caught;
    },
};

export async function caught(which) {
    try {
        await CAUGHT[which]();
    } catch (e) {
        return e.message;
    }
    return "?";
}

// A function that is not async can pass on what it has received, and no more.
export const wordsNow = () => ["a"];
export function caughtNow() {
    try {
        flows.same([1, 2]);
    } catch (e) {
        return e.message;
    }
    return "?";
}
