local store = require("demo:shop/store@1.0.0")
local format_line = require("format")

local cart = {}

function cart.checkout(lines)
    store.log(string.format("checking out %d lines", #lines))
    local total, shown = 0, {}
    for _, line in ipairs(lines) do
        local item, err = store.find(line.item)
        if not item then
            -- The error of the WIT function, an enum.
            return nil, line.item .. ": " .. err
        end
        total = total + item.price * line.count
        table.insert(shown, format_line(line.count, item.name, item.price))
    end
    return { lines = shown, total = total }
end

return { cart = cart }
