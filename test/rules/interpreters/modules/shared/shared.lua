loaded = (loaded or 0) + 1

return function()
    return "shared"
end
