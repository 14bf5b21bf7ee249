//! Errors: what upstream says, and whether ours says it too.

use harness::Answer;

/// The messages of an error and of its causes, each once.
pub fn messages(error: &(dyn std::error::Error + 'static)) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if out.last() != Some(&text) {
            out.push(text);
        }
        next = error.source();
    }
    out
}

/// Whether an error of our tool says what upstream says: every line of every message is somewhere
/// in it, and its first line has the first or the last message's.
pub fn compare(ours: &str, theirs: &[String]) -> Answer {
    let all = plain(ours);
    let title = plain(ours.lines().next().unwrap_or_default());
    let lines = |message: &String| -> Vec<String> {
        let lines = message.lines().map(plain);
        lines.filter(|l| !l.is_empty()).collect()
    };
    let missing = theirs.iter().flat_map(lines).find(|l| !says(&all, l));
    let ends = [theirs.first(), theirs.last()];
    let mut begins = ends
        .into_iter()
        .flatten()
        .filter_map(|m| lines(m).into_iter().next());
    let told = match missing {
        Some(line) => format!("ours does not say: {line}"),
        None if theirs.is_empty() || begins.any(|m| says(&title, &m)) => return Answer::Same,
        None => "ours begins with something else".to_owned(),
    };
    Answer::Differs(format!(
        "{told}\n    ours:     {}\n    upstream: {}",
        ours.trim_end().replace('\n', "\n              "),
        theirs.join(": ").replace('\n', "\n              ")
    ))
}

/// Whether words are in a text, as words of their own.
fn says(text: &str, words: &str) -> bool {
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(words).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + words.len()..]);
        apart(before.chars().next_back()) && apart(after.chars().next())
    })
}

/// One space for each gap, and no punctuation at the end: how a text is broken into lines differs.
/// Numbers that the library counts up from one component to the next are left out.
fn plain(text: &str) -> String {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    for i in 1..words.len() {
        if words[i - 1].ends_with("globally_unique_id:") {
            words[i] = "_";
        }
    }
    words.join(" ").trim_end_matches([':', '.']).to_owned()
}

/// The file, line and column that an error of our tool names first.
pub fn place(error: &str) -> Option<(usize, usize)> {
    let at = error
        .lines()
        .find_map(|l| l.trim_start().strip_prefix("--> "))?;
    let mut parts = at.rsplit(':');
    let column = parts.next()?.trim().parse().ok()?;
    Some((parts.next()?.parse().ok()?, column))
}

/// A report as wac keeps it: the messages, and the place if there is one.
pub fn report(text: &str) -> (Vec<String>, Option<(usize, usize)>) {
    let mut messages: Vec<String> = Vec::new();
    let mut place = None;
    for line in text.lines().skip(1) {
        let trimmed = line.trim_start();
        let starts = ["× ", "├─▶ ", "╰─▶ "];
        if let Some(at) = trimmed.strip_prefix("╭─[") {
            let mut parts = at.trim_end_matches(']').rsplit(':');
            let column = parts.next().and_then(|c| c.parse().ok());
            let line = parts.next().and_then(|l| l.parse().ok());
            place = line.zip(column);
            break;
        } else if let Some(message) = starts.iter().find_map(|s| trimmed.strip_prefix(s)) {
            messages.push(message.to_owned());
        } else if let Some(last) = messages.last_mut() {
            *last = format!("{last} {}", trimmed.trim_start_matches(['│', ' ']));
        }
    }
    let messages = messages.iter().map(|m| one_line(m)).collect();
    (messages, place)
}

/// The text with one space for each gap.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_looked_for() {
        let theirs = ["one failed".to_owned(), "two:\n\tthree".to_owned()];
        let same = |ours| compare(ours, &theirs) == Answer::Same;
        assert!(same(
            "error: cannot: two\nnote: three\nnote: while: one\n failed\nhint: mend it"
        ));
        assert!(!same("error: cannot: two\nnote: while: one failed"));
        assert!(!same(
            "error: cannot: two\nnote: threefold\nnote: one failed"
        ));
        assert!(!same("error: cannot\nnote: one failed: two: three"));
    }

    #[test]
    fn places_and_reports() {
        let ours = "error: e\n  --> in.wac:7:23\n   |\n";
        assert_eq!(place(ours), Some((7, 23)));
        let text = "failed\n\n  × first\n  ├─▶ second,\n  │ wrapped\n  ╰─▶ third\n   ╭─[tests/a.wac:7:23]\n 6 │ \n";
        let messages = ["first", "second, wrapped", "third"].map(str::to_owned);
        assert_eq!(report(text), (messages.to_vec(), Some((7, 23))));
    }
}
