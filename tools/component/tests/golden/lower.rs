//! What holds in every case of `lower/`: the module does what the component does.

use crate::support::{compare, lower, Outcome, OPTIONS};
use golden::Done;

/// The comments of the component hold directives: `;; call: f(1) -> 2` calls the component and what
/// it is lowered to, with all options. `;; checked` leaves out the option that omits bounds checks,
/// as the calls need them. `;; error:` and `;; error with mvp:` are parts of messages.
pub fn check(done: &Done) {
    let text = String::from_utf8(done.case.input["in.wat"].clone()).expect("UTF-8");
    let component = wat::parse_str(&text).unwrap_or_else(|e| panic!("{e}"));
    let lines = |key: &str| -> Vec<String> {
        let key = format!(";; {key}: ");
        let lines = text.lines().filter_map(|l| l.strip_prefix(&key));
        lines.map(str::to_owned).collect()
    };
    let output = &done.outputs[0];
    if let Some(error) = lines("error").first() {
        assert_eq!(output.code, 1);
        assert!(output.stderr.contains(error), "{error}");
        assert!(output.stderr.contains("hint: "), "no hint");
        assert!(done.changed.is_empty(), "files were written");
        return;
    }
    assert_eq!(output.code, 0, "{}", output.text());
    let calls = lines("call");
    let (calls, expected): (Vec<&str>, Vec<&str>) = calls
        .iter()
        .map(|line| line.split_once(" -> ").expect("call -> result"))
        .unzip();
    assert!(!calls.is_empty(), "no call");
    for options in OPTIONS {
        if options.contains(&"unchecked") && text.contains(";; checked") {
            continue;
        }
        let lowered = lower(&component, options);
        // Some components cannot be lowered to the MVP.
        if let (Err(e), true) = (&lowered, options.contains(&"mvp")) {
            let known = lines("error with mvp");
            assert!(known.iter().any(|k| e.contains(k.as_str())), "{e}");
            continue;
        }
        let lowered = lowered.unwrap_or_else(|e| panic!("{options:?}: {e}"));
        let outcomes = compare(&component, &lowered, &calls);
        for ((call, expected), outcome) in calls.iter().zip(&expected).zip(outcomes) {
            let text = match outcome {
                Outcome::Value(text) => text,
                Outcome::Trap(_) => "trap".to_owned(),
            };
            assert_eq!(&text, expected, "{options:?}: {call}");
        }
    }
}
