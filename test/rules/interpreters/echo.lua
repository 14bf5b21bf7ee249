local function same(v)
    return v
end

local names = {
    "boolean", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "character", "text", "bytes", "numbers",
    "floats", "texts", "lists", "a_tuple", "a_record", "a_variant", "an_enum", "some_flags", "many_flags", "maybe",
    "maybe_maybe", "maybes", "fallible_list", "deep",
}
local echo = {}
for _, name in ipairs(names) do
    echo[name] = same
end

-- The error of a `result` is a second value; one inside another value is a table.
function echo.fallible(v)
    if v.tag == "err" then
        return nil, v.val
    end
    return v.val
end

function echo.many_params(a, b, c, d, e, f, g, h, i, j)
    c = c == math.floor(c) and math.tointeger(c) or c
    return table.concat({ a, b, c, table.concat({ d:byte(1, -1) }, ","), e, f, g, h, i, j }, ";")
end

function echo.nothing() end

return { echo = echo }
