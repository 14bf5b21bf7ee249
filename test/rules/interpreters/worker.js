export const jobs = {
    async double(n) {
        await null;
        return 2 * n;
    },
};
