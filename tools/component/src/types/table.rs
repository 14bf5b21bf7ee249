//! Prints two lists side by side.

/// If the left column is wider, the lists are printed below each other.
const MAX_WIDTH: usize = 70;

/// Prints two lists with titles as the columns of a table.
pub fn side_by_side(left: (&str, &[String]), right: (&str, &[String])) -> String {
    fn column<'a>((title, names): (&'a str, &'a [String])) -> Vec<&'a str> {
        let names = names.iter().map(String::as_str);
        let mut out: Vec<&str> = std::iter::once(title).chain(names).collect();
        if out.len() == 1 {
            out.push("(none)");
        }
        out
    }
    let (left, right) = (column(left), column(right));
    let width = left.iter().map(|l| l.chars().count()).max().unwrap_or(0);
    let mut lines = vec!["required and available:".to_owned()];
    if width > MAX_WIDTH {
        for (title, rest) in [left, right].iter().filter_map(|c| c.split_first()) {
            lines.push(format!("  {title}"));
            lines.extend(rest.iter().map(|name| format!("    {name}")));
        }
        return lines.join("\n");
    }
    for i in 0..left.len().max(right.len()) {
        let l = left.get(i).copied().unwrap_or_default();
        let r = right.get(i).copied().unwrap_or_default();
        lines.push(format!("  {l:width$} | {r}").trim_end().to_owned());
    }
    lines.join("\n")
}
