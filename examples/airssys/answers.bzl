"""Expected results of the demo."""

LIFECYCLE = {
    "execute()": "err(not-running)",
    "health()": "unhealthy(\"not running\")",
    "init({id: \"x\", root: \"\"})": "err(invalid-input(\"the root is empty\"))",
    "init({id: \"x\", root: \"/data\"})": "ok",
    "shutdown()": "",
}
