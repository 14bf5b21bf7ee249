import * as inner from "test:maps/echo@1.0.0";

// A result as an argument is an object, and as a result a value or an exception.
const rethrow = (f) => (v) => {
    try {
        return f(v);
    } catch (e) {
        throw e.payload;
    }
};

export const echo = {
    ...inner,
    plain: rethrow(inner.plain),
    value: rethrow(inner.value),
    message: rethrow(inner.message),
};
