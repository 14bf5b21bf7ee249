-- Formats a line of the receipt.
return function(count, name, cents)
    return string.format("%d x %s at %d.%02d", count, name, cents // 100, cents % 100)
end
