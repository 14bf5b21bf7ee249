return { echo = require("test:types/echo@1.0.0") }
