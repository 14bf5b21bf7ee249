const same = (v) => v;

// The error of a `result` is an exception; one inside another value is an object.
const unwrap = (v) => {
    if (v.tag === "err") {
        throw v.val;
    }
    return v.val;
};

export const echo = {
    boolean: same,
    u8: same,
    u16: same,
    u32: same,
    u64: same,
    s8: same,
    s16: same,
    s32: same,
    s64: same,
    f32: same,
    f64: same,
    character: same,
    text: same,
    bytes: same,
    numbers: same,
    floats: same,
    texts: same,
    lists: same,
    aTuple: same,
    aRecord: ({ points, next, pair }) => ({ points, next, pair }),
    aVariant: same,
    anEnum: same,
    someFlags: same,
    manyFlags: same,
    maybe: same,
    maybeMaybe: same,
    maybes: same,
    fallible: unwrap,
    fallibleList: same,
    manyParams: (a, b, c, d, e, f, g, h, i, j) => [a, b, c, d, e, f, g, h, i, j].join(";"),
    nothing() {},
    deep: same,
};
