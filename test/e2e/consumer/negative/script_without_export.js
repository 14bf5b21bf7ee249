export const greetings = {
    welcome(name) {
        return `Hello, ${name}!`;
    },
};
