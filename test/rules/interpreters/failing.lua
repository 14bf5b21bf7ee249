local clock = require("wasi:clocks/monotonic-clock@0.3.0")

local function run(which)
    if which == "caught argument" then
        local _, e = pcall(clock.wait_for, "soon")
        return e
    elseif which == "in pcall" then
        local ok = pcall(clock.wait_for, 1000000)
        return tostring(ok)
    elseif which == "in a coroutine" then
        coroutine.wrap(clock.wait_for)(1)
    end
    clock.wait_for(1000000)
    if which == "exception" then
        error("after a wait")
    elseif which == "result" then
        return 5
    elseif which == "yield" then
        coroutine.yield()
    end
    return "?"
end

return {
    run = run,
    run_now = run,
}
