local echo = require("test:types/echo")
local SIZE = 10 << 20

local function run()
    local received = echo.bytes(("\0"):rep(SIZE - 1) .. "\7")
    local integers, words = {}, {}
    for i = 1, SIZE // 8 do
        integers[i] = -1
    end
    for i = 1, 1000 do
        words[i] = ("x"):rep(SIZE // 1000)
    end
    integers, words = echo.numbers(integers), echo.texts(words)
    return table.concat({ #received, received:byte(-1), #integers, integers[#integers], #words, #words[1000] }, ",")
end

return { run = run }
