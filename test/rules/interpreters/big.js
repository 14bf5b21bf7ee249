import { bytes, numbers, texts } from "test:types/echo";

const SIZE = 10 << 20;

export function run() {
    const sent = new Uint8Array(SIZE);
    sent[SIZE - 1] = 7;
    const received = bytes(sent);
    const integers = numbers(new BigUint64Array(SIZE / 8).fill(2n ** 64n - 1n));
    const words = texts(new Array(1000).fill("x".repeat(SIZE / 1000)));
    return [received.length, received[SIZE - 1], integers.length, integers[SIZE / 8 - 1], words.length, words[999].length].join();
}
