export const greetings = {
    greet(name) {
        return `Hello, ${name!`;
    },
};
