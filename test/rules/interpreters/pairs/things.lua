local live = 0
local Thing = {}
Thing.__index = Thing

function Thing.new(number)
    live = live + 1
    return setmetatable({ value = number }, Thing)
end

function Thing:number()
    return self.value
end

function Thing:__close()
    live = live - 1
end

return {
    things = {
        Thing = Thing,
        make = function(numbers)
            local all = {}
            for i, number in ipairs(numbers) do
                all[i] = Thing.new(number)
            end
            return all
        end,
        first = function(all)
            for i = 2, #all do
                all[i]:__close()
            end
            return all[1]
        end,
        swap = function(both)
            if both.second then
                return { first = both.second, second = both.first }
            end
            return both
        end,
        sum = function(all)
            local sum = 0
            for _, thing in ipairs(all) do
                sum = sum + thing:number()
            end
            return sum
        end,
        maybe = function(some)
            return some and some:number() or 0
        end,
        product = function(of)
            return of.only:number() * of.factor
        end,
        live = function()
            return live
        end,
    },
}
