//! A client of OCI registries: <https://github.com/opencontainers/distribution-spec/blob/main/spec.md>.

use crate::artifact::{add_referrer, descriptor, INDEX, MANIFEST};
use crate::auth::Auth;
use crate::digest::digest;
use crate::http::{retry, Answer, AttemptError, Call, Http};
use crate::reference::Reference;
use rules_wit_common::{Diagnostic, Limit, Result};
use rules_wit_http::is_temporary;
use serde_json::Value;

/// The largest manifest that registries must accept.
const MAX_MANIFEST: u64 = 4 << 20;
/// The size of the parts in which a blob is sent. An interrupted upload continues with the part that is missing.
const PART: usize = 8 << 20;
/// How often an upload that a registry has lost is started.
const UPLOADS: usize = 3;

/// A repository of a registry.
pub struct Registry {
    http: Http,
    auth: Auth,
    reference: Reference,
    origin: String,
}

/// A manifest with its digest.
pub struct Manifest {
    pub digest: String,
    pub value: Value,
}

impl Registry {
    /// Returns a client for the repository of a reference. `actions` is what tokens are requested for: `pull` or
    /// `pull,push`.
    pub fn new(reference: &Reference, plain_http: bool, actions: &'static str) -> Self {
        let scheme = if plain_http { "http" } else { "https" };
        let host = match reference.registry.as_str() {
            "docker.io" => "registry-1.docker.io",
            host => host,
        };
        Registry {
            http: Http::from_environment(),
            auth: Auth::new(reference, actions, plain_http),
            reference: reference.clone(),
            origin: format!("{scheme}://{host}"),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}/v2/{}/{path}", self.origin, self.reference.repository)
    }

    /// Whether a URL is one of the registry itself. Uploads may go elsewhere, without its authorization.
    fn is_own(&self, url: &str) -> bool {
        let rest = url.strip_prefix(&self.origin);
        rest.is_some_and(|rest| rest.starts_with('/'))
    }

    /// Sends a request, authorized if the registry asks for it.
    fn call(&self, call: Call<'_>) -> Result<Answer> {
        let first = self.http.send(&self.authorized(&call))?;
        if first.status != 401 || !self.is_own(call.url) {
            return Ok(first);
        }
        self.auth
            .challenged(&self.http, first.header("www-authenticate"))?;
        let second = self.http.send(&self.authorized(&call))?;
        match second.status {
            401 | 403 => Err(self.auth.refused(&second.why()).into()),
            _ => Ok(second),
        }
    }

    /// The request with the header for authorization, if it goes to the registry itself.
    fn authorized<'a>(&self, call: &Call<'a>) -> Call<'a> {
        let mut headers = call.headers.clone();
        if self.is_own(call.url) {
            headers.extend(self.auth.header().map(|value| ("authorization", value)));
        }
        Call { headers, ..*call }
    }

    fn get(&self, url: &str, accept: &str, limit: u64) -> Result<Answer> {
        self.call(Call {
            method: "GET",
            url,
            headers: vec![("accept", accept.to_owned())],
            body: &[],
            limit,
        })
    }

    fn unexpected(&self, what: &str, answer: &Answer) -> Diagnostic {
        let why = answer.why();
        let d =
            Diagnostic::environment(format!("{} did not {what}: {why}", self.reference.registry));
        match answer.status {
            401 | 403 => self.auth.refused(&why),
            404 => d.hint("check the repository, the tag and the digest"),
            _ => d.hint("check that the registry supports OCI artifacts, and that this repository may be written"),
        }
    }

    /// Fetches the manifest with a tag or a digest.
    ///
    /// Errors: no such manifest, a digest that is not that of the bytes, and an answer that is not JSON.
    pub fn manifest(&self, wanted: &str) -> Result<Manifest> {
        let url = self.url(&format!("manifests/{wanted}"));
        let answer = self.get(&url, &format!("{MANIFEST}, {INDEX}"), MAX_MANIFEST)?;
        if answer.status != 200 {
            return Err(self.unexpected("return the manifest", &answer).into());
        }
        let found = digest(&answer.body);
        if wanted.starts_with("sha256:") && wanted != found {
            return Err(mismatch("the manifest", wanted, &found).into());
        }
        let value = serde_json::from_slice(&answer.body).map_err(|e| {
            Diagnostic::new(format!("the manifest `{wanted}` is not JSON: {e}"))
                .hint("check that the reference names an OCI artifact")
        })?;
        Ok(Manifest {
            digest: found,
            value,
        })
    }

    /// Fetches the blob that a descriptor names, and compares its digest and size.
    pub fn blob(&self, descriptor: &Value) -> Result<Vec<u8>> {
        let wanted = descriptor["digest"].as_str().unwrap_or_default();
        let size = descriptor["size"].as_u64().unwrap_or(u64::MAX);
        if !crate::reference::is_digest(wanted) || size > Limit::BINARY.0 {
            return Err(Diagnostic::new(
                "the manifest has a layer without a SHA-256 or with an invalid size",
            )
            .hint("push the artifact again")
            .into());
        }
        let answer = self.get(&self.url(&format!("blobs/{wanted}")), "*/*", size)?;
        if answer.status != 200 {
            return Err(self.unexpected("return a layer", &answer).into());
        }
        let found = digest(&answer.body);
        if found != wanted {
            return Err(mismatch("the layer", wanted, &found).into());
        }
        Ok(answer.body)
    }

    /// Uploads a blob, unless the repository has it.
    pub fn push_blob(&self, bytes: &[u8]) -> Result<()> {
        let digest = digest(bytes);
        let url = self.url(&format!("blobs/{digest}"));
        let there = self.call(Call {
            method: "HEAD",
            url: &url,
            headers: vec![],
            body: &[],
            limit: MAX_MANIFEST,
        })?;
        if there.status == 200 {
            return Ok(());
        }
        let mut sent = None;
        for _ in 0..UPLOADS {
            sent = self.upload(bytes)?;
            if sent.is_some() {
                break;
            }
        }
        let Some(location) = sent else {
            let title = format!("{} lost an upload {UPLOADS} times", self.reference.registry);
            let hint = "check the network, then try again";
            return Err(Diagnostic::environment(title).hint(hint).into());
        };
        let separator = if location.contains('?') { '&' } else { '?' };
        let url = format!("{location}{separator}digest={digest}");
        let answer = self.call(Call {
            method: "PUT",
            url: &url,
            headers: vec![("content-type", "application/octet-stream".to_owned())],
            body: &[],
            limit: MAX_MANIFEST,
        })?;
        match answer.status {
            201 | 204 => Ok(()),
            _ => Err(self.unexpected("accept a layer", &answer).into()),
        }
    }

    /// Sends the bytes of a blob. Returns where to complete the upload, or `None` if the registry has lost it.
    fn upload(&self, bytes: &[u8]) -> Result<Option<String>> {
        let answer = self.call(Call {
            method: "POST",
            url: &self.url("blobs/uploads/"),
            headers: vec![],
            body: &[],
            limit: MAX_MANIFEST,
        })?;
        if answer.status != 202 {
            return Err(self.unexpected("start an upload", &answer).into());
        }
        let mut location = self.location(&answer)?;
        let mut sent = 0;
        while sent < bytes.len() {
            if !self.push_part(bytes, &mut sent, &mut location)? {
                return Ok(None);
            }
        }
        Ok(Some(location))
    }

    /// Sends the next part of a blob. After an interruption it asks how much has arrived, and continues there. Returns
    /// false if the registry does not know the upload any more.
    fn push_part(&self, bytes: &[u8], sent: &mut usize, location: &mut String) -> Result<bool> {
        let mut resumed = false;
        let mut interrupted = false;
        let url = location.clone();
        let answer = retry(&url, || {
            if interrupted {
                if let Ok(state) = self.http.once(&self.authorized(&Call {
                    method: "GET",
                    url: location,
                    headers: vec![],
                    body: &[],
                    limit: MAX_MANIFEST,
                })) {
                    *location = self.location(&state).unwrap_or_else(|_| location.clone());
                    *sent = received(&state).unwrap_or(*sent).min(bytes.len());
                    resumed = true;
                }
            }
            interrupted = true;
            let end = bytes.len().min(*sent + PART);
            if *sent == end {
                return Ok(None);
            }
            let answer = self.http.once(&self.authorized(&Call {
                method: "PATCH",
                url: location,
                headers: vec![
                    ("content-type", "application/octet-stream".to_owned()),
                    ("content-range", format!("{}-{}", *sent, end - 1)),
                ],
                body: &bytes[*sent..end],
                limit: MAX_MANIFEST,
            }));
            match answer {
                // 416: another part is expected.
                Ok(a) if is_temporary(a.status) || a.status == 416 => {
                    Err(AttemptError::retry(&a.why()))
                }
                Ok(a) => {
                    *sent = end;
                    Ok(Some(a))
                }
                Err(why) => Err(AttemptError::retry(&why)),
            }
        })?;
        let Some(answer) = answer else {
            return Ok(true);
        };
        // Debian's docker-registry has 404 for an upload that ended within a part.
        if resumed && answer.status == 404 {
            return Ok(false);
        }
        if answer.status != 202 {
            return Err(self.unexpected("accept a part of a layer", &answer).into());
        }
        *location = self.location(&answer)?;
        Ok(true)
    }

    /// The address at which an upload continues.
    fn location(&self, answer: &Answer) -> Result<String> {
        match answer.header("location") {
            Some(path) if path.starts_with('/') => Ok(format!("{}{path}", self.origin)),
            Some(url) if url.contains("://") => Ok(url.to_owned()),
            _ => Err(self.unexpected("tell where to send a layer", answer).into()),
        }
    }

    /// Uploads a manifest as `name`, a tag or its digest. Returns whether the registry has recorded its subject.
    pub fn push_manifest(&self, name: &str, bytes: &[u8], media_type: &str) -> Result<bool> {
        let url = self.url(&format!("manifests/{name}"));
        let answer = self.call(Call {
            method: "PUT",
            url: &url,
            headers: vec![("content-type", media_type.to_owned())],
            body: bytes,
            limit: MAX_MANIFEST,
        })?;
        if answer.status != 201 {
            return Err(self.unexpected("accept the manifest", &answer).into());
        }
        let wanted = digest(bytes);
        match answer.header("docker-content-digest") {
            Some(found) if found != wanted => {
                Err(mismatch("the pushed manifest", &wanted, found).into())
            }
            _ => Ok(answer.header("oci-subject").is_some()),
        }
    }

    /// Uploads a manifest that has a subject. Where the registry has no API for referrers, it is also listed in the
    /// index that stands in for it.
    pub fn push_referrer(&self, subject: &str, bytes: &[u8], artifact_type: &str) -> Result<()> {
        if self.push_manifest(&digest(bytes), bytes, MANIFEST)? {
            return Ok(());
        }
        let mut entry = descriptor(MANIFEST, bytes);
        entry["artifactType"] = artifact_type.into();
        let index = self.referrers(subject)?;
        self.push_manifest(
            &index_tag(subject),
            &add_referrer(index.as_ref(), entry),
            INDEX,
        )?;
        Ok(())
    }

    /// The index of the manifests whose subject has a digest, if there are any.
    pub fn referrers(&self, subject: &str) -> Result<Option<Value>> {
        for path in [
            format!("referrers/{subject}"),
            format!("manifests/{}", index_tag(subject)),
        ] {
            let answer = self.get(&self.url(&path), INDEX, MAX_MANIFEST)?;
            match answer.status {
                200 => {
                    let index: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
                    if index["manifests"].is_array() {
                        return Ok(Some(index));
                    }
                }
                404 | 400 | 405 => {}
                _ => {
                    return Err(self
                        .unexpected("list what refers to the artifact", &answer)
                        .into())
                }
            }
        }
        Ok(None)
    }
}

/// The tag of the index of referrers.
fn index_tag(subject: &str) -> String {
    subject.replace(':', "-")
}

/// How many bytes of an upload have arrived, from the header `Range: 0-LAST`.
fn received(answer: &Answer) -> Option<usize> {
    let range = answer.header("range")?;
    let range = range.strip_prefix("bytes=").unwrap_or(range);
    let last: usize = range.split_once('-')?.1.parse().ok()?;
    // Nothing has arrived if the range is `0-0`; one byte is sent again then.
    Some(if last == 0 { 0 } else { last + 1 })
}

fn mismatch(what: &str, wanted: &str, found: &str) -> Diagnostic {
    Diagnostic::new(format!(
        "{what} has the digest {found}, and {wanted} was expected"
    ))
    .hint("do not use it: the registry or a proxy has changed it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorization_is_for_the_registry_only() {
        let reference = Reference::parse("r.example/a").expect("reference");
        let registry = Registry::new(&reference, false, "pull");
        assert!(registry.is_own("https://r.example/v2/a/blobs/x"));
        for url in [
            "https://r.example.evil/v2",
            "https://r.example:8/v2",
            "http://r.example/v2",
            "https://r.example",
        ] {
            assert!(!registry.is_own(url), "{url}");
        }
    }
}
