//! References: `registry/repository[:tag][@digest]`.

use crate::digest::is_sha256;
use rules_wit_common::{Diagnostic, Result};
use std::fmt;

/// Where an artifact is in a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// `host` or `host:port`.
    pub registry: String,
    /// The repository in the registry, such as `team/greeter`.
    pub repository: String,
    /// The tag, if there is one.
    pub tag: Option<String>,
    /// `sha256:` and 64 hexadecimal digits, if there is one.
    pub digest: Option<String>,
}

impl Reference {
    /// Parses a reference. The registry is required: no registry is a default.
    ///
    /// The characters are those of the OCI distribution specification,
    /// <https://github.com/opencontainers/distribution-spec/blob/main/spec.md>.
    pub fn parse(text: &str) -> Result<Self> {
        let fail = |why: &str| -> Result<Self> {
            Err(Diagnostic::new(format!("invalid reference `{text}`: {why}"))
                .hint("write `registry/repository:tag` or `registry/repository@sha256:...`, such as `registry.example/team/greeter:1.0.0`")
                .into())
        };
        let (name, digest) = match text.split_once('@') {
            Some((_, digest)) if !is_digest(digest) => {
                return fail("the digest is not `sha256:` and 64 hexadecimal digits")
            }
            Some((name, digest)) => (name, Some(digest.to_owned())),
            None => (text, None),
        };
        let Some((registry, path)) = name.split_once('/') else {
            return fail("it has no repository");
        };
        if !(registry.contains(['.', ':']) || registry == "localhost") {
            return fail("it does not start with a registry");
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        if registry.starts_with(['.', '-', ':']) || !registry.chars().all(plain) {
            return fail("the registry is not a host");
        }
        let (repository, tag) = match path.split_once(':') {
            Some((_, tag)) if !is_tag(tag) => return fail("invalid tag"),
            Some((repository, tag)) => (repository, Some(tag.to_owned())),
            None => (path, None),
        };
        if !repository.split('/').all(is_component) {
            return fail(
                "a repository consists of lower-case letters, digits, `.`, `_`, `-` and `/`",
            );
        }
        Ok(Reference {
            registry: registry.to_owned(),
            repository: repository.to_owned(),
            tag,
            digest,
        })
    }

    /// The reference of the same repository that names the digest only.
    pub fn by_digest(&self, digest: &str) -> Self {
        Reference {
            tag: None,
            digest: Some(digest.to_owned()),
            ..self.clone()
        }
    }

    /// What a manifest is requested by: the digest, else the tag, else `latest`.
    pub fn wanted(&self) -> &str {
        let tag = self.tag.as_deref().unwrap_or("latest");
        self.digest.as_deref().unwrap_or(tag)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

/// Whether a text is `sha256:` and 64 lower-case hexadecimal digits.
pub fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(is_sha256)
}

/// Whether a text is a tag: at most 128 of the allowed characters.
pub fn is_tag(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.starts_with(word)
        && text.len() <= 128
        && text.chars().all(|c| word(c) || c == '.' || c == '-')
}

/// Whether a text is one part of a repository's name.
fn is_component(text: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.starts_with(word)
        && text.ends_with(word)
        && text.chars().all(|c| word(c) || "._-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_parsed() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        for text in [
            "r.example/a".to_owned(),
            "r.example/a/b-c:1.0.0".to_owned(),
            "localhost/a".to_owned(),
            format!("127.0.0.1:5000/a/b@{digest}"),
            format!("[::1]:5000/a:v1@{digest}"),
        ] {
            assert_eq!(Reference::parse(&text).expect(&text).to_string(), text);
        }
        let both = Reference::parse(&format!("r.example/a:1@{digest}")).expect("both");
        assert_eq!(both.wanted(), digest);
        assert_eq!(
            Reference::parse("r.example/a").expect("no tag").wanted(),
            "latest"
        );
    }

    #[test]
    fn invalid_references_are_errors() {
        for (text, why) in [
            ("", "no repository"),
            ("a:1", "no repository"),
            ("a/b", "start with a registry"),
            ("r.example/A", "lower-case"),
            ("r.example/a//b", "lower-case"),
            ("r.example/../b", "lower-case"),
            ("r.example/a:", "invalid tag"),
            ("r.example/a:b/c", "invalid tag"),
            ("r.example/a@sha256:12", "the digest"),
            ("u@r.example/a", "the digest"),
            ("r.ex?ample/a", "not a host"),
        ] {
            let error = Reference::parse(text).expect_err(text).render(false);
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
