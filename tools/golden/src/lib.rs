//! Runs golden tests: each case is a named test that compares what a tool prints and writes with what is recorded.
