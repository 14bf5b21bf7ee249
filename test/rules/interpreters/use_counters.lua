local counters = require("test:types/counters@1.0.0")

local function run()
    local a = counters.Counter.new(1)
    local b = counters.Counter.new(10)
    -- Coroutines call imports too.
    local add = coroutine.wrap(function(by)
        coroutine.yield(a:add(by))
    end)
    local values = { add(2), b:get(), counters.read(a), counters.live() }
    local c = counters.Counter.merge(a, b)
    table.insert(values, c:get())
    table.insert(values, counters.live())
    -- `merge` owns it now.
    local ok = pcall(a.get, a)
    table.insert(values, ok and 0 or 1)
    c:close()
    table.insert(values, counters.live())
    return values
end

return { run = run }
