local random = require("wasi:random/random")

local fail

function fail(which)
    if which == "log" then
        print("hello", 5)
        return "ok"
    elseif which == "throw" then
        error("on purpose")
    elseif which == "recursion" then
        return fail(which) .. 1
    elseif which == "caught recursion" then
        local _, e = pcall(fail, "recursion")
        return e
    elseif which == "yield" then
        coroutine.yield()
    elseif which == "argument" then
        local _, e = pcall(random.get_random_bytes, "many")
        return e
    elseif which == "no argument" then
        return random.get_random_bytes()
    elseif which == "result" then
        return 5
    elseif which == "ambient" then
        return table.concat({ type(io), type(os), type(dofile), type(loadfile) }, ",")
    elseif which == "memory" then
        local all = {}
        while true do
            table.insert(all, string.rep("x", 1000000) .. #all)
        end
    elseif which == "getter" then
        local o = setmetatable({}, {
            __index = function(t, k)
                return t[k] .. ""
            end,
        })
        return o.a
    elseif which == "caught getter" then
        local _, e = pcall(fail, "getter")
        return e
    end
    return "?"
end

return {
    run = function(which)
        return (fail(which))
    end,
    point = function(which)
        return { x = 1, y = { which, {} } }
    end,
}
