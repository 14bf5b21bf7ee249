import { notify, shared, wait } from "test:waiting/promises";

export async function run(which) {
    if (which === "shared") {
        return Promise.all([shared("a"), shared("b"), shared("c")]);
    }
    const calls = [wait(), wait()];
    notify("now");
    return Promise.all(calls);
}
