import { atOnce, Counter, events, later, nothing, publish, sum } from "test:waiting/slow";

// What the first call of `shared` has called.
let shared;

// Calls of `wait`.
const waiting = [];

const page = (title) => ({ title, lines: title.length > 3 ? [title] : [] });

export const promises = {
    async concurrent(count) {
        const calls = [];
        for (let i = 0; i < count; i++) {
            // The last one is the first to return.
            calls.push(later(String(i), 20 + ((i + 1) % count) * 40));
        }
        const results = await Promise.all(calls);
        return [...results, ...events()];
    },
    async outcomes() {
        const all = await Promise.allSettled([
            publish(page(""), 20),
            publish(page("bad"), 1),
            publish(page("good"), 1),
            publish({ title: 5 }, 1),
            atOnce("now"),
            nothing(1),
            atOnce(),
        ]);
        return all.map(({ status, value, reason }) =>
            status === "fulfilled"
                ? `${status} ${value?.lines ?? value}`
                : `${status} ${reason instanceof Error} ${reason.payload?.tag} ${reason.message}`,
        );
    },
    async resources() {
        const [a, b] = [new Counter(1), new Counter(10)];
        const calls = [a.add(1, 20), b.add(5, 10), sum([a, b], 5)];
        let refused;
        try {
            a[Symbol.dispose]();
        } catch (e) {
            refused = e.message;
        }
        const numbers = await Promise.all(calls);
        a[Symbol.dispose]();
        return [numbers.join(), refused];
    },
    async shared(text) {
        shared ??= later(text, 20);
        return `${await shared} for ${text}`;
    },
    wait: () => new Promise((resolve) => waiting.push(resolve)),
    notify(text) {
        for (const resolve of waiting.splice(0)) {
            resolve(text);
        }
    },
};
