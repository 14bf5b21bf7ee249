//! Implements all imports of the application.

use bindings::exports::airssys::core_host::host_services;
use bindings::exports::airssys::ext_filesystem::filesystem;
use bindings::exports::airssys::ext_network::network;
use bindings::exports::airssys::ext_process::process;

struct Providers;

impl host_services::Guest for Providers {
    fn now() -> host_services::Timestamp {
        host_services::Timestamp {
            seconds: 7,
            nanoseconds: 0,
        }
    }

    fn check(_: host_services::Permission) -> Result<bool, host_services::Error> {
        Ok(true)
    }
}

impl filesystem::Guest for Providers {
    fn read_file(
        _: String,
        permission: filesystem::FilesystemPermission,
    ) -> Result<Vec<u8>, filesystem::Error> {
        if permission.base.action != "read" {
            return Err(filesystem::Error::IoError(permission.base.action));
        }
        Ok(vec![1, 2, 3])
    }
}

impl network::Guest for Providers {
    fn connect(_: String, port: u16) -> Result<u32, network::Error> {
        Ok(port.into())
    }
}

impl process::Guest for Providers {
    fn spawn(_: String, owner: process::ComponentId) -> Result<u32, process::Error> {
        Ok(owner.len() as u32)
    }
}

bindings::export!(Providers with_types_in bindings);
