local live = 0
local Counter = {}
Counter.__index = Counter

function Counter.new(start)
    live = live + 1
    return setmetatable({ count = start }, Counter)
end

function Counter:add(by)
    self.count = self.count + by
    return self.count
end

function Counter:get()
    return self.count
end

function Counter.merge(a, b)
    return Counter.new(a.count + b.count)
end

function Counter:__close()
    live = live - 1
end

return {
    counters = {
        Counter = Counter,
        read = function(c)
            return c:get()
        end,
        live = function()
            return live
        end,
    },
}
