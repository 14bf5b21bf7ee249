return {
    jobs = {
        double = function(n)
            return 2 * n
        end,
    },
}
