import { waitFor } from "wasi:clocks/monotonic-clock@0.3.0";
import * as flows from "test:flow/flows";

const wait = (millis) => waitFor(BigInt(millis) * 1000000n);

async function all(values) {
    const found = [];
    for await (const value of values) {
        found.push(value);
    }
    return found;
}

// Notes how far it was read.
async function* numbered(count, notes) {
    let i = 0;
    try {
        while (i < count) {
            yield `word ${i++}`;
        }
    } finally {
        notes.push(`stopped after ${i}`);
    }
}

const CASES = {
    async bytes() {
        const chunks = await all(await flows.bytes(10, 4));
        return [String(chunks.every((chunk) => chunk instanceof Uint8Array)), chunks.flatMap((chunk) => [...chunk]).join()];
    },
    // A stream that another component writes is read by the same one.
    "large bytes": async () => [String(await flows.sum(await flows.bytes(1000000, 100000)))],
    async "values"() {
        const words = await all(await flows.words(["a", "", "ü"]));
        const points = await all(await flows.points(3, 2));
        const ticks = await all(await flows.ticks(4));
        return [words.join("|"), points.map(({ x, label }) => `${label}:${x}`).join(), String(ticks.length)];
    },
    async empty() {
        const sum = await flows.sum([]);
        return [String(sum), await flows.join([]), String((await all(await flows.words([]))).length)];
    },
    // Arrays, generators, chunks and single bytes are streams.
    async passed() {
        function* mixed() {
            yield new Uint8Array([1, 2, 3]);
            yield new Uint8Array();
            yield 4;
        }
        async function* points() {
            yield { x: 1, label: "one" };
            await wait(1);
            yield { x: 2, label: "two" };
        }
        return [
            String(await flows.sum(mixed())),
            String(await flows.sum(new Uint8Array(100000).fill(1))),
            String(await flows.sum([5, Promise.resolve(6)])),
            await flows.join(new Set(["x", "y"])),
            await flows.labels(points()),
            String(await flows.count(new Array(5).fill())),
        ];
    },
    async "reader stops"() {
        const notes = [];
        const found = await flows.first(numbered(1000, notes), 2);
        await wait(5);
        return [...found, ...notes.map((note) => String(note !== "stopped after 1000"))];
    },
    async "break"() {
        const found = [];
        for await (const word of await flows.endless()) {
            found.push(word);
            if (found.length === 3) {
                break;
            }
        }
        const stopped = await flows.stopped();
        return [...found, stopped.split(" ")[0]];
    },
    // Several reads at once, and one that `return` ends.
    async reads() {
        const words = await flows.words(["a", "b"]);
        const found = await Promise.all([words.next(), words.next(), words.next()]);
        const points = await flows.points(1, 1000000);
        const read = points.next();
        const returned = await points.return("r");
        return [...found, await read, returned, await points.next()].map(({ value, done }) => `${value} ${done}`);
    },
    async shout() {
        const shouted = [];
        for await (const word of await flows.shout(numbered(3, []))) {
            shouted.push(word);
        }
        return shouted;
    },
    async future() {
        const later = flows.later();
        const found = [];
        const noted = later.then((text) => found.push(text));
        await flows.join(["nothing"]);
        found.push("not yet");
        flows.notify("now");
        await noted;
        await flows.done(1);
        return [...found, await later];
    },
    // A function that is not async makes the other one go on.
    async notified() {
        const words = await flows.notified();
        flows.notify("go");
        return all(words);
    },
    async both() {
        const outcomes = [];
        for (const words of [["a", "b"], []]) {
            const [stream, future] = await flows.both(words);
            const isPromise = future instanceof Promise;
            const count = future.finally(() => outcomes.push("read"));
            const found = await all(stream);
            outcomes.push(`${isPromise} ${found} ${JSON.stringify(await count)} ${JSON.stringify(await future)}`);
        }
        return outcomes;
    },
    async answers() {
        const thenable = { then: (resolve) => resolve("a thenable") };
        const questions = ["text", Promise.resolve("a promise"), wait(5).then(() => "later"), thenable];
        const answers = await Promise.all(questions.map((question) => flows.answer(question)));
        return [...answers, await flows.awaitDone(wait(2)), await flows.awaitDone()];
    },
    async ignored() {
        const notes = [];
        await flows.ignore(wait(1).then(() => "nobody reads it"), numbered(9, notes));
        // Both writers learn that at their first value.
        await wait(5);
        return notes;
    },
    async same() {
        const bytes = await flows.bytes(3, 3);
        const [same] = [flows.same(bytes)];
        const again = await flows.sameAsync(same);
        const number = flows.sameFuture(wait(1).then(() => 7));
        let refused;
        try {
            await bytes.next();
        } catch (e) {
            refused = e.message;
        }
        return [String(await all(again)), refused, String(await number)];
    },
    // What is read already is not lost.
    async "read in part"() {
        const bytes = await flows.bytes(6, 3);
        const first = await bytes.next();
        return [String(first.value), String(await flows.sum(bytes))];
    },
    // What is not read or not written to the end does not stay.
    async many() {
        const notes = [];
        for (let i = 0; i < 1000; i++) {
            const words = await flows.words(["a", "b", "c"]);
            if (i % 2) {
                await words.next();
            } else {
                flows.done(0);
            }
            await flows.first(numbered(5, notes), 1);
        }
        for (let i = 0; i < 1000 && notes.length < 1000; i++) {
            await wait(1);
        }
        return [String(notes.length)];
    },
};

export async function run(which) {
    return CASES[which]();
}
