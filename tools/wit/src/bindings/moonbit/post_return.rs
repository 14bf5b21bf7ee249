//! Frees the memory in which exported functions return results.
//!
//! The generator allocates it for each call, and frees what the results point to afterwards, but
//! not the memory itself.

use super::super::generator::Files;

/// The prefix of an export that runs after the export with the rest of the name.
const POST: &str = "cabi_post_";

/// The line that allocates the memory.
const ALLOCATION: &str = "let return_area = mbt_ffi_malloc(";

/// How the generator frees memory.
const FREE: &str = "extern \"wasm\" fn mbt_ffi_free(position : Int) =\n\
                    #|(func (param i32) local.get 0 call $moonbit.decref)\n";

/// Adds calls that free, and the functions and exports for them where there are none.
///
/// `entry` is the file of the package that is linked, `exports` its exports, `function:name`. The
/// error says what was not as expected.
pub(super) fn add(files: &mut Files, entry: &str, exports: &mut Vec<String>) -> Result<(), String> {
    let pairs: Vec<(String, String)> = exports
        .iter()
        .filter_map(|spec| spec.split_once(':'))
        .map(|(function, name)| (function.to_owned(), name.to_owned()))
        .collect();
    for (function, name) in &pairs {
        let start = format!("pub fn {function}(");
        let mut others = files.iter().filter(|(file, _)| *file != entry);
        let Some((file, text)) = others.find(|(_, text)| text.contains(&start)) else {
            continue; // A helper of the entry package itself.
        };
        if name.starts_with(POST) || !body(text, &start)?.contains(ALLOCATION) {
            continue;
        }
        let post_name = format!("{POST}{name}");
        let existing = pairs.iter().find(|(_, name)| *name == post_name);
        let file = file.clone();
        let text = files.entry(file).or_default();
        if let Some((post, _)) = existing {
            let signature = format!("pub fn {post}(p0 : Int) -> Unit {{\n");
            if text.matches(&signature).count() != 1 {
                return Err(format!("`{post}` has other parameters"));
            }
            // What the results point to is freed first.
            let end = text.find(&signature).unwrap_or_default();
            let end = end + body(&text[end..], &signature)?.len();
            text.insert_str(end, "      mbt_ffi_free(p0)\n");
            continue;
        }
        let post = format!("{function}PostReturn");
        if pairs.iter().any(|(other, _)| *other == post) {
            return Err(format!("there is a function `{post}` already"));
        }
        text.push_str(&function_with(&post, "mbt_ffi_free(p0)"));
        if !text.contains("fn mbt_ffi_free(") {
            text.push_str("\n///|\n");
            text.push_str(FREE);
        }
        let forwards = files.entry(entry.to_owned()).or_default();
        let call = body(forwards, &start)?.rsplit_once(&format!("{function}("));
        let alias = call.and_then(|(before, _)| before.split_whitespace().last());
        let alias = alias.filter(|alias| alias.starts_with('@'));
        let alias = alias.ok_or_else(|| format!("`{function}` is not forwarded"))?;
        let forward = function_with(&post, &format!("{alias}{post}(p0)"));
        forwards.push_str(&forward);
        exports.push(format!("{post}:{post_name}"));
    }
    exports.sort();
    Ok(())
}

fn function_with(name: &str, call: &str) -> String {
    format!("\n#doc(hidden)\npub fn {name}(p0 : Int) -> Unit {{\n      {call}\n}}\n")
}

/// The text from `start` to the end of the function, without its closing brace.
fn body<'a>(text: &'a str, start: &str) -> Result<&'a str, String> {
    let from = text
        .find(start)
        .ok_or_else(|| format!("there is no `{start}`"))?;
    let rest = &text[from..];
    let end = rest
        .find("\n}\n")
        .ok_or_else(|| format!("no end of `{start}`"))?;
    Ok(&rest[..=end])
}

#[cfg(test)]
mod tests {
    use super::add;
    use crate::bindings::generator::Files;

    fn function(name: &str, body: &str) -> String {
        format!("#doc(hidden)\npub fn {name}(p0 : Int) -> {body}\n}}\n")
    }

    #[test]
    fn memory_of_results_is_freed() {
        let area = "Int {\n    let return_area = mbt_ffi_malloc(8)\n    return return_area";
        let code = function("wasmExportA", area)
            + &function(
                "wasmExportAPostReturn",
                "Unit {\n    mbt_ffi_free(mbt_ffi_load32(p0))\n",
            )
            + &function("wasmExportB", area)
            + &function("wasmExportC", "Int {\n    return p0");
        let forwards: String = ["A", "APostReturn", "B", "C"]
            .map(|n| {
                function(
                    &format!("wasmExport{n}"),
                    &format!("Int {{\n    @i.wasmExport{n}(p0)"),
                )
            })
            .concat();
        let mut files = Files::from([
            ("gen/i/ffi.mbt".to_owned(), code),
            ("gen/ffi.mbt".to_owned(), forwards),
        ]);
        let mut exports = ["A:i#a", "APostReturn:cabi_post_i#a", "B:i#b", "C:i#c"]
            .map(|spec| format!("wasmExport{spec}"))
            .to_vec();
        add(&mut files, "gen/ffi.mbt", &mut exports).expect("added");
        let code = &files["gen/i/ffi.mbt"];
        assert!(
            code.contains("mbt_ffi_free(mbt_ffi_load32(p0))\n\n      mbt_ffi_free(p0)\n}"),
            "{code}"
        );
        assert!(
            code.contains(
                "pub fn wasmExportBPostReturn(p0 : Int) -> Unit {\n      mbt_ffi_free(p0)\n}"
            ),
            "{code}"
        );
        assert_eq!(code.matches("mbt_ffi_free(p0)").count(), 2);
        assert_eq!(code.matches("fn mbt_ffi_free(").count(), 1);
        assert!(files["gen/ffi.mbt"].contains("@i.wasmExportBPostReturn(p0)"));
        assert_eq!(exports.len(), 5);
        assert!(exports.contains(&"wasmExportBPostReturn:cabi_post_i#b".to_owned()));
    }
}
