//! Implements the host: its services, and the capabilities of its components.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use bindings::exports::airssys::core_capabilities::capabilities::{
    Action, ComponentError, ComponentId, Guest as Capabilities, Permission,
};
use bindings::exports::airssys::core_host::host_services::{
    Guest as HostServices, LogLevel, Timestamp,
};

/// The suffix of files that no component may open.
const SECRET: &str = ".secret";

thread_local! {
    static ANNOUNCED: RefCell<BTreeMap<ComponentId, usize>> = const { RefCell::new(BTreeMap::new()) };
}

struct Host;

impl Capabilities for Host {
    fn check(id: ComponentId, permission: Permission) -> Result<(), ComponentError> {
        let name = permission.resource.rsplit('/').next().unwrap_or_default();
        match permission.action {
            Action::Read | Action::Enumerate if name.ends_with(SECRET) => Err(
                ComponentError::Denied(format!("`{id}` may not read `*{SECRET}`")),
            ),
            Action::Read | Action::Enumerate => Ok(()),
            Action::Write | Action::Connect | Action::Spawn => {
                Err(ComponentError::Denied(format!("`{id}` may only read")))
            }
        }
    }
}

impl HostServices for Host {
    fn log(id: ComponentId, level: LogLevel, message: String) {
        let level = match level {
            LogLevel::Debug => "debug",
            LogLevel::Info => "info",
            LogLevel::Warn => "warn",
            LogLevel::Error => "error",
        };
        let known = ANNOUNCED.with_borrow(|all| all.get(&id).copied().unwrap_or_default());
        eprintln!("{level} [{id}, {known} permissions] {message}");
    }

    fn now() -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp {
            seconds: since.as_secs(),
            nanoseconds: since.subsec_nanos(),
        }
    }

    fn announce(id: ComponentId, permissions: Vec<Permission>) {
        ANNOUNCED.with_borrow_mut(|all| all.insert(id, permissions.len()));
    }
}

bindings::export!(Host with_types_in bindings);
