import { Counter, live } from "test:types/counters@1.0.0";

// The most counters that are alive while many are made, of which the script keeps none.
function most(make) {
    let result = 0;
    for (let i = 0; i < 10000; i++) {
        make(i);
        if (i % 100 === 0) {
            result = Math.max(result, live());
        }
    }
    return result;
}

export function run() {
    const single = most((i) => {
        new Counter(i);
    });
    // Only the garbage collector finds these.
    const cyclic = most((i) => {
        const holder = { counter: new Counter(i) };
        holder.self = holder;
    });
    return [single < 10 ? 1 : single, cyclic < 5000 ? 1 : cyclic];
}
