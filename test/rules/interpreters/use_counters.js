import { Counter, live, read } from "test:types/counters@1.0.0";

export function run() {
    const a = new Counter(1);
    const b = new Counter(10);
    const values = [a.add(2), b.get(), read(a), live()];
    const c = Counter.merge(a, b);
    values.push(c.get(), live());
    try {
        a.get();
    } catch (e) {
        // `merge` owns it now.
        values.push(e instanceof TypeError ? 1 : 0);
    }
    c[Symbol.dispose]();
    values.push(live());
    return values;
}
