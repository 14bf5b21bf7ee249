local greetings = {}

function greetings.greet(name)
    return "Hello, " .. name ..
end

return { greetings = greetings }
