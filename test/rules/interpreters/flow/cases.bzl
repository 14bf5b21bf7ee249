"""What functions return, and how they fail."""

# Cases of driver.js -> what they return.
CASES = {
    "answers": ["text!", "a promise!", "later!", "a thenable!", "done", "done"],
    "both": [
        "read",
        "true a,b {\\\"tag\\\":\\\"ok\\\",\\\"val\\\":2} {\\\"tag\\\":\\\"ok\\\",\\\"val\\\":2}",
        "read",
        "true  {\\\"tag\\\":\\\"err\\\",\\\"val\\\":\\\"no words\\\"} {\\\"tag\\\":\\\"err\\\",\\\"val\\\":\\\"no words\\\"}",
    ],
    "break": ["word 0", "word 1", "word 2", "stopped"],
    "bytes": ["true", "0,1,2,3,4,5,6,7,8,9"],
    "empty": ["0,0", "", "0"],
    "future": ["not yet", "now", "now"],
    "ignored": ["stopped after 1"],
    "large bytes": ["1000000,127493856"],
    "many": ["1000"],
    "notified": ["go", "end"],
    "passed": ["4,10", "100000,100000", "2,11", "x y", "one at 1,two at 2", "5"],
    "read in part": ["0,1,2", "3,12"],
    "reader stops": ["word 0", "word 1", "true"],
    "reads": ["a false", "b false", "undefined true", "undefined true", "r true", "undefined true"],
    "same": ["0,1,2", "the stream was passed on, so it cannot be read", "7"],
    "shout": ["WORD 0", "WORD 1", "WORD 2"],
    "values": ["a||ü", "point 0:0,point 1:1,point 2:2", "4"],
}

# Calls of flow.js by the host.
HOST = {
    "answer(\"q\")": "\"q!\"",
    "bytes(5, 2)": "[0, 1, 2, 3, 4]",
    "first([\"x\", \"y\", \"z\"], 2)": "[\"x\", \"y\"]",
    "ignore(\"q\", [\"x\"])": "",
    "join([\"x\", \"y\"])": "\"x y\"",
    "same([1, 2])": "[1, 2]",
    "same-async([1, 2])": "[1, 2]",
    "same-future(5)": "5",
    "shout([\"a\", \"b\"])": "[\"A\", \"B\"]",
    "sum([1, 2, 3])": "(3, 6)",
    "words([\"a\", \"b\"])": "[\"a\", \"b\"]",
}

# Calls of failing.js that return a message.
CAUGHT = {
    "caught(\"array\")": "\"test:flow/flows@1.0.0#join: argument 1[1]: expected string, got number 5\"",
    "caught(\"no future\")": "\"test:flow/flows@1.0.0#answer: argument 1: expected string, got number 5\"",
    "caught(\"no stream\")": "\"test:flow/flows@1.0.0#join: argument 1: expected an iterable or async iterable, got number 5\"",
    "caught(\"text\")": "\"test:flow/flows@1.0.0#join: argument 1: expected an iterable or async iterable, got string \\\"text\\\"\"",
    "caught(\"twice\")": "\"test:flow/flows@1.0.0#sum: argument 1: expected a stream that was not passed on, got an object\"",
    "caught(\"value\")": "\"test:flow/flows@1.0.0#join: value of a stream: expected string, got number 5\"",
    "caught-now()": "\"test:flow/flows@1.0.0#same: argument 1: expected a stream that was received: a new one is written by a call of an `async` export, and none is in progress, got an array\"",
}

_SCRIPT = "test/rules/interpreters/flow/failing.js"
_PASSED = "in a %s that was passed to `test:flow/flows@1.0.0#%s` at " + _SCRIPT + ":%d:"
_RETURNED = "in a %s of the result of `%s`, which is at " + _SCRIPT + ":%d:"

# Calls of failing.js that trap, and what they write before.
FAILING = {
    "run(\"future\")": [
        "TypeError: test:flow/flows@1.0.0#answer: value of a future: expected string, got number 5",
        _PASSED % ("future", "answer", 26),
    ],
    "run(\"iterator\")": [
        "TypeError: test:flow/flows@1.0.0#join: value of a stream: expected string, got number 5",
        _PASSED % ("stream", "join", 32),
    ],
    "run(\"rejected\")": [
        _SCRIPT + ":12:15: RangeError: on purpose",
        _PASSED % ("future", "answer", 28),
    ],
    "run(\"stream\")": [
        _SCRIPT + ":7:15: TypeError: test:flow/flows@1.0.0#join: value of a stream: expected string, got number 5",
        _PASSED % ("stream", "join", 30),
    ],
    "text(\"never\")": [
        "the promise of a value is never settled: nothing is left that could settle it",
        _RETURNED % ("future", "text", 45),
    ],
    "text(\"thrown\")": [
        _SCRIPT + ":12:15: RangeError: on purpose",
        _RETURNED % ("future", "text", 45),
    ],
    "text(\"value\")": ["TypeError: text: value of a future: expected string, got number 5"],
    "words(\"never\")": [
        "the promise of a value is never settled: nothing is left that could settle it",
        _RETURNED % ("stream", "words", 44),
    ],
    "words(\"thrown\")": [_SCRIPT + ":12:15: RangeError: on purpose"],
    "words(\"value\")": [_SCRIPT + ":7:15: TypeError: words: value of a stream: expected string, got number 5"],
    "words-now()": [
        "TypeError: words-now: result: expected a stream that was received: a new one is written by a call of an `async` export, and none is in progress, got an array",
        "in a call of the export `words-now`, which is at " + _SCRIPT + ":86:",
    ],
}
