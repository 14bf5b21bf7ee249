//! Writes MoonBit bindings of all functions of Wasmtime's C API: a stub in C, declarations in MoonBit, a C program that calls
//! each function of the stub, and a report of what is covered.
//!
//! Arguments: the table of the API (`c_api_table`), then the outputs: stub, declarations, program, report.

mod api;
mod declarations;
mod program;
mod report;
mod stub;

use api::{Api, Function};
use std::process::ExitCode;

fn run() -> Result<(), String> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [table, outputs @ ..] = args.as_slice() else {
        return Err("usage: moonbit_generator TABLE STUB DECLARATIONS PROGRAM REPORT".to_owned());
    };
    let text =
        std::fs::read_to_string(table).map_err(|e| format!("failed to read {table}: {e}"))?;
    let functions: Vec<Function> =
        serde_json::from_str(&text).map_err(|e| format!("failed to read {table}: {e}"))?;
    let api = Api::new(&functions, api::LEFT_OUT)?;
    let texts = [
        stub::stub(&api),
        declarations::declarations(&api),
        program::program(&api),
        report::report(&functions, &api),
    ];
    for (file, text) in outputs.iter().zip(texts) {
        std::fs::write(file, text).map_err(|e| format!("failed to write {file}: {e}"))?;
    }
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
