//! The plugin: walks a directory tree and computes the SHA-256 of every file.
//!
//! It cannot access files directly. It uses the filesystem extension, whose types come from the WIT packages
//! that the extension uses.

mod report;
mod walk;

use std::cell::RefCell;

use bindings::airssys::core_capabilities::capabilities::{Action, Permission};
use bindings::airssys::core_host::host_services::{announce, log, LogLevel};
use bindings::airssys::ext_filesystem::filesystem_capabilities::FilesystemPermission;
use bindings::airssys::ext_network::network_capabilities::NetworkPermission;
use bindings::airssys::ext_process::process_capabilities::ProcessPermission;
use bindings::exports::airssys::core_component::component_lifecycle::{
    ComponentError, Config, Entry, ExecutionError, Guest as Lifecycle, HealthStatus,
};
use bindings::exports::wasi::cli::run::Guest as Command;

thread_local! {
    static STATE: RefCell<Option<State>> = const { RefCell::new(None) };
}

struct State {
    config: Config,
    failures: usize,
}

struct Plugin;

impl Lifecycle for Plugin {
    fn init(config: Config) -> Result<(), ComponentError> {
        if config.root.is_empty() {
            return Err(ComponentError::InvalidInput(
                "the root is empty".to_string(),
            ));
        }
        STATE.with_borrow_mut(|state| {
            if state.is_some() {
                return Err(ComponentError::InvalidInput("already running".to_string()));
            }
            announce(&config.id, &permissions(&config.root));
            log(
                &config.id,
                LogLevel::Info,
                &format!("walking {}", config.root),
            );
            *state = Some(State {
                config,
                failures: 0,
            });
            Ok(())
        })
    }

    fn execute() -> Result<Vec<Entry>, ExecutionError> {
        let config = STATE
            .with_borrow(|state| state.as_ref().map(|state| state.config.clone()))
            .ok_or(ExecutionError::NotRunning)?;
        let entries = walk::walk(&config);
        let failures = entries
            .iter()
            .filter(|entry| report::is_failure(entry))
            .count();
        STATE.with_borrow_mut(|state| {
            if let Some(state) = state {
                state.failures = failures;
            }
        });
        Ok(entries)
    }

    fn health() -> HealthStatus {
        STATE.with_borrow(|state| match state {
            None => HealthStatus::Unhealthy("not running".to_string()),
            Some(State { failures: 0, .. }) => HealthStatus::Healthy,
            Some(State { failures, .. }) => {
                HealthStatus::Degraded(format!("{failures} files could not be read"))
            }
        })
    }

    fn shutdown() {
        STATE.with_borrow_mut(|state| *state = None);
    }
}

impl Command for Plugin {
    /// The program: runs the life cycle for the directory in the last argument, or for `/data`.
    fn run() -> Result<(), ()> {
        let root = std::env::args()
            .skip(1)
            .last()
            .unwrap_or_else(|| "/data".to_string());
        let config = Config {
            id: "airssys:demo".to_string(),
            root,
        };
        let entries = Plugin::init(config)
            .map_err(ExecutionError::Component)
            .and_then(|()| Plugin::execute());
        let ok = report::print(&entries);
        Plugin::shutdown();
        if ok {
            Ok(())
        } else {
            Err(())
        }
    }
}

/// The capabilities that the plugin announces: files, read-only; neither network nor processes.
fn permissions(root: &str) -> Vec<Permission> {
    let base = |action| Permission {
        resource: root.to_string(),
        action,
    };
    let files = FilesystemPermission {
        base: base(Action::Read),
        path_pattern: format!("{root}/**"),
        recursive: true,
    };
    let network: Option<NetworkPermission> = None;
    let process: Option<ProcessPermission> = None;
    [base(Action::Enumerate), files.base]
        .into_iter()
        .chain(network.map(|permission| permission.base))
        .chain(process.map(|permission| permission.base))
        .collect()
}

bindings::export!(Plugin with_types_in bindings);
