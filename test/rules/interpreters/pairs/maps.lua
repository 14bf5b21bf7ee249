local function same(v)
    return v
end

-- The error of a `result` is a second value, which is not nil.
local function unwrap(v)
    if v.tag == "err" then
        return nil, v.val or "an error"
    end
    return v.val
end

-- A table with the same entries.
local function copied(v)
    local copy = {}
    for key, value in pairs(v) do
        copy[key] = value
    end
    return copy
end

local names = {
    "numbers", "optional", "results", "bools", "chars", "s8s", "s16s", "u32s", "s32s", "s64s", "f64s", "nine_flags",
    "sixteen_flags", "seventeen_flags", "tuples",
}
local echo = {
    counts = copied,
    lines = copied,
    names = function(v)
        return v and copied(v)
    end,
    plain = unwrap,
    value = unwrap,
    message = unwrap,
}
for _, name in ipairs(names) do
    echo[name] = same
end

return { echo = echo }
