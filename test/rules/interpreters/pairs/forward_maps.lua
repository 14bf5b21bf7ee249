return { echo = require("test:maps/echo@1.0.0") }
