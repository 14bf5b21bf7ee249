//! The command of a `RUN:` or `FAIL:` line.

/// A command of a case, and the exit code that it must end with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Variables that are set for it.
    pub env: Vec<(String, String)>,
    /// The name of the tool, or a path in the case's directory.
    pub program: String,
    /// The arguments.
    pub args: Vec<String>,
    /// The file with the standard input.
    pub stdin: Option<String>,
    /// The expected exit code.
    pub code: i32,
}

impl Command {
    /// Parses the text after `RUN:` or `FAIL:`; an error names what is wrong.
    pub fn parse(text: &str, code: i32) -> Result<Command, String> {
        let mut words = words(text)?;
        let stdin = match words.iter().position(|w| !w.quoted && w.text == "<") {
            Some(at) if at + 2 == words.len() => {
                let file = words.pop();
                words.pop();
                file.map(|w| w.text)
            }
            Some(_) => return Err("`<` must stand before the last word".to_owned()),
            None => None,
        };
        let mut words = words.into_iter().peekable();
        let mut env = Vec::new();
        while let Some((name, value)) = words.peek().and_then(variable) {
            env.push((name, value));
            words.next();
        }
        let program = words.next().ok_or("no program")?.text;
        let args = words.map(|w| w.text).collect();
        Ok(Command {
            env,
            program,
            args,
            stdin,
            code,
        })
    }
}

struct Word {
    text: String,
    quoted: bool,
}

/// `NAME=VALUE`.
fn variable(word: &Word) -> Option<(String, String)> {
    let (name, value) = word.text.split_once('=')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    is_name.then(|| (name.to_owned(), value.to_owned()))
}

fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c == '\'' || c == '"' {
            let (quoted, tail) = rest
                .as_str()
                .split_once(c)
                .ok_or_else(|| format!("no closing {c}"))?;
            let word = word.get_or_insert(Word {
                text: String::new(),
                quoted: true,
            });
            word.text += quoted;
            word.quoted = true;
            rest = tail.chars();
        } else if c == ' ' {
            words.extend(word.take());
        } else {
            word.get_or_insert(Word {
                text: String::new(),
                quoted: false,
            })
            .text
            .push(c);
        }
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::Command;

    #[test]
    fn words_are_split_like_in_a_shell() {
        let command = Command::parse(
            r#"A=b C='d e' x/y  -o '' 'f("g", {h: 1})' i"j k"l=m < n"#,
            3,
        );
        let expected = Command {
            env: [("A", "b"), ("C", "d e")]
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .to_vec(),
            program: "x/y".to_owned(),
            args: ["-o", "", "f(\"g\", {h: 1})", "ij kl=m"]
                .map(str::to_owned)
                .to_vec(),
            stdin: Some("n".to_owned()),
            code: 3,
        };
        assert_eq!(command, Ok(expected));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, expected) in [
            ("", "no program"),
            ("A=b", "no program"),
            ("x 'y", "no closing '"),
            ("x < y z", "`<` must stand before the last word"),
            ("x <", "`<` must stand before the last word"),
        ] {
            assert_eq!(Command::parse(text, 0).expect_err(text), expected);
        }
    }
}
