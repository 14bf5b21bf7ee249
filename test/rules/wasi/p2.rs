//! Uses each package of WASI 0.2.

use bindings::wasi::cli::environment;
use bindings::wasi::clocks::{monotonic_clock, wall_clock};
use bindings::wasi::config::store;
use bindings::wasi::filesystem::preopens;
use bindings::wasi::filesystem::types::{DescriptorFlags, OpenFlags, PathFlags};
use bindings::wasi::http::outgoing_handler;
use bindings::wasi::http::types::{Fields, OutgoingRequest, Scheme};
use bindings::wasi::random::random;
use bindings::wasi::sockets::instance_network::instance_network;
use bindings::wasi::sockets::network::{IpAddressFamily, IpSocketAddress, Ipv4SocketAddress};
use bindings::wasi::sockets::tcp_create_socket::create_tcp_socket;
use bindings::Guest;

struct Component;

impl Guest for Component {
    fn cli() -> String {
        let found = environment::get_environment();
        let found = found.into_iter().find(|(name, _)| name == "NAME");
        found.map(|(_, value)| value).unwrap_or_default()
    }

    fn clocks() -> bool {
        let before = monotonic_clock::now();
        wall_clock::now().seconds > 1_700_000_000 && monotonic_clock::now() >= before
    }

    fn config() -> String {
        store::get("key")
            .expect("a configuration")
            .unwrap_or_default()
    }

    fn filesystem() -> String {
        let (directory, path) = preopens::get_directories().remove(0);
        let missing = directory.open_at(
            PathFlags::empty(),
            "no such file",
            OpenFlags::empty(),
            DescriptorFlags::READ,
        );
        format!("{path}: {}", missing.expect_err("no such file").name())
    }

    fn http() -> String {
        let request = OutgoingRequest::new(Fields::new());
        request.set_scheme(Some(&Scheme::Http)).expect("a scheme");
        request
            .set_authority(Some("127.0.0.1:9"))
            .expect("an authority");
        request.set_path_with_query(Some("/")).expect("a path");
        let response = outgoing_handler::handle(request, None).expect("a request");
        response.subscribe().block();
        let response = response.get().expect("ready").expect("first");
        format!("{:?}", response.expect_err("no network"))
    }

    fn io() -> bool {
        let timer = monotonic_clock::subscribe_duration(1000);
        timer.block();
        timer.ready()
    }

    fn random() -> u32 {
        random::get_random_bytes(8).len() as u32
    }

    fn sockets() -> String {
        let socket = create_tcp_socket(IpAddressFamily::Ipv4).expect("a socket");
        let address = IpSocketAddress::Ipv4(Ipv4SocketAddress {
            port: 9,
            address: (127, 0, 0, 1),
        });
        let started = socket.start_connect(&instance_network(), address);
        let failed = match started {
            Ok(()) => loop {
                socket.subscribe().block();
                match socket.finish_connect() {
                    Err(code) if code.name() == "would-block" => {}
                    Err(code) => break code,
                    Ok(_) => return "connected".to_owned(),
                }
            },
            Err(code) => code,
        };
        failed.name().to_owned()
    }
}

bindings::export!(Component with_types_in bindings);
