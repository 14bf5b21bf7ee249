let live = 0;

class Counter {
    #count;

    constructor(start) {
        this.#count = start;
        live++;
    }

    add(by) {
        this.#count += by;
        return this.#count;
    }

    get() {
        return this.#count;
    }

    static merge(a, b) {
        return new Counter(a.get() + b.get());
    }

    [Symbol.dispose]() {
        live--;
    }
}

export const counters = {
    Counter,
    read: (c) => c.get(),
    live: () => live,
};
