import * as inner from "test:types/echo@1.0.0";

export const echo = {
    ...inner,
    // A result as an argument is an object, and as a result a value or an exception.
    async fallible(v) {
        try {
            return inner.fallible(v);
        } catch (e) {
            throw e.payload;
        }
    },
};
