const same = (v) => v;

// The error of a `result` is an exception.
const unwrap = (v) => {
    if (v.tag === "err") {
        throw v.val;
    }
    return v.val;
};

// A map with the same entries.
const copied = (v) => new Map([...v.entries()]);

export const echo = {
    counts: copied,
    lines: copied,
    names: (v) => v && copied(v),
    numbers: same,
    optional: copied,
    plain: unwrap,
    value: unwrap,
    message: unwrap,
    results: same,
    bools: same,
    chars: same,
    s8s: same,
    s16s: same,
    u32s: same,
    s32s: same,
    s64s: same,
    f64s: same,
    nineFlags: same,
    sixteenFlags: same,
    seventeenFlags: same,
    tuples: same,
};
