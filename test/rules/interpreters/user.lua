local jobs = require("test:jobs/jobs@1.0.0")

local function run(n)
    return jobs.double(n) + 1
end

return { run = run }
