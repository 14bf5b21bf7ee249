local a = require("lib.a")
local shared = require("//test/rules/interpreters/modules/shared:shared.lua")
local again = require("//test/rules/interpreters/modules/shared:shared")

return {
    run = function()
        return "main, " .. a() .. ", " .. shared() .. ", " .. again() .. "; loaded " .. loaded
    end,
}
