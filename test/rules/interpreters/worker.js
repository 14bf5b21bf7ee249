export const jobs = {
    async double(n) {
        await null;
        return 2 * n;
    },
};

// What the worlds `later` and `flow` export. It is not called.
export function run() {}
