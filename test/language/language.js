// A sample of the language, a line of output for each check. The same engine prints the same in a component and natively.

function show(value) {
    if (typeof value === "string") {
        return JSON.stringify(value);
    }
    if (typeof value === "bigint") {
        return `${value}n`;
    }
    if (Array.isArray(value)) {
        return `[${Array.from(value, show).join(", ")}]`;
    }
    if (ArrayBuffer.isView(value) || value instanceof Error) {
        return `${value.constructor.name} ${value.message ?? value}`;
    }
    if (value instanceof Map || value instanceof Set) {
        return `${value.constructor.name} ${show([...value])}`;
    }
    if (value !== null && typeof value === "object") {
        return `{${Object.entries(value).map(([key, item]) => `${key}: ${show(item)}`).join(", ")}}`;
    }
    return Object.is(value, -0) ? "-0" : String(value);
}

function thrown(f) {
    try {
        return show(f());
    } catch (error) {
        return `${error.name}: ${error.message}`;
    }
}

function* count(from, to) {
    try {
        while (from < to) {
            from += (yield from) ?? 1;
        }
        return "done";
    } finally {
        count.closed = (count.closed ?? 0) + 1;
    }
}

class Point {
    #x = 1;
    static made = 0;
    static {
        Point.made = 10;
    }
    constructor(y = 2) {
        this.y = y;
        Point.made++;
    }
    get x() {
        return this.#x;
    }
    set x(value) {
        this.#x = value * 2;
    }
    static is(value) {
        return #x in value;
    }
    toString() {
        return `(${this.#x}, ${this.y})`;
    }
}

class Point3 extends Point {
    z = this.y + 1;
    get x() {
        return super.x + 100;
    }
    toString() {
        return `${super.toString()} ${this.z} ${new.target}`;
    }
}

const tag = (strings, ...values) => `${strings.raw.join("|")} ${values}`;

const CHECKS = {
    // Functions and scopes.
    "closures": () => [1, 2, 3].map((n) => () => n * n).map((f) => f()),
    "let in loops": () => {
        const all = [];
        for (let i = 0; i < 3; i++) {
            all.push(() => i);
        }
        return all.map((f) => f());
    },
    "var in loops": () => {
        var all = [];
        for (var i = 0; i < 3; i++) {
            all.push(() => i);
        }
        return all.map((f) => f());
    },
    "temporal dead zone": () => thrown(() => {
        early;
        let early = 1;
    }),
    "default parameters": () => ((a, b = a + 1, { c = b } = {}) => [a, b, c])(1),
    "function length": () => [((a, b = 1, c) => 0).length, ((...rest) => 0).length, (function named() {}).name],
    "arguments": () => (function () {
        return [arguments.length, ...arguments];
    })(1, 2),
    "this": () => [(function () { return this; })(), (function () { return this.a; }).call({ a: 1 }), (() => this)()],
    "assignment to a constant": () => thrown(() => {
        const a = 1;
        a = 2;
    }),
    "labels": () => {
        let n = 0;
        outer: for (;;) {
            for (;;) {
                if (++n > 3) {
                    break outer;
                }
                continue outer;
            }
        }
        return n;
    },
    "finally": () => (() => {
        try {
            return 1;
        } finally {
            return 2;
        }
    })(),
    "switch": () => [1, "1", NaN].map((v) => {
        switch (v) {
            default:
                return "default";
            case 1:
                return "one";
            case "1":
        }
        return "text";
    }),

    // Patterns and spread.
    "destructuring": () => {
        const { a, b: { c: [, d] }, ...rest } = { a: 1, b: { c: [2, 3] }, e: 4, f: 5 };
        return [a, d, rest];
    },
    "swap": () => {
        let [a, b] = [1, 2];
        [a, b] = [b, a];
        return [a, b];
    },
    "destructuring null": () => thrown(() => {
        const { a } = null;
    }),
    "spread": () => [[...[1, 2], ..."ab", ...new Set([3, 3])], { ...{ a: 1, b: 2 }, b: 3 }, Math.max(...[1, 5, 3])],
    "optional chaining": () => [null?.a.b.c, { a: () => 5 }.a?.(), undefined?.[0] ?? "none", 0 || "or", 0 ?? "nullish"],
    "logical assignment": () => {
        const o = { a: 0, b: null, c: 1 };
        o.a ||= 5;
        o.b ??= 6;
        o.c &&= 7;
        return o;
    },

    // Iterators and generators.
    "generator": () => [...count(1, 4)],
    "generator protocol": () => {
        const it = count(0, 10);
        return [it.next(), it.next(4), it.return("end"), it.next(), thrown(() => count(0, 1).throw(new TypeError("t")))];
    },
    "closing": () => {
        count.closed = 0;
        for (const n of count(0, 10)) {
            if (n > 2) {
                break;
            }
        }
        const [first] = count(0, 10);
        return [count.closed, first];
    },
    "delegation": () => [...(function* () {
        yield (yield* count(0, 2)) + "!";
    })()],
    "iterator helpers": () => typeof Iterator === "function" ? count(0, 9).filter((n) => n % 2).map((n) => n * n).take(3).toArray() : "none",
    "array iterators": () => [[..."a😀b"], [...["x", "y"].entries()], [...new Map([[1, 2]]).keys()]],

    // Classes.
    "class": () => {
        const p = new Point();
        p.x = 5;
        return [String(p), Point.is(p), Point.is({}), Point.made > 10, Object.keys(p)];
    },
    "subclass": () => [String(new Point3(4)), new Point3().x, new Point3() instanceof Point, Point3.__proto__ === Point],
    "class without new": () => thrown(() => Point()),
    "private name": () => thrown(() => Object.getOwnPropertyDescriptor(Point.prototype, "x").get.call({})),
    "extends Array": () => {
        class List extends Array {
            sum() {
                return this.reduce((a, b) => a + b, 0);
            }
        }
        const list = List.of(1, 2, 3).map((n) => n * 2);
        return [list.sum(), list.length, list instanceof List];
    },
    "accessors": () => {
        const o = { get a() { return this.b * 2; }, set a(v) { this.b = v; }, b: 1, ["c" + 1]: 2 };
        o.a = 21;
        return [o.a, Object.keys(o), Object.getOwnPropertyDescriptor(o, "a").get.name];
    },
    "frozen": () => thrown(() => {
        Object.freeze([1]).push(2);
    }),
    "prototype chain": () => Object.create({ a: 1 }, { b: { value: 2, enumerable: false } }).a,
    "property order": () => Object.keys({ b: 1, 2: 1, a: 1, 1: 1, [Symbol.iterator]: 1 }),
    "tagged template": () => tag`a${1}\n${2}c`,

    // Symbols, proxies, weak references.
    "symbols": () => [Symbol("s").toString(), Symbol.for("k") === Symbol.for("k"), Symbol.keyFor(Symbol.for("k")), `${Symbol("d").description}`],
    "toPrimitive": () => {
        const o = { [Symbol.toPrimitive]: (hint) => hint };
        return [`${o}`, o + "", isNaN(+o)];
    },
    "hasInstance": () => [3, 4].map((n) => n instanceof { [Symbol.hasInstance]: (value) => value % 2 === 0 }),
    "proxy": () => {
        const log = [];
        const p = new Proxy({}, {
            get: (target, key) => (log.push(`get ${String(key)}`), 5),
            has: (target, key) => (log.push(`has ${key}`), true),
            deleteProperty: (target, key) => (log.push(`delete ${key}`), true),
            ownKeys: () => ["z"],
        });
        return [p.a, "b" in p, delete p.c, Reflect.ownKeys(p), log];
    },
    "revoked proxy": () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return thrown(() => proxy.a);
    },
    "reflect": () => [Reflect.has({ a: 1 }, "a"), Reflect.construct(Point, [9]).y, Reflect.apply(Math.max, null, [1, 2])],
    "weak map": () => {
        const key = {};
        return [new WeakMap([[key, 1]]).get(key), thrown(() => new WeakSet([1]))];
    },

    // Numbers.
    "numbers": () => [0.1 + 0.2, 1e21, 1e-7, 123456789012345680000, -0, 1 / -0, 5e-324, 0xff, 0b101, 1_000],
    "number to text": () => [(255).toString(16), (0.5).toString(2), (1.005).toFixed(2), (12345.678).toExponential(2), (0.00001).toPrecision(1)],
    "text to number": () => [Number(" 12 "), Number(""), Number("0x1f"), parseInt("12px"), parseFloat(".5e1"), Number("1_0"), +[]],
    "integer operators": () => [7 % -3, -7 % 3, 2 ** 31 | 0, -1 >>> 0, 1 << 33, ~5, 2 ** -1],
    "math": () => [Math.sign(-3), Math.trunc(-1.5), Math.round(-0.5), Math.hypot(3, 4), Math.clz32(1), Math.imul(0xffffffff, 5), Math.fround(5.5)],
    // The last digits are those of libc.
    "math functions": () => [Math.sin(1), Math.exp(1), Math.log(10), Math.atan2(1, 2), Math.pow(2, 0.5), Math.expm1(1e-10), Math.tanh(0.3), Math.cbrt(27)].map((n) => n.toPrecision(13)),
    "BigInt": () => [2n ** 100n, -7n / 2n, -7n % 3n, BigInt("0xff"), BigInt.asIntN(8, 255n), 5n > 4, 1n == 1, 0x7fffffffffffffffn << 3n, (-5n) >> 1n],
    "BigInt errors": () => [thrown(() => 1n + 1), thrown(() => BigInt(1.5)), thrown(() => 1n / 0n)],

    // Arrays and binary data.
    "arrays": () => [[3, 1, 2].toSorted(), [1, [2, [3]]].flat(Infinity), [1, 2, 3].at(-1), [1, 2, 3].with(1, 9), [5, 1, 10].sort(), [1, 2, 3, 4].findLast((n) => n % 2)],
    "holes": () => [[, 1].length, 0 in [, 1], Object.keys([1, , 3]), [1, , 2].map((n) => n).length],
    "stable sort": () => ["b1", "a1", "b2", "a2"].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)),
    "splice": () => {
        const a = [1, 2, 3, 4];
        return [a.splice(1, 2, "x"), a, a.copyWithin(0, 2), a.fill(0, 1, 2)];
    },
    "groupBy": () => Object.groupBy?.([1, 2, 3], (n) => (n % 2 ? "odd" : "even")) ?? "none",
    "typed arrays": () => [new Uint8Array([256, -1, 1.9]), new Uint8ClampedArray([300, -5, 1.5]), new Float32Array([0.1])[0], Int16Array.from("123", (c) => c * 2)],
    "data view": () => {
        const view = new DataView(new ArrayBuffer(16));
        view.setFloat64(0, Math.PI);
        view.setBigUint64(8, 2n ** 63n, true);
        return [view.getUint8(0), view.getUint16(6), view.getUint8(15), view.getBigInt64(8, true), thrown(() => view.getInt8(16))];
    },
    "buffers": () => {
        const a = new Uint8Array([1, 2, 3, 4]);
        return [a.subarray(1, 3), a.slice(2), new Uint16Array(a.buffer)[1], a.buffer.slice(3).byteLength, thrown(() => new Uint32Array(a.buffer, 1))];
    },
    "map and set": () => [new Map([[NaN, 1]]).get(NaN), new Set([0, -0, "0"]), [...new Map([["a", 1], ["b", 2]]).entries()]],

    // Strings and regular expressions.
    "strings": () => ["abc".padStart(5, "12"), "a-b-c".replaceAll("-", "+"), " x ".trim(), "abc".at(-1), "ab".repeat(2), "a,b,,c".split(",", 3), "İ".toLowerCase().length],
    "code points": () => ["😀".length, "😀".codePointAt(0), String.fromCodePoint(0x1f600), "e\u0301".normalize("NFC"), "\ud800".isWellFormed?.(), "ß".toUpperCase()],
    "comparison": () => ["a" < "B", "10" < "9", "10" < 9, null == 0, null >= 0, undefined == null, NaN === NaN, [1] == 1],
    "named groups": () => ({ ...("2024-05-06".match(/(?<year>\d+)-(?<month>\d+)/).groups) }),
    "lookbehind": () => "$1 €2 £3".match(/(?<=€|£)\d/g),
    "negative lookahead": () => "foobar foobaz".match(/foo(?!bar)\w+/)[0],
    "unicode classes": () => ["aβ1Ж".match(/\p{Script=Greek}/u)[0], "x1_".replace(/\P{L}/gu, "."), /^.$/u.test("😀"), /^.$/.test("😀")],
    "sticky": () => {
        const r = /a/y;
        return [r.test("aab"), r.lastIndex, r.test("aab"), r.test("aab"), r.lastIndex];
    },
    "matchAll": () => [..."a1b22".matchAll(/([a-z])(\d+)/dg)].map((m) => [m[1], m[2], m.index, m.indices[2]]),
    "replace with a function": () => "a-b".replace(/(\w)-(\w)/, (all, x, y, at) => `${y}${x}${at}`) + "x".replace("x", "[$&$$]"),
    "invalid pattern": () => thrown(() => new RegExp("(")),
    "back references": () => /(?<q>['"]).*?\k<q>/.exec(`say "it's"`)[0],

    // Built-in objects.
    "JSON": () => [JSON.stringify({ a: [1, undefined, () => 1], b: undefined, c: new Date(0), d: NaN, e: "\u2028\ud800" }), JSON.parse('{"a":{"b":[1]}}', (k, v) => (Array.isArray(v) ? v.length : v))],
    "JSON layout": () => JSON.stringify({ a: [1, { b: 2 }], c: {} }, null, 2),
    "JSON errors": () => {
        const loop = {};
        loop.loop = loop;
        return [thrown(() => JSON.parse("{a:1}")), thrown(() => JSON.stringify(loop)), thrown(() => JSON.stringify(1n))];
    },
    "dates": () => {
        const d = new Date(Date.UTC(2024, 1, 29, 12, 34, 56, 789));
        return [d.toISOString(), d.getUTCDay(), d.valueOf(), new Date("2024-03-01T00:00:00+02:00").toJSON(), Date.parse("2024-02-30T00:00:00Z"), thrown(() => new Date(NaN).toISOString())];
    },
    "date arithmetic": () => {
        const d = new Date(0);
        d.setUTCMonth(13, 31);
        return [d.toISOString(), new Date(8.64e15).getTime(), new Date(8.64e15 + 1).getTime()];
    },
    "uri": () => [encodeURIComponent("a b&ü😀"), decodeURIComponent("%F0%9F%98%80"), thrown(() => decodeURIComponent("%E0"))],
    "structured errors": () => {
        const e = new AggregateError([new RangeError("r")], "several", { cause: 1 });
        return [e.name, e.errors, e.cause, Object.prototype.toString.call(e), e instanceof Error];
    },
    "error stack": () => {
        function inner() {
            return new Error("here").stack;
        }
        return inner().trim().split("\n").slice(0, 2);
    },
    "eval": () => [(0, eval)("1 + 1"), new Function("a", "return a * 2")(4), thrown(() => (0, eval)("let let = 1"))],
    "getter on a global": () => typeof globalThis + typeof undeclared,
};

async function settle() {
    const order = [];
    const step = async (n) => {
        order.push(n);
        await null;
        order.push(n + 10);
        if (n === 2) {
            throw new Error("two");
        }
        return n;
    };
    const all = await Promise.allSettled([step(1), step(2)]);
    const any = await Promise.any([Promise.reject(1), Promise.resolve(2)]);
    const race = await Promise.race([step(3), Promise.resolve("fast").then((t) => t)]);
    const items = [];
    for await (const item of (async function* () {
        yield 1;
        yield Promise.resolve(2);
    })()) {
        items.push(item);
    }
    return [order, all.map((r) => r.value ?? r.reason.message), any, race, items];
}

export function run() {
    for (const [name, check] of Object.entries(CHECKS)) {
        console.log(`${name}: ${thrown(check)}`);
    }
    return settle().then((result) => {
        console.log(`promises: ${show(result)}`);
    });
}
