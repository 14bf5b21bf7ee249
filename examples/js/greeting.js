import { print } from "example:linking/console";

export const greeting = {
    greet(name) {
        print(`Hello, ${name}!`);
    },
};
