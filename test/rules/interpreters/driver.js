import { events, later } from "test:waiting/work";

export async function run(which) {
    const results = await Promise.all([later("a", 100), later("b", 20), later("c", 60)]);
    return [which, ...results, ...events()];
}
