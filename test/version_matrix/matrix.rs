//! Combines the measured cells into `matrix.json`, and generates a Starlark file and a Markdown table.
//!
//! A pair of versions works if every cell that was measured for it works.

use clap::Parser;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

#[derive(Parser)]
struct Args {
    /// The measured cells.
    cells: Vec<PathBuf>,
    /// The version of wit-component with which the runtimes were measured.
    #[arg(long)]
    encoder: Version,
    #[arg(long)]
    out_json: PathBuf,
    /// The Starlark file with TOOL_COMPATIBILITY.
    #[arg(long)]
    out_bzl: PathBuf,
    /// The table for COMPATIBILITY.md.
    #[arg(long)]
    out_markdown: PathBuf,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Works,
    Fails,
}

/// One measurement. The order of the fields is the order of the rows.
#[derive(Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
struct Cell {
    generator: Version,
    runtime: Runtime,
    encoder: Version,
    case: String,
    result: Outcome,
    error: Option<String>,
}

/// The runtime crate of the bindings.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
enum Runtime {
    Official,
    Embedded,
    #[serde(untagged)]
    Version(Version),
}

/// The results of one version with others: `None` if all cells work, else the first error.
type Seen = BTreeMap<Runtime, Option<String>>;

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let mut cells = Vec::new();
    for path in &args.cells {
        let text = fs::read_to_string(path)?;
        cells.push(
            serde_json::from_str::<Cell>(&text).map_err(|e| format!("{}: {e}", path.display()))?,
        );
    }
    cells.sort();
    fs::write(&args.out_json, json(&cells)?)?;

    let mut runtimes: BTreeMap<Version, Seen> = BTreeMap::new();
    let mut encoders: BTreeMap<Version, Seen> = BTreeMap::new();
    for cell in &cells {
        if cell.encoder == args.encoder {
            let runtime = match &cell.runtime {
                Runtime::Official => Runtime::Version(cell.generator.clone()),
                other => other.clone(),
            };
            note(&mut runtimes, cell.generator.clone(), runtime, cell);
        }
        if cell.runtime == Runtime::Official {
            // wasm-tools 1.N.P contains the crates 0.N.P.
            let program = Version::new(1, cell.encoder.minor, cell.encoder.patch);
            note(
                &mut encoders,
                program,
                Runtime::Version(cell.generator.clone()),
                cell,
            );
        }
    }
    fs::write(&args.out_bzl, starlark(&encoders, &runtimes)?)?;
    fs::write(
        &args.out_markdown,
        markdown(&cells, &args.encoder, &encoders, &runtimes)?,
    )?;
    Ok(())
}

fn note(table: &mut BTreeMap<Version, Seen>, row: Version, column: Runtime, cell: &Cell) {
    let seen = table.entry(row).or_default().entry(column).or_default();
    if cell.result == Outcome::Fails && seen.is_none() {
        *seen = Some(cell.error.clone().unwrap_or_default());
    }
}

/// Writes one cell per line, for readable diffs.
fn json(cells: &[Cell]) -> Result<String, Box<dyn Error>> {
    let mut out = String::from("{\"cells\": [\n");
    for (i, cell) in cells.iter().enumerate() {
        let comma = if i + 1 < cells.len() { "," } else { "" };
        writeln!(out, "  {}{comma}", serde_json::to_string(cell)?)?;
    }
    out.push_str("]}\n");
    Ok(out)
}

fn name(runtime: &Runtime) -> String {
    match runtime {
        Runtime::Official => "official".to_owned(),
        Runtime::Embedded => "embedded".to_owned(),
        Runtime::Version(version) => version.to_string(),
    }
}

fn starlark(
    encoders: &BTreeMap<Version, Seen>,
    runtimes: &BTreeMap<Version, Seen>,
) -> Result<String, Box<dyn Error>> {
    let mut out = String::from(
        "\"\"\"Versions of tools that work together. Written by `bazel run //test/version_matrix:update`.\"\"\"\n",
    );
    let tables = [
        ("wasm-tools", "wit-bindgen", encoders),
        ("wit-bindgen", "runtime", runtimes),
    ];
    writeln!(
        out,
        "\n# Tool -> version -> other tool -> versions of it that work.\nTOOL_COMPATIBILITY = {{"
    )?;
    for (tool, other, table) in tables {
        writeln!(out, "    {tool:?}: {{")?;
        for (version, seen) in table {
            writeln!(out, "        \"{version}\": {{\n            {other:?}: [")?;
            for (runtime, _) in seen.iter().filter(|(_, error)| error.is_none()) {
                writeln!(out, "                {:?},", name(runtime))?;
            }
            writeln!(out, "            ],\n        }},")?;
        }
        writeln!(out, "    }},")?;
    }
    writeln!(out, "}}\n\n# Tool -> version -> other tool -> version of it that does not work -> the first error.\nTOOL_INCOMPATIBILITY = {{")?;
    for (tool, other, table) in tables {
        writeln!(out, "    {tool:?}: {{")?;
        for (version, seen) in table {
            let fails: Vec<_> = seen
                .iter()
                .filter_map(|(runtime, error)| Some((runtime, error.as_ref()?)))
                .collect();
            if fails.is_empty() {
                writeln!(out, "        \"{version}\": {{}},")?;
                continue;
            }
            writeln!(out, "        \"{version}\": {{\n            {other:?}: {{")?;
            for (runtime, error) in fails {
                writeln!(
                    out,
                    "                {:?}: {},",
                    name(runtime),
                    serde_json::to_string(error)?
                )?;
            }
            writeln!(out, "            }},\n        }},")?;
        }
        writeln!(out, "    }},")?;
    }
    writeln!(out, "}}")?;
    Ok(out)
}

fn markdown(
    cells: &[Cell],
    encoder: &Version,
    encoders: &BTreeMap<Version, Seen>,
    runtimes: &BTreeMap<Version, Seen>,
) -> Result<String, Box<dyn Error>> {
    let works = cells
        .iter()
        .filter(|cell| cell.result == Outcome::Works)
        .count();
    let mut out = String::new();
    writeln!(
        out,
        "A cell is a combination of versions and a test case. {} cells were generated, compiled, encoded, composed and run; {works}\n\
         work. Each is a row of [matrix.json](test/version_matrix/matrix.json).\n",
        cells.len()
    )?;
    writeln!(out, "| wit-bindgen | its own runtime crate | embedded runtime | runtime crates of other versions that work |")?;
    writeln!(out, "|---|---|---|---|")?;
    for (generator, seen) in runtimes {
        let count = |runtime: Runtime| {
            let of = |cell: &&Cell| {
                cell.generator == *generator && cell.runtime == runtime && cell.encoder == *encoder
            };
            let all: Vec<_> = cells.iter().filter(of).collect();
            let works = all
                .iter()
                .filter(|cell| cell.result == Outcome::Works)
                .count();
            format!("{works} of {} cells", all.len())
        };
        let own = Runtime::Version(generator.clone());
        let others: Vec<String> = seen
            .iter()
            .filter(|(runtime, error)| {
                **runtime != own && **runtime != Runtime::Embedded && error.is_none()
            })
            .map(|(runtime, _)| name(runtime))
            .collect();
        let others = if others.is_empty() {
            "none".to_owned()
        } else {
            others.join(", ")
        };
        writeln!(
            out,
            "| {generator} | {} | {} | {others} |",
            count(Runtime::Official),
            count(Runtime::Embedded)
        )?;
    }
    writeln!(
        out,
        "\n| wasm-tools (encodes components) | versions of wit-bindgen whose modules it encodes |"
    )?;
    writeln!(out, "|---|---|")?;
    for (program, seen) in encoders {
        let fine: Vec<String> = seen
            .iter()
            .filter(|(_, error)| error.is_none())
            .map(|(runtime, _)| name(runtime))
            .collect();
        writeln!(out, "| {program} | {} |", fine.join(", "))?;
    }
    let failures: Vec<_> = runtimes
        .iter()
        .flat_map(|(generator, seen)| {
            seen.iter()
                .map(move |(runtime, error)| (generator, runtime, error))
        })
        .filter_map(|(generator, runtime, error)| Some((generator, runtime, error.as_ref()?)))
        .collect();
    if !failures.is_empty() {
        writeln!(out, "\n| wit-bindgen | runtime | error |\n|---|---|---|")?;
        for (generator, runtime, error) in failures {
            writeln!(
                out,
                "| {generator} | {} | `{}` |",
                name(runtime),
                error.replace('`', "'").replace('|', "\\|")
            )?;
        }
    }
    Ok(out)
}
