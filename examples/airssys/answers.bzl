"""What the demo answers, in whatever form it is run."""

LIFECYCLE = {
    "execute()": "err(not-running)",
    "health()": "unhealthy(\"not running\")",
    "init({id: \"x\", root: \"\"})": "err(invalid-input(\"the root is empty\"))",
    "init({id: \"x\", root: \"/data\"})": "ok",
    "shutdown()": "",
}
