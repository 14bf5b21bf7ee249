//! What fills which import, in words.

use super::context::Context;
use super::plan::Encoded;
use super::wiring::Rejected;

/// A line for each import that a plug may fill, and below it one for each export of the same name that
/// does not.
pub fn lines(context: &Context, encoded: &Encoded) -> Vec<String> {
    let mut out = Vec::new();
    for choice in context.wiring.in_use() {
        let (import, importer) = (context.import(choice.import), context.name(choice.import));
        let filled = encoded
            .fills
            .iter()
            .find(|fill| fill.import == choice.import);
        let start = format!("import `{import}` of {importer}");
        out.push(match (filled, choice.chosen) {
            (Some(fill), _) => format!(
                "{start}: export `{}` of {}",
                context.export(fill.export),
                context.name(fill.export)
            ),
            (None, Some(_)) => format!("{start} stays an import: {}", encoded.left_out),
            (None, None) => format!("{start} stays an import"),
        });
        for (export, why) in &choice.rejected {
            let why = match why {
                Rejected::Type => context.difference(choice.import, *export),
                Rejected::Cycle => format!("it needs {importer} itself"),
                Rejected::Other => "both fit, and the other is preferred".to_owned(),
            };
            out.push(format!(
                "  not export `{}` of {}: {why}",
                context.export(*export),
                context.name(*export)
            ));
        }
    }
    for (part, export) in &encoded.exports {
        let part = &context.parts[*part].name;
        out.push(format!(
            "export `{export}` of {part}: exported too, as other exports use its types"
        ));
    }
    out
}
