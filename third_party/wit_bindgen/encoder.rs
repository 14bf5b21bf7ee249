//! `encoder MODULE COMPONENT`: encodes a core module as a component, with one version of wit-component.

use std::error::Error;
use std::process::ExitCode;
use wit_component::ComponentEncoder;

fn main() -> ExitCode {
    match encode() {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e}");
            ExitCode::FAILURE
        }
    }
}

fn encode() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1);
    let (Some(module), Some(component)) = (args.next(), args.next()) else {
        return Err("usage: encoder MODULE COMPONENT".into());
    };
    let module = std::fs::read(module)?;
    let bytes = ComponentEncoder::default()
        .validate(true)
        .module(&module)?
        .encode()?;
    Ok(std::fs::write(component, bytes)?)
}
