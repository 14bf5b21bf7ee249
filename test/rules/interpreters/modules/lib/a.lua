local b = require("lib.b")

return function()
    return "lib/a, " .. b()
end
