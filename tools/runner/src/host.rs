//! The host: an engine and a compiled component per process, a fresh store per instance.

use crate::http::hooks::Hooks;
use crate::limits::{Limits, Refused};
use crate::network::Network;
use crate::{features, imports, precompiled, refusal};
use rules_wit_common::{display_path, read_bytes, Diagnostic, Limit, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wasmtime::component::{Component, Instance, InstancePre, Linker, ResourceTable};
use wasmtime::{Engine, MemoryCreator, Store};
use wasmtime_environ::wasmparser::WasmFeatures;
use wasmtime_wasi::cli::OutputFile;
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_config::{WasiConfig, WasiConfigVariables};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

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
    /// The network.
    pub network: Arc<Network>,
    /// What `wasi:config` returns.
    pub config: Vec<(String, String)>,
    /// The most bytes of linear memory, over all memories.
    pub max_memory: u64,
    /// The features of WebAssembly that are on.
    pub features: WasmFeatures,
}

/// The standard streams of a guest.
#[derive(Clone)]
pub enum Stdio {
    /// The streams of this process.
    Inherit,
    /// Empty input, and the output of this process.
    Output,
    /// Empty input, and pipes for the output.
    Capture {
        /// The standard output.
        stdout: OutputFile,
        /// The standard error.
        stderr: OutputFile,
    },
}

/// How a program is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One call after the other.
    Calls,
    /// Several instances at the same time, which can be interrupted.
    Server,
}

/// The data of a store.
pub struct Host {
    ctx: WasiCtx,
    table: ResourceTable,
    limits: Limits,
    http: WasiHttpCtx,
    hooks: Hooks,
    config: WasiConfigVariables,
}

impl Host {
    /// The data for one instance, which may use at most `max_memory` bytes of linear memory.
    pub fn new(ctx: WasiCtx, max_memory: u64, network: Arc<Network>) -> Self {
        Host {
            ctx,
            table: ResourceTable::new(),
            limits: Limits::new(max_memory),
            http: WasiHttpCtx::new(),
            hooks: Hooks::new(network),
            config: WasiConfigVariables::default(),
        }
    }

    /// What limits a store with this data.
    pub fn limits(&mut self) -> &mut Limits {
        &mut self.limits
    }

    /// Whether the guest has resources of the host.
    pub fn lends_resources(&self) -> bool {
        !self.table.is_empty()
    }

    /// The last request of the guest that exceeded a limit, if any.
    pub fn refused(&self) -> Option<Refused> {
        self.limits.refused()
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

impl WasiHttpView for Host {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: &mut self.hooks,
        }
    }
}

/// A compiled and linked component.
pub struct Program {
    /// The component.
    pub component: Component,
    /// The name in messages.
    pub name: String,
    pre: InstancePre<Host>,
    mode: Mode,
}

impl Program {
    /// Creates a store. Errors: directories that cannot be opened.
    pub fn store(&self, setup: &Setup, stdio: Stdio) -> Result<Store<Host>> {
        let mut wasi = WasiCtxBuilder::new();
        // The program name is the file name: the guest does not see the path on the host.
        wasi.arg(self.name.rsplit('/').next().unwrap_or(&self.name))
            .args(&setup.args)
            .envs(&setup.env)
            // With one instance, nothing else runs on this thread.
            .allow_blocking_current_thread(self.mode == Mode::Calls);
        setup.network.apply(&mut wasi);
        match stdio {
            Stdio::Inherit => wasi.inherit_stdio(),
            Stdio::Output => wasi.inherit_stdout().inherit_stderr(),
            Stdio::Capture { stdout, stderr } => wasi.stdout(stdout).stderr(stderr),
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
        let mut host = Host::new(wasi.build(), setup.max_memory, Arc::clone(&setup.network));
        host.config = setup.config.iter().cloned().collect();
        let mut store = Store::new(self.component.engine(), host);
        store.limiter(|host| host.limits());
        if self.mode == Mode::Server {
            // At every tick, other instances run.
            store.set_epoch_deadline(1);
            store.epoch_deadline_async_yield_and_update(1);
        }
        Ok(store)
    }

    /// The component, ready to be instantiated.
    pub fn pre(&self) -> &InstancePre<Host> {
        &self.pre
    }

    /// Creates an instance in `store`.
    pub async fn instantiate(&self, store: &mut Store<Host>) -> wasmtime::Result<Instance> {
        self.pre.instantiate_async(store).await
    }
}

/// A component that is not loaded yet.
pub struct Binary {
    bytes: Vec<u8>,
    name: String,
    is_precompiled: bool,
    memories: Option<Arc<dyn MemoryCreator>>,
}

impl Binary {
    /// Reads a component, or machine code that has the SHA-256 `precompiled`: see [`precompiled::check_digest`]. Errors: a
    /// file that is not a component, or has another SHA-256.
    pub fn read(path: &Path, precompiled: Option<&str>) -> Result<Self> {
        let name = display_path(path);
        let bytes = read_bytes(path, Limit::BINARY)?;
        match precompiled {
            Some(digest) => precompiled::check_digest(&bytes, &name, digest)?,
            None => check_kind(&bytes, &name)?,
        }
        Ok(Binary {
            bytes,
            name,
            is_precompiled: precompiled.is_some(),
            memories: None,
        })
    }

    /// The same, with linear memories from `memories` rather than from Wasmtime. They have no guard pages.
    pub fn with_memories(mut self, memories: Arc<dyn MemoryCreator>) -> Self {
        self.memories = Some(memories);
        self
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Compiles and links the component. Machine code is not compiled. Error: imports that the host does not have.
    pub fn compile(self, mode: Mode, features: WasmFeatures) -> Result<Program> {
        let Binary { bytes, name, .. } = self;
        let mut config = features::configuration(features);
        if let Some(memories) = self.memories {
            config.with_host_memory(memories);
            config.memory_reservation(0).memory_guard_size(0);
            config.memory_init_cow(false);
        }
        // Code that can be interrupted is slower.
        config.epoch_interruption(mode == Mode::Server);
        let engine = Engine::new(&config)
            .map_err(|e| Diagnostic::environment(format!("cannot start Wasmtime: {e:#}")))?;
        let component = match self.is_precompiled {
            true => precompiled::load(&engine, &bytes, &name)?,
            false => refusal::compile(&engine, &name, &bytes, |e| {
                refusal::at_compilation(&name, &bytes, features, features::optional(), e)
            })?,
        };
        imports::check(&component, &name)?;
        let linker =
            linker(&engine).map_err(|e| Diagnostic::new(format!("cannot set up WASI: {e:#}")))?;
        let pre = linker.instantiate_pre(&component).map_err(|e| {
            Diagnostic::new(format!("cannot link `{name}` with the host's WASI: {e:#}"))
                .hint("build the component for a version of WASI that this runner supports")
        })?;
        Ok(Program {
            component,
            name,
            pre,
            mode,
        })
    }
}

/// Returns a linker with all that the host provides. A component can import both versions of WASI.
fn linker(engine: &Engine) -> wasmtime::Result<Linker<Host>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_config::add_to_linker(&mut linker, |host: &mut Host| {
        WasiConfig::from(&host.config)
    })?;
    Ok(linker)
}

/// Checks that a file is a component.
pub fn check_kind(bytes: &[u8], name: &str) -> Result<()> {
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
        Some(b) if b.starts_with(b"\x7fELF") => Diagnostic::new(format!(
            "`{name}` is machine code, which is not loaded unless it is trusted"
        ))
        .hint("pass the component that it was compiled from, or its SHA-256 with `--precompiled`"),
        _ => Diagnostic::new(format!("`{name}` is not a component"))
            .hint("pass the `.wasm` file that `wasm_component` or `rust_wasm_component` builds"),
    };
    Err(error.into())
}
