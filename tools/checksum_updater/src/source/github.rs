//! Releases on GitHub, and archives in folders of other hosts.

use crate::digest::Digest;
use crate::http::Http;
use crate::registry::Release;
use crate::source::api::{Item, Published, Source};
use crate::source_error::SourceError;
use crate::version;
use serde::Deserialize;
use std::cell::RefCell;
use std::io::Read;
use std::rc::Rc;

/// The releases of one repository.
pub struct Releases<'a> {
    http: &'a Http,
    repository: &'a str,
    release: &'a Release,
    /// The last response for a tag. It is needed for each asset, and the API limits requests.
    known: RefCell<Option<Rc<Answer>>>,
}

#[derive(Deserialize)]
struct Answer {
    tag_name: String,
    #[serde(default)]
    draft: bool,
    #[serde(default)]
    prerelease: bool,
    #[serde(default)]
    published_at: Option<String>,
    #[serde(default)]
    assets: Vec<Asset>,
}

#[derive(Deserialize)]
struct Asset {
    name: String,
    /// `sha256:` and the digest; missing in releases before mid-2025.
    #[serde(default)]
    digest: Option<String>,
}

impl<'a> Releases<'a> {
    /// The releases of `repository`.
    pub fn new(http: &'a Http, repository: &'a str, release: &'a Release) -> Self {
        Releases {
            http,
            repository,
            release,
            known: RefCell::default(),
        }
    }

    /// Returns the name of an asset.
    pub fn asset(&self, version: &str, url_suffix: &str) -> String {
        self.release
            .asset
            .replace("{version}", version)
            .replace("{url_suffix}", url_suffix)
    }

    /// Returns the URL of an asset.
    pub fn url(&self, version: &str, asset: &str) -> String {
        let tag = self.release.tag.replace("{version}", version);
        match &self.release.base_url {
            Some(base) => format!(
                "{}/{asset}",
                base.trim_end_matches('/')
                    .replace("{version}", version)
                    .replace("{tag}", &tag)
            ),
            None => format!(
                "{}/{}/releases/download/{tag}/{asset}",
                server(),
                self.repository
            ),
        }
    }

    fn tagged(&self, tag: &str) -> Result<Rc<Answer>, SourceError> {
        let known = self.known.borrow().clone();
        if let Some(answer) = known.filter(|a| a.tag_name == tag) {
            return Ok(answer);
        }
        let answer = Rc::new(self.ask::<Answer>(&format!("releases/tags/{tag}"))?);
        self.known.replace(Some(Rc::clone(&answer)));
        Ok(answer)
    }

    fn ask<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T, SourceError> {
        let api = variable("GITHUB_API_URL", "https://api.github.com");
        let url = format!("{api}/repos/{}/{path}", self.repository);
        let mut headers = vec![("accept", "application/vnd.github+json")];
        let token = std::env::var("GITHUB_TOKEN")
            .ok()
            .filter(|t| !t.is_empty())
            .map(|t| format!("Bearer {t}"));
        if let Some(token) = &token {
            headers.push(("authorization", token));
        }
        let text = self.http.text(&url, &headers)?;
        serde_json::from_str(&text).map_err(|e| SourceError::Refused {
            what: url,
            why: format!("the response is not one of the GitHub API: {e}"),
        })
    }
}

fn server() -> String {
    variable("GITHUB_SERVER_URL", "https://github.com")
}

fn variable(name: &str, otherwise: &str) -> String {
    let value = std::env::var(name).ok().filter(|v| !v.is_empty());
    value
        .unwrap_or_else(|| otherwise.to_owned())
        .trim_end_matches('/')
        .to_owned()
}

impl Source for Releases<'_> {
    fn newest(&self, _name: &str) -> Result<String, SourceError> {
        let what = format!("a release of {}", self.repository);
        if self.release.base_url.is_some() {
            let why = "its host does not list releases; pass a version".to_owned();
            return Err(SourceError::NotFound { what, why });
        }
        let (before, after) = self
            .release
            .tag
            .split_once("{version}")
            .unwrap_or((&self.release.tag, ""));
        let answers: Vec<Answer> = self.ask("releases?per_page=100")?;
        let versions: Vec<&str> = answers
            .iter()
            .filter(|a| !a.draft && !a.prerelease)
            .filter_map(|a| a.tag_name.strip_prefix(before)?.strip_suffix(after))
            .filter(|v| version::parse(v).is_some_and(|v| v.pre.is_empty()))
            .collect();
        match version::highest(versions) {
            Some(version) => Ok(version.to_owned()),
            None => Err(SourceError::NotFound {
                what,
                why: format!("no tag matches `{}`", self.release.tag),
            }),
        }
    }

    fn published(&self, item: &Item) -> Result<Published, SourceError> {
        if self.release.base_url.is_some() {
            return Ok(Published::default());
        }
        let tag = self.release.tag.replace("{version}", &item.version);
        let answer = self.tagged(&tag)?;
        let Some(asset) = answer.assets.iter().find(|a| a.name == item.name) else {
            let names: Vec<&str> = answer.assets.iter().map(|a| a.name.as_str()).collect();
            return Err(SourceError::NotFound {
                what: format!("{} in release {tag} of {}", item.name, self.repository),
                why: format!("the release has {}", names.join(", ")),
            });
        };
        let digest = asset
            .digest
            .as_deref()
            .and_then(|d| d.strip_prefix("sha256:"));
        Ok(Published {
            file: None,
            digest: digest.and_then(Digest::parse),
            date: answer
                .published_at
                .as_ref()
                .and_then(|d| d.get(..10).map(str::to_owned)),
        })
    }

    fn open(&self, item: &Item) -> Result<Box<dyn Read>, SourceError> {
        let download = self.http.download(&self.url(&item.version, &item.name))?;
        Ok(Box::new(download))
    }
}
