import { waitFor } from "wasi:clocks/monotonic-clock@0.3.0";

let kept;

async function fail(which) {
    switch (which) {
        case "exception":
            await waitFor(1000000n);
            throw new TypeError("after an await");
        case "result":
            await waitFor(1000000n);
            return 5;
        case "argument":
            return waitFor("soon");
        case "caught argument":
            try {
                await waitFor("soon");
            } catch (e) {
                return e.message;
            }
        case "unawaited":
            waitFor(1n).then(() => {
                throw new RangeError("who sees this?");
            });
        // It never returns.
        case "never":
            await waitFor(1000000n);
            await new Promise(() => {});
        case "cycle": {
            const promises = [];
            promises.push(new Promise((resolve) => promises.push(resolve)));
            await promises[1];
            return "?";
        }
        case "kept":
            await new Promise((resolve) => {
                kept = resolve;
            });
        case "forgotten":
            // Nobody waits for it.
            waitFor(3600000000000n);
            return "done";
    }
    return "?";
}

export const run = (which) => fail(which);
export const runNow = (which) => fail(which);
