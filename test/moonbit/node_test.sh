#!/usr/bin/env bash
# Runs a program, such as Node.js with a script.
exec "$@"
