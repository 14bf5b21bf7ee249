import { waitFor } from "wasi:clocks/monotonic-clock@0.3.0";
import { Item, take, write } from "test:flow/items";

export async function run() {
    const items = [];
    for await (const item of await write(["a", "b"])) {
        items.push(item);
    }
    const names = items.map((item) => item.name()).join();
    const taken = await take([new Item("c"), new Item("d"), new Item("e")], 2);
    for (const item of items) {
        item[Symbol.dispose]();
    }
    // The third one was not read, so it is collected here.
    await waitFor(5000000n);
    return [names, taken.join(), String(Item.live())];
}
