-- A sample of the language, a line of output for each check. The same engine prints the same in a component and natively.

local function show(value)
    if type(value) == "string" then
        return string.format("%q", value)
    elseif type(value) ~= "table" then
        return math.type(value) == "float" and string.format("%.17g", value) or tostring(value)
    end
    local keys, parts = {}, {}
    for key in pairs(value) do
        keys[#keys + 1] = key
    end
    table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
    for _, key in ipairs(keys) do
        parts[#parts + 1] = tostring(key) .. "=" .. show(value[key])
    end
    return "{" .. table.concat(parts, ", ") .. "}"
end

local function thrown(f, ...)
    return select(2, pcall(f, ...))
end

local Point = {}
Point.__index = Point
Point.__add = function(a, b) return Point.new(a.x + b.x) end
Point.__eq = function(a, b) return a.x == b.x end
Point.__lt = function(a, b) return a.x < b.x end
Point.__le = function(a, b) return a.x <= b.x end
Point.__len = function(a) return a.x end
Point.__call = function(a, y) return a.x .. y end
Point.__tostring = function(a) return "(" .. a.x .. ")" end
Point.__concat = function(a, b) return tostring(a) .. "|" .. tostring(b) end
function Point.new(x) return setmetatable({ x = x }, Point) end

local function count(from, to)
    return coroutine.wrap(function()
        for i = from, to do
            coroutine.yield(i)
        end
    end)
end

local CHECKS = {
    { "closures", function()
        local all = {}
        for i = 1, 3 do
            all[i] = function() i = i + 1 return i end
        end
        return { all[1](), all[1](), all[2]() }
    end },
    { "multiple results", function()
        local function f() return 1, 2, 3 end
        return { f(), (f()), f() }
    end },
    { "varargs", function(...)
        return { select("#", ...), select(-1, 1, 2), table.pack(nil, 2).n, table.unpack({ 1, 2, 3 }, 2) }
    end },
    { "goto", function()
        local n = 0
        ::again::
        n = n + 1
        if n < 5 then goto again end
        return n
    end },
    { "numeric for", function()
        local all = {}
        for i = 10, 1, -4 do all[#all + 1] = i end
        for i = 1.0, 2 do all[#all + 1] = i end
        return all
    end },
    { "repeat", function()
        local n = 0
        repeat local done = n > 2 n = n + 1 until done
        return n
    end },
    { "integer division", function() return { 7 // 2, -7 // 2, 7 % -3, -7 % 3, 7.5 // 2, 2 ^ 10, 7 / 2 } end },
    { "integers wrap around", function() return { math.maxinteger + 1 == math.mininteger, math.mininteger // -1, 1 << 63, 1 << 64, -1 >> 60 } end },
    { "bitwise operators", function() return { 5 & 3, 5 | 3, 5 ~ 3, ~0, "10" + 5, 3.0 | 0 } end },
    { "floats", function() return { 0.1 + 0.2, 1e300 * 1e10, -0.0, 2 ^ 53, 1e15, 100 // 1e-1, math.pi } end },
    { "comparison", function() return { 1 == 1.0, "a" < "b", "Z" < "a", 1 < 1.5, math.maxinteger < math.huge, 0 / 0 ~= 0 / 0 } end },
    { "conversions", function() return { tonumber("0x1p4"), tonumber("  12  "), tonumber("z", 36), tonumber("8", 8), tostring(1e100), math.tointeger(3.0), 10 .. 20 } end },
    { "math", function() return { math.floor(-1.5), math.ceil(-1.5), math.fmod(-7, 3), math.max(1, 2.5), math.abs(math.mininteger), math.ult(1, -1), math.sqrt(2), math.sin(1), math.exp(1), math.log(8, 2) } end },
    { "not", function() return { not nil, not 0, nil and 1, false or "or", 1 and 2 } end },
    { "tables", function()
        local t = { 1, 2, 3, nil, 5, x = 1, [2.0] = "float" }
        return { t[2], t.x, rawlen({ 1, 2 }), next({}), #"abc" }
    end },
    { "insert and remove", function()
        local t = { 1, 2, 3 }
        table.insert(t, 2, 9)
        return { table.remove(t), table.remove(t, 1), table.concat(t, ","), table.concat(table.move({ 1, 2, 3 }, 2, 3, 1)) }
    end },
    { "sort", function()
        local t = { 5, 2, 8, 1 }
        table.sort(t, function(a, b) return a > b end)
        return t
    end },
    { "invalid order", function() return thrown(table.sort, { 1, "a" }) end },
    { "metatables", function()
        local a, b = Point.new(1), Point.new(2)
        return { (a + b).x, a == Point.new(1), a < b, a <= b, #b, a("y"), tostring(a), a .. b, a .. "s" }
    end },
    { "index functions", function()
        local log = {}
        local t = setmetatable({}, {
            __index = function(_, key) return key .. "!" end,
            __newindex = function(t, key, value) log[#log + 1] = key rawset(t, key, value) end,
        })
        t.a = 1
        t.a = 2
        return { t.a, t.b, log }
    end },
    { "inheritance", function()
        local Base = { name = function() return "base" end }
        local Derived = setmetatable({}, { __index = Base })
        return setmetatable({}, { __index = Derived }).name()
    end },
    { "pairs of an object", function()
        local keys = {}
        for key in pairs(setmetatable({}, { __pairs = function() return function(_, k) if not k then return "only" end end end })) do
            keys[#keys + 1] = key
        end
        return keys
    end },
    { "closing variables", function()
        local log = {}
        local function handle(name)
            return setmetatable({}, { __close = function(_, e) log[#log + 1] = name .. tostring(e) end })
        end
        do
            local a <close> = handle("a")
            local b <close> = handle("b")
        end
        pcall(function()
            local c <close> = handle("c")
            error("x", 0)
        end)
        return log
    end },
    { "constants", function() return (select(2, load("local a <const> = 1; a = 2"))) end },
    { "errors", function() return { thrown(error, "text"), thrown(error, { code = 5 }).code, thrown(error), (thrown(function() error("level 2", 2) end)) } end },
    { "lines of errors", function() return thrown(function() local t = nil; return t.field end) end },
    { "names in errors", function() return { thrown(function() undefined_function() end), thrown(function() return {} + 1 end), thrown(function() return #5 end), thrown(function() return 1 < "2" end), thrown(function() return 2 ^ 53 | 1.5 end) } end },
    { "nested pcall", function() return { pcall(pcall, error, "inner") } end },
    { "xpcall", function() return { xpcall(function() error("e", 0) end, function(e) return "handled " .. e end) } end },
    { "error in a handler", function() return (xpcall(error, function() error("again") end)) end },
    { "error objects", function() return tostring(thrown(error, setmetatable({}, { __tostring = function() return "object" end }))) end },
    { "assert", function() return { thrown(assert, false), thrown(assert, nil, "why"), select("#", assert(1, 2, 3)) } end },
    { "deep recursion", function()
        local function depth(n) return n == 0 and 0 or 1 + depth(n - 1) end
        return depth(10000)
    end },
    { "tail calls", function()
        local function loop(n) if n == 0 then return "done" end return loop(n - 1) end
        return loop(1000000)
    end },
    { "coroutines", function()
        local co = coroutine.create(function(a)
            local b = coroutine.yield(a * 2)
            error("in " .. b, 0)
        end)
        return { { coroutine.resume(co, 5) }, { coroutine.resume(co, "b") }, coroutine.status(co), { coroutine.resume(co) } }
    end },
    { "generators", function()
        local all = {}
        for i in count(1, 4) do all[#all + 1] = i end
        return all
    end },
    { "yield across pcall", function()
        local co = coroutine.wrap(function()
            local ok, e = pcall(function() coroutine.yield(1) error("after", 0) end)
            return { ok, e }
        end)
        return { co(), co() }
    end },
    { "yield in a metamethod", function()
        local t = setmetatable({}, { __add = function() return coroutine.yield("added") end })
        local co = coroutine.wrap(function() return t + 1 end)
        return { co(), co(7) }
    end },
    { "close of a coroutine", function()
        local co = coroutine.create(function() coroutine.yield() end)
        coroutine.resume(co)
        return { coroutine.close(co), coroutine.status(co), coroutine.isyieldable() }
    end },
    { "strings", function() return { ("abc"):upper(), ("x"):rep(3, "-"), ("abc"):sub(-2), ("abc"):byte(1, -1), string.char(76, 117, 97), ("abc"):reverse(), #"\0a" } end },
    { "escapes", function() return { "\x41\u{20AC}\z
        b\065", [[
long]], [==[]]]==] } end },
    { "format", function() return { ("%5.2f|%-5d|%05d|%x|%s|%q|%c|%g|%i|%%"):format(3.14159, 7, 42, 255, nil, "a\nb", 65, 1e20, 3), ("%a"):format(1) } end },
    { "patterns", function() return { ("key = value"):match("^(%w+)%s*=%s*(%w+)$"), ("hello"):find("l"), ("a.b"):find(".", 1, true), ("f(a(b)c)d"):match("%b()"), ("THE (quick) fox"):find("%((%a+)%)") } end },
    { "frontier", function() return (("THE (quick) fox"):gsub("%f[%a]%a+", string.lower)) end },
    { "gsub", function() return { ("abc"):gsub("%w", "%0%0"), ("$a $b"):gsub("%$(%w+)", { a = 1 }), ("abc"):gsub("", "-", 2) } end },
    { "gmatch", function()
        local all = {}
        for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do all[#all + 1] = k .. v end
        return all
    end },
    { "invalid patterns", function() return { thrown(string.find, "a", "["), thrown(string.rep, "x", 1 << 40), thrown(string.gsub, "a", "a", "%2") } end },
    { "pack", function() return { string.unpack("<i4 z s1", string.pack("<i4 z s1", -2, "zero", "one")), #string.pack("!8 b i8", 1, 2), string.packsize("<d") } end },
    { "utf8", function() return { utf8.char(228, 8364, 128512), utf8.len("äö"), utf8.codepoint("€"), { utf8.len("\xff") }, utf8.offset("aä€", 3) } end },
    { "load", function() return { load("return ...", "chunk", "t", {})(5), (select(2, load("x ="))), (select(2, load("\27", "b", "t"))) } end },
    { "environments", function()
        local env = { x = 1 }
        load("y = x + 1", "chunk", "t", env)()
        return env
    end },
    { "syntax errors", function() return { select(2, load("for", "=c")), select(2, load("a = 'b", "=c")), select(2, load("goto x", "=c")), select(2, load("break", "=c")) } end },
    { "weak tables", function()
        local weak = setmetatable({ {}, "kept" }, { __mode = "v" })
        collectgarbage()
        return { weak[1] == nil, weak[2] }
    end },
    { "finalizers", function()
        local log = {}
        setmetatable({}, { __gc = function() log[1] = "collected" end })
        collectgarbage()
        return log
    end },
    { "traceback", function() return type(thrown(error, "x")) end },
}

return {
    run = function()
        for _, check in ipairs(CHECKS) do
            print(check[1] .. ": " .. show(thrown(check[2])))
        end
    end,
}
