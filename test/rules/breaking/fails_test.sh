#!/bin/sh
# Runs a test that must fail. Arguments: the test, then each text that its output must contain.
test=$1
shift
output=$("$test" 2>&1)
code=$?
echo "$output"
if [ $code -ne 1 ]; then
    echo "exit code $code, not 1"
    exit 1
fi
for text; do
    case $output in
        *"$text"*) ;;
        *)
            echo "the output lacks: $text"
            exit 1
            ;;
    esac
done
