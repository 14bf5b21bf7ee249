//! The host: an engine and a compiled component per process, a fresh store per instance.

use rules_wit_common::{display_path, read_bytes, Diagnostic, Limit, Result};
use std::path::{Path, PathBuf};
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, InstancePre, Linker, ResourceTable};
use wasmtime::{Config, Engine, ResourceLimiter, Store};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

/// The most table elements of a store, over all tables.
const MAX_TABLE_ELEMENTS: usize = 10_000_000;

/// The most bytes that a test keeps of each output stream.
const MAX_CAPTURE: usize = 64 << 20;

/// The WASI interfaces of the host, in each 0.2 version that Wasmtime supports.
const WASI: &[&str] = &[
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
    "wasi:sockets/instance-network",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/network",
    "wasi:sockets/tcp",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/udp",
    "wasi:sockets/udp-create-socket",
];

/// A host directory that is visible to the guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The directory on the host.
    pub host: PathBuf,
    /// The path in the guest.
    pub guest: String,
    /// Whether the guest cannot write.
    pub read_only: bool,
}

/// The environment of a guest.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The arguments, without the program name.
    pub args: Vec<String>,
    /// The environment variables.
    pub env: Vec<(String, String)>,
    /// The directories.
    pub mounts: Vec<Mount>,
    /// The most bytes of linear memory, over all memories.
    pub max_memory: u64,
}

/// The standard streams of a guest.
pub enum Stdio {
    /// The streams of this process.
    Inherit,
    /// Empty input, and buffers for the output.
    Capture(Capture),
}

/// The output of a guest.
#[derive(Clone)]
pub struct Capture {
    /// The standard output.
    pub stdout: MemoryOutputPipe,
    /// The standard error.
    pub stderr: MemoryOutputPipe,
}

impl Capture {
    /// Empty buffers.
    pub fn new() -> Self {
        Capture {
            stdout: MemoryOutputPipe::new(MAX_CAPTURE),
            stderr: MemoryOutputPipe::new(MAX_CAPTURE),
        }
    }
}

/// The data of a store.
pub struct Host {
    ctx: WasiCtx,
    table: ResourceTable,
    limits: Limits,
}

impl Host {
    /// The last memory size that exceeded the limit, if any.
    pub fn refused_memory(&self) -> Option<u64> {
        self.limits.refused
    }
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.ctx,
            table: &mut self.table,
        }
    }
}

/// Limits over all memories and tables of a store; the limits of Wasmtime are per memory and table.
struct Limits {
    max_memory: u64,
    memory: u64,
    last_growth: u64,
    table_elements: usize,
    refused: Option<u64>,
}

impl ResourceLimiter for Limits {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let growth = desired.saturating_sub(current) as u64;
        let total = self.memory.saturating_add(growth);
        if total > self.max_memory {
            self.refused = Some(total);
            self.last_growth = 0;
            return Ok(false);
        }
        self.memory = total;
        self.last_growth = growth;
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.memory = self.memory.saturating_sub(self.last_growth);
        self.last_growth = 0;
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let total = self
            .table_elements
            .saturating_add(desired.saturating_sub(current));
        if total > MAX_TABLE_ELEMENTS {
            return Ok(false);
        }
        self.table_elements = total;
        Ok(true)
    }
}

/// A compiled and linked component.
pub struct Program {
    /// The component.
    pub component: Component,
    /// The name in messages.
    pub name: String,
    pre: InstancePre<Host>,
}

impl Program {
    /// Reads, compiles and links a component. Errors: a file that is not a component, and imports that the
    /// host does not have.
    pub fn load(path: &Path) -> Result<Self> {
        let name = display_path(path);
        let bytes = read_bytes(path, Limit::BINARY)?;
        check_kind(&bytes, &name)?;
        let engine = Engine::new(&Config::new())
            .map_err(|e| Diagnostic::environment(format!("cannot start Wasmtime: {e:#}")))?;
        let component = Component::from_binary(&engine, &bytes).map_err(|e| {
            Diagnostic::new(format!("`{name}` is not a valid component: {e:#}"))
                .hint("check the file with `wasm-tools validate`")
        })?;
        let mut linker: Linker<Host> = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker)
            .map_err(|e| Diagnostic::new(format!("cannot set up WASI: {e:#}")))?;
        check_imports(&engine, &component, &name)?;
        let pre = linker.instantiate_pre(&component).map_err(|e| {
            Diagnostic::new(format!("cannot link `{name}` with the host's WASI: {e:#}"))
                .hint("build the component for a WASI 0.2 version that this runner supports")
        })?;
        Ok(Program {
            component,
            name,
            pre,
        })
    }

    /// Creates a store. Errors: directories that cannot be opened.
    pub fn store(&self, setup: &Setup, stdio: &Stdio) -> Result<Store<Host>> {
        let mut wasi = WasiCtxBuilder::new();
        // The program name is the file name: the guest does not see the path on the host.
        wasi.arg(self.name.rsplit('/').next().unwrap_or(&self.name))
            .args(&setup.args)
            .envs(&setup.env);
        match stdio {
            Stdio::Inherit => wasi.inherit_stdio(),
            Stdio::Capture(c) => wasi.stdout(c.stdout.clone()).stderr(c.stderr.clone()),
        };
        for mount in &setup.mounts {
            let perms = match mount.read_only {
                true => FsPerms::ReadOnly,
                false => FsPerms::ReadWrite,
            };
            wasi.preopened_dir(&mount.host, &mount.guest, perms)
                .map_err(|e| {
                    Diagnostic::environment(format!(
                        "cannot open the directory `{}`: {e:#}",
                        display_path(&mount.host)
                    ))
                    .hint("create it, or correct `--dir` (in a rule: `dirs`)")
                })?;
        }
        let host = Host {
            ctx: wasi.build(),
            table: ResourceTable::new(),
            limits: Limits {
                max_memory: setup.max_memory,
                memory: 0,
                last_growth: 0,
                table_elements: 0,
                refused: None,
            },
        };
        let mut store = Store::new(self.component.engine(), host);
        store.limiter(|host| &mut host.limits);
        Ok(store)
    }

    /// Creates an instance in `store`.
    pub fn instantiate(
        &self,
        store: &mut Store<Host>,
    ) -> wasmtime::Result<wasmtime::component::Instance> {
        self.pre.instantiate(store)
    }
}

fn check_kind(bytes: &[u8], name: &str) -> Result<()> {
    let error = match bytes.get(..8) {
        Some(b"\0asm\x0d\0\x01\0") => return Ok(()),
        Some(b"\0asm\x01\0\0\0") => {
            Diagnostic::new(format!("`{name}` is a core module, not a component"))
                .hint("convert it to a component with `wasm_component` or `component new`")
        }
        Some(b) if b.starts_with(b"\0asm") => Diagnostic::new(format!(
            "`{name}` has an unknown version of the binary format"
        ))
        .hint("build it with the tool versions in TOOL_VERSIONS"),
        Some(b) if b.starts_with(b"\x7fELF") => {
            Diagnostic::new(format!("`{name}` is precompiled machine code"))
                .hint("pass the component that it was compiled from")
        }
        _ => Diagnostic::new(format!("`{name}` is not a component"))
            .hint("pass the `.wasm` file that `wasm_component` or `rust_wasm_component` builds"),
    };
    Err(error.into())
}

fn check_imports(engine: &Engine, component: &Component, name: &str) -> Result<()> {
    let missing: Vec<String> = component
        .component_type()
        .imports(engine)
        .filter(|(name, item)| !is_wasi(name) && !is_only_types(engine, &item.ty))
        .map(|(name, _)| format!("  {name}"))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Diagnostic::new(format!(
        "`{name}` has {} that the host does not provide",
        match missing.len() {
            1 => "1 import".to_owned(),
            n => format!("{n} imports"),
        }
    ))
    .note(format!("missing imports:\n{}", missing.join("\n")))
    .hint("plug components that export them with `wasm_component_plug`")
    .into())
}

/// Whether an import is a type, or an interface of types only, which needs no implementation.
fn is_only_types(engine: &Engine, item: &ComponentItem) -> bool {
    match item {
        ComponentItem::Type(_) => true,
        ComponentItem::ComponentInstance(instance) => instance
            .exports(engine)
            .all(|(_, item)| is_only_types(engine, &item.ty)),
        _ => false,
    }
}

fn is_wasi(import: &str) -> bool {
    let (name, version) = import.split_once('@').unwrap_or((import, ""));
    version.starts_with("0.2.") && WASI.contains(&name)
}
