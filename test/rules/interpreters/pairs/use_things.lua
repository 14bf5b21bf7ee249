local things = require("test:maps/things@1.0.0")

local function run()
    local all = things.make({ 1, 2, 3 })
    local values = { #all, things.sum(all), things.live(), things.sum({}) }
    local function add(value)
        table.insert(values, value)
    end
    local one = things.first(all)
    add(one:number())
    add(things.live())
    add(things.first({}) == nil and 1 or 0)
    local both = things.swap({ first = one, second = things.Thing.new(20) })
    add(both.first:number())
    add(both.second:number())
    add(things.maybe(both.second))
    add(things.maybe(nil))
    add(things.product({ only = both.first, factor = 3 }))
    local single = things.swap({ first = both.first })
    add(single.first:number())
    add(single.second == nil and 1 or 0)
    single.first:close()
    both.second:close()
    add(things.live())
    return values
end

return { run = run }
