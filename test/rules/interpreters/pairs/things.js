let live = 0;

class Thing {
    #number;

    constructor(number) {
        this.#number = number;
        live++;
    }

    number() {
        return this.#number;
    }

    [Symbol.dispose]() {
        live--;
    }
}

export const things = {
    Thing,
    make: (numbers) => Array.from(numbers, (number) => new Thing(number)),
    first: (all) => {
        all.slice(1).forEach((thing) => thing[Symbol.dispose]());
        return all[0];
    },
    swap: ({ first, second }) => (second ? { first: second, second: first } : { first }),
    sum: (all) => all.reduce((sum, thing) => sum + thing.number(), 0),
    maybe: (some) => some?.number() ?? 0,
    product: ({ only, factor }) => only.number() * factor,
    live: () => live,
};
