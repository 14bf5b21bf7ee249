local console = require("example:linking/console")

local function greeting_for(name)
    if name == "World" then
        error({ text = "Hello, " .. name .. "!" })
    end
    return "Who is " .. name .. "?"
end

return {
    greeting = {
        greet = function(name)
            local ok, result = pcall(greeting_for, name)
            console.print(ok and result or result.text)
        end,
    },
}
