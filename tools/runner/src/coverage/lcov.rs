//! Reports in the format that the manual page geninfo(1) of LCOV describes.

/// Returns the records of a report that are about `sources`, which are relative paths. The report can have them below an
/// absolute one.
pub fn only(report: &str, sources: &[String]) -> String {
    let mut out = String::new();
    let mut is_wanted = false;
    for line in report.lines() {
        if let Some(file) = line.strip_prefix("SF:") {
            let matches = sources.iter().filter(|source| is_path(file, source));
            let source = matches.max_by_key(|source| source.len());
            is_wanted = source.is_some();
            if let Some(source) = source {
                out.push_str(&format!("SF:{source}\n"));
            }
        } else if is_wanted {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// Whether `file` is the relative path `source`, or an absolute path that ends in it.
fn is_path(file: &str, source: &str) -> bool {
    let below = |directory: &str| directory.starts_with('/') && directory.ends_with('/');
    file == source || file.strip_suffix(source).is_some_and(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_sources() {
        let report = "SF:/x/a/b.rs\nDA:1,2\nend_of_record\nSF:a/c.rs\nDA:1,0\nend_of_record\n\
                      SF:c.rs\nDA:3,1\nend_of_record\n";
        let sources = ["b.rs", "a/b.rs", "c.rs", "rs"].map(str::to_owned);
        let expected = "SF:a/b.rs\nDA:1,2\nend_of_record\nSF:c.rs\nDA:3,1\nend_of_record\n";
        assert_eq!(only(report, &sources), expected);
        assert_eq!(only(report, &[]), "");
    }
}
