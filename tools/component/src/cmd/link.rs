//! `component link`: links libraries into a component with one memory.

use crate::encoder::{self, EncoderArgs};
use crate::input::read_module;
use rules_wit_common::{write_output, Diagnostic, Result};
use std::path::PathBuf;
use wit_component::Linker;

/// Links libraries into a component in which they share one memory.
///
/// Libraries are modules with a `dylink.0` section, as `wasm-ld -shared` writes them. They see each
/// other's functions and variables; where several have one of the same name, the first given
/// counts. The component's world is all that the `component-type` sections of the libraries say. It
/// holds the libraries as they are, and two modules beside them that put them in place.
#[derive(clap::Args)]
pub struct Args {
    /// A library, by the name that others have for it in `needed`: by default that of the file.
    #[arg(value_name = "[NAME=]FILE", value_parser = library, required_unless_present = "dl_openable")]
    libraries: Vec<Library>,
    /// A library that `dlopen` finds, too.
    #[arg(long, value_name = "[NAME=]FILE", value_parser = library)]
    dl_openable: Vec<Library>,
    /// Add `dlopen` and `dlsym`, where no library has them.
    #[arg(long)]
    use_built_in_libdl: bool,
    /// Let functions that no library has trap when they are called.
    #[arg(long)]
    stub_missing_functions: bool,
    /// The size of the stack.
    #[arg(long, value_name = "BYTES")]
    stack_size: Option<u32>,
    #[command(flatten)]
    encoder: EncoderArgs,
    /// Where to write the component; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The label of the target that the component belongs to.
    #[arg(long)]
    label: Option<String>,
}

/// The name and the file of a library.
#[derive(Clone)]
struct Library {
    name: String,
    file: PathBuf,
}

fn library(text: &str) -> Result<Library, String> {
    let (name, file) = match text.split_once('=') {
        Some((name, file)) => (name.to_owned(), PathBuf::from(file)),
        None => {
            let file = PathBuf::from(text);
            let name = file.file_name().and_then(|n| n.to_str());
            (name.unwrap_or_default().to_owned(), file)
        }
    };
    if name.is_empty() || file.as_os_str().is_empty() {
        return Err("expected FILE or NAME=FILE".to_owned());
    }
    Ok(Library { name, file })
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    link(args)
        .and_then(|bytes| write_output(&args.output, &bytes, true))
        .map_err(|e| e.target(args.label.as_deref()))
}

fn link(args: &Args) -> Result<Vec<u8>> {
    let mut linker = Linker::default();
    linker
        .use_built_in_libdl(args.use_built_in_libdl)
        .stub_missing_functions(args.stub_missing_functions);
    if let Some(size) = args.stack_size {
        linker.stack_size(size);
    }
    let given = |libraries, open| std::iter::repeat(open).zip(libraries);
    for (open, library) in given(&args.libraries, false).chain(given(&args.dl_openable, true)) {
        let module = read_module(&library.file)?;
        linker
            .library(&library.name, &module, open)
            .map_err(|e| fail(e.as_ref()))?;
    }
    args.encoder.configure(linker.encoder(), fail)?;
    Ok(linker.encode().map_err(|e| fail(e.as_ref()))?)
}

fn fail(e: &(dyn std::error::Error + 'static)) -> Diagnostic {
    encoder::error("cannot link", e)
        .hint("pass all libraries that these need, each once, under the names that they need them by")
}
