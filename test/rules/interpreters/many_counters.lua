local counters = require("test:types/counters@1.0.0")

-- The most counters that are alive while many are made, of which the script keeps none.
local function most(make)
    local result = 0
    for i = 1, 10000 do
        make(i)
        if i % 100 == 0 then
            result = math.max(result, counters.live())
        end
    end
    return result
end

local function run()
    local single = most(counters.Counter.new)
    local cyclic = most(function(i)
        local holder = { counter = counters.Counter.new(i) }
        holder.self = holder
    end)
    return { single < 5000 and 1 or single, cyclic < 5000 and 1 or cyclic }
end

return { run = run }
