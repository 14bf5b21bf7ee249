require("//test/rules/interpreters/modules/shared:shared")

return function()
    return "lib/b"
end
