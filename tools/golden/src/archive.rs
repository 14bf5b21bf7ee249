//! The text archive that a case is: a comment and named sections.

/// A parsed archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    /// The lines before the first section.
    pub comment: String,
    /// The sections, in the order of the file.
    pub sections: Vec<Section>,
}

/// One section: its name without attributes, and its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The name between the dashes.
    pub name: String,
    /// The content, with the line ends that the attributes ask for.
    pub content: String,
}

const CRLF: &str = " (crlf)";
const NO_NEWLINE: &str = " (no newline)";

/// The name in a line `-- NAME --`.
fn marker(line: &str) -> Option<&str> {
    let name = line.strip_prefix("-- ")?.strip_suffix(" --")?.trim();
    (!name.is_empty()).then_some(name)
}

impl Archive {
    /// Parses the text of an archive; an error names what is wrong in it.
    pub fn parse(text: &str) -> Result<Archive, String> {
        if text.contains('\r') {
            return Err(
                "contains a carriage return: write `(crlf)` behind the section's name".to_owned(),
            );
        }
        let mut archive = Archive::default();
        let mut attributes = Vec::new();
        for line in text.lines() {
            match (marker(line), archive.sections.last_mut()) {
                (Some(name), _) => {
                    let (name, no_newline) = attribute(name, NO_NEWLINE);
                    let (name, crlf) = attribute(name, CRLF);
                    if archive.sections.iter().any(|s| s.name == name) {
                        return Err(format!("two sections `{name}`"));
                    }
                    attributes.push((crlf, no_newline));
                    archive.sections.push(Section {
                        name: name.to_owned(),
                        content: String::new(),
                    });
                }
                (None, Some(section)) => section.content += &format!("{line}\n"),
                (None, None) => archive.comment += &format!("{line}\n"),
            }
        }
        for (section, (crlf, no_newline)) in archive.sections.iter_mut().zip(attributes) {
            if no_newline && section.content.pop().is_none() {
                return Err(format!(
                    "section `{}` is empty, without a newline anyway",
                    section.name
                ));
            }
            if crlf {
                section.content = section.content.replace('\n', "\r\n");
            }
        }
        Ok(archive)
    }

    /// The text of the archive; an error names a section whose content has no such text.
    pub fn format(&self) -> Result<String, String> {
        let mut text = self.comment.clone();
        for Section { name, content } in &self.sections {
            let lines = content.replace("\r\n", "\n");
            let crlf = lines != *content;
            let newline = lines.is_empty() || lines.ends_with('\n');
            let is_text =
                !lines.contains(['\r', '\0']) && !lines.lines().any(|l| marker(l).is_some());
            if !is_text || (crlf && lines.replace('\n', "\r\n") != *content) {
                return Err(format!("`{name}` cannot be a section: it has mixed line ends, NUL or a line like `-- x --`"));
            }
            text += &format!(
                "-- {name}{}{} --\n{lines}",
                if crlf { CRLF } else { "" },
                if newline { "" } else { NO_NEWLINE }
            );
            text += if newline { "" } else { "\n" };
        }
        Ok(text)
    }

    /// The content of a section.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.sections
            .iter()
            .find(|s| s.name == name)
            .map(|s| s.content.as_str())
    }
}

fn attribute<'a>(name: &'a str, attribute: &str) -> (&'a str, bool) {
    match name.strip_suffix(attribute) {
        Some(name) => (name, true),
        None => (name, false),
    }
}

#[cfg(test)]
mod tests {
    use super::{Archive, Section};

    fn round(content: &str) -> Result<String, String> {
        let section = Section {
            name: "a/b".to_owned(),
            content: content.to_owned(),
        };
        let comment = "# RUN: x\n".to_owned();
        let archive = Archive {
            comment,
            sections: vec![section],
        };
        let text = archive.format()?;
        assert_eq!(Archive::parse(&text).as_ref(), Ok(&archive), "{text}");
        Ok(text)
    }

    #[test]
    fn contents_survive() {
        assert_eq!(round("").as_deref(), Ok("# RUN: x\n-- a/b --\n"));
        assert_eq!(round("x\n\n").as_deref(), Ok("# RUN: x\n-- a/b --\nx\n\n"));
        assert_eq!(
            round("x").as_deref(),
            Ok("# RUN: x\n-- a/b (no newline) --\nx\n")
        );
        assert_eq!(
            round("x\r\ny\r\n").as_deref(),
            Ok("# RUN: x\n-- a/b (crlf) --\nx\ny\n")
        );
        assert_eq!(
            round("x\r\ny").as_deref(),
            Ok("# RUN: x\n-- a/b (crlf) (no newline) --\nx\ny\n")
        );
        assert_eq!(
            round("--\n-- \n--x--\n").as_deref(),
            Ok("# RUN: x\n-- a/b --\n--\n-- \n--x--\n")
        );
    }

    #[test]
    fn other_contents_are_refused() {
        for content in ["a\r\nb\n", "a\rb\n", "a\0b\n", "a\n-- x --\n", "-- x --"] {
            let error = round(content).expect_err(content);
            assert!(error.contains("`a/b` cannot be a section"), "{error}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (text, expected) in [
            ("-- a --\n-- b --\n-- a --\n", "two sections `a`"),
            ("-- a --\nx\r\n", "carriage return"),
            ("-- a (no newline) --\n", "`a` is empty"),
        ] {
            let error = Archive::parse(text).expect_err(expected);
            assert!(error.contains(expected), "{error}");
        }
    }
}
