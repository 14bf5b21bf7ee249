//! Uses each package of WASI 0.3.

use bindings::wasi::cli::{environment, stdout};
use bindings::wasi::clocks::{monotonic_clock, system_clock};
use bindings::wasi::filesystem::preopens;
use bindings::wasi::filesystem::types::{DescriptorFlags, OpenFlags, PathFlags};
use bindings::wasi::http::client;
use bindings::wasi::http::types::{Fields, Request, Scheme};
use bindings::wasi::random::random;
use bindings::wasi::sockets::types::{
    IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, TcpSocket,
};
use bindings::{wit_future, wit_stream, Guest};

struct Component;

impl Guest for Component {
    async fn cli() -> String {
        let (mut writer, data) = wit_stream::new();
        let written = stdout::write_via_stream(data);
        let rest = writer.write_all(b"a line of 0.3\n".to_vec()).await;
        drop(writer);
        written.await.expect("written");
        assert!(rest.is_empty());
        let found = environment::get_environment();
        let found = found.into_iter().find(|(name, _)| name == "NAME");
        found.map(|(_, value)| value).unwrap_or_default()
    }

    async fn clocks() -> bool {
        let before = monotonic_clock::now();
        monotonic_clock::wait_for(1_000_000).await;
        system_clock::now().seconds > 1_700_000_000 && monotonic_clock::now() - before >= 1_000_000
    }

    async fn filesystem() -> String {
        let (directory, path) = preopens::get_directories().remove(0);
        let missing = directory
            .open_at(
                PathFlags::empty(),
                "no such file".to_owned(),
                OpenFlags::empty(),
                DescriptorFlags::READ,
            )
            .await;
        format!("{path}: {:?}", missing.expect_err("no such file"))
    }

    async fn http() -> String {
        let (_, trailers) = wit_future::new(|| Ok(None));
        let (request, _sent) = Request::new(Fields::new(), None, trailers, None);
        request.set_scheme(Some(&Scheme::Http)).expect("a scheme");
        request
            .set_authority(Some("127.0.0.1:9"))
            .expect("an authority");
        request.set_path_with_query(Some("/")).expect("a path");
        let response = client::send(request).await;
        format!("{:?}", response.expect_err("no network"))
    }

    fn random() -> u32 {
        random::get_random_bytes(8).len() as u32
    }

    async fn sockets() -> String {
        let socket = TcpSocket::create(IpAddressFamily::Ipv4).expect("a socket");
        let address = IpSocketAddress::Ipv4(Ipv4SocketAddress {
            port: 9,
            address: (127, 0, 0, 1),
        });
        format!(
            "{:?}",
            socket.connect(address).await.expect_err("no network")
        )
    }

    fn both() -> bool {
        let of_0_3 = environment::get_environment();
        of_0_3 == std::env::vars().collect::<Vec<_>>()
    }
}

bindings::export!(Component with_types_in bindings);
