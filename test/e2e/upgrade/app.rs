//! An application that uses all seven packages.

use bindings::airssys::core_capabilities::capabilities::{FilesystemPermission, Permission};
use bindings::airssys::core_host::host_services;
use bindings::airssys::ext_filesystem::filesystem;
use bindings::airssys::ext_network::network;
use bindings::airssys::ext_process::process;
use bindings::exports::airssys::core_component::component_lifecycle::{
    ComponentError, ComponentId, ExecutionError, Guest, HealthStatus,
};

struct App;

impl Guest for App {
    fn health(_: ComponentId) -> Result<HealthStatus, ComponentError> {
        Ok(HealthStatus::Healthy)
    }

    fn execute(_: ComponentId) -> Result<(), ExecutionError> {
        Err(ExecutionError::Trapped)
    }
}

impl bindings::Guest for App {
    fn run(id: ComponentId) -> String {
        let base = Permission {
            owner: id.clone(),
            resource_name: "file".to_owned(),
            action: "read".to_owned(),
        };
        let permission = FilesystemPermission {
            base,
            path_pattern: "*".to_owned(),
            recursive: false,
        };
        let now = host_services::now().seconds;
        let bytes = filesystem::read_file("file", &permission).map_or(0, |bytes| bytes.len());
        let connection = network::connect("host", 80).unwrap_or(0);
        let process = process::spawn("command", &id).unwrap_or(0);
        format!("{id} at {now}: {bytes} bytes, connection {connection}, process {process}")
    }
}

bindings::export!(App with_types_in bindings);
