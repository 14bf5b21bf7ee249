import { getRandomBytes } from "wasi:random/random";

function fail(which) {
    switch (which) {
        case "log":
            console.log("hello", { a: 1 }, 5n);
            return "ok";
        case "throw":
            throw new TypeError("on purpose");
        case "recursion":
            return fail(which) + 1;
        case "caught recursion":
            try {
                return fail("recursion");
            } catch (e) {
                return String(e);
            }
        case "argument":
            try {
                return getRandomBytes("many");
            } catch (e) {
                return e.message;
            }
        case "no argument":
            return getRandomBytes();
        case "result":
            return 5;
        case "ambient":
            return [Date.now() > 1.6e12, Math.random() !== Math.random(), typeof process, typeof fetch].join();
        case "memory":
            for (const all = []; ; ) {
                all.push(new Array(1e6).fill(which));
            }
        case "pending":
            return new Promise(() => {});
        case "promise":
            return Promise.resolve("later");
        case "warn":
            console.debug([1, "two"], null, undefined);
            console.warn("careful", { list: [2n ** 64n > 0n], text: "t" });
            console.error(new RangeError("too far"), 18446744073709551615n);
            return "ok";
        case "getter": {
            const o = {
                get a() {
                    return o.a + 1;
                },
            };
            return String(o.a);
        }
        case "caught getter":
            try {
                return fail("getter");
            } catch (e) {
                return String(e);
            }
    }
    return "?";
}

export const run = (which) => fail(which);
export const point = (which) => ({ x: 1, y: [which, undefined] });
