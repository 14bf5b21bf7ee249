//! Compares our error messages with upstream's.

use harness::Answer;

/// The messages of an error and its causes, without repetitions.
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

/// Whether our error contains every line of every message of upstream's, and its first line contains
/// that of the first or the last message.
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
    let difference = match missing {
        Some(line) => format!("ours lacks: {line}"),
        None if theirs.is_empty() || begins.any(|m| says(&title, &m)) => return Answer::Same,
        None => "the first line of ours lacks the message".to_owned(),
    };
    Answer::Differs(format!(
        "{difference}\n    ours:     {}\n    upstream: {}",
        ours.trim_end().replace('\n', "\n              "),
        theirs.join(": ").replace('\n', "\n              ")
    ))
}

/// Whether a text contains words, at word boundaries.
fn says(text: &str, words: &str) -> bool {
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(words).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + words.len()..]);
        apart(before.chars().next_back()) && apart(after.chars().next())
    })
}

/// Normalises white space and removes punctuation at the end, as texts are wrapped differently.
/// Numbers that the library counts across components are replaced.
fn plain(text: &str) -> String {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    for i in 1..words.len() {
        if words[i - 1].ends_with("globally_unique_id:") {
            words[i] = "_";
        }
    }
    words.join(" ").trim_end_matches([':', '.']).to_owned()
}

/// The line and column of the first location in our error.
pub fn location(error: &str) -> Option<(usize, usize)> {
    let at = error
        .lines()
        .find_map(|l| l.trim_start().strip_prefix("--> "))?;
    let mut parts = at.rsplit(':');
    let column = parts.next()?.trim().parse().ok()?;
    Some((parts.next()?.parse().ok()?, column))
}

/// Parses a report that wac stores: the messages, and the location if there is one.
pub fn report(text: &str) -> (Vec<String>, Option<(usize, usize)>) {
    let mut messages: Vec<String> = Vec::new();
    let mut location = None;
    for line in text.lines().skip(1) {
        let trimmed = line.trim_start();
        let starts = ["× ", "├─▶ ", "╰─▶ "];
        if let Some(at) = trimmed.strip_prefix("╭─[") {
            let mut parts = at.trim_end_matches(']').rsplit(':');
            let column = parts.next().and_then(|c| c.parse().ok());
            let line = parts.next().and_then(|l| l.parse().ok());
            location = line.zip(column);
            break;
        } else if let Some(message) = starts.iter().find_map(|s| trimmed.strip_prefix(s)) {
            messages.push(message.to_owned());
        } else if let Some(last) = messages.last_mut() {
            *last = format!("{last} {}", trimmed.trim_start_matches(['│', ' ']));
        }
    }
    let messages = messages.iter().map(|m| one_line(m)).collect();
    (messages, location)
}

/// The text with white space normalised.
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
            "error: cannot: two\nnote: three\nnote: while: one\n failed\nhint: fix it"
        ));
        assert!(!same("error: cannot: two\nnote: while: one failed"));
        assert!(!same(
            "error: cannot: two\nnote: threefold\nnote: one failed"
        ));
        assert!(!same("error: cannot\nnote: one failed: two: three"));
    }

    #[test]
    fn locations_and_reports() {
        let ours = "error: e\n  --> in.wac:7:23\n   |\n";
        assert_eq!(location(ours), Some((7, 23)));
        let text = "failed\n\n  × first\n  ├─▶ second,\n  │ wrapped\n  ╰─▶ third\n   ╭─[tests/a.wac:7:23]\n 6 │ \n";
        let messages = ["first", "second, wrapped", "third"].map(str::to_owned);
        assert_eq!(report(text), (messages.to_vec(), Some((7, 23))));
    }
}
