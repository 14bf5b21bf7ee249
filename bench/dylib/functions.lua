local function add(a, b)
    return a + b
end

local function greet(name)
    return "Hello, " .. name .. "!"
end

local function fib(n)
    return n < 2 and n or fib(n - 1) + fib(n - 2)
end

return { add = add, greet = greet, fib = fib }
