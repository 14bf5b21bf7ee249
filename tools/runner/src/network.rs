//! What a guest can reach over the network: nothing but what is listed.

use std::collections::BTreeSet;
use std::future::Future;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use wasmtime_wasi::sockets::SocketAddrUse;
use wasmtime_wasi::WasiCtxBuilder;

/// The most refused destinations that are reported.
const MAX_REPORTED: usize = 100;

/// A destination that the guest can reach: `HOST` or `HOST:PORT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    host: Host,
    /// Every port, if there is none.
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    /// `*`.
    Any,
    Address(IpAddr),
    /// In lower case, without the final dot.
    Name(String),
}

/// The network of a guest.
#[derive(Debug, Default)]
pub struct Network {
    allowed: Vec<Destination>,
    /// The destinations that were refused and reported.
    refused: Mutex<BTreeSet<String>>,
}

impl FromStr for Destination {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || "expected HOST or HOST:PORT, where HOST is a name, an address or `*`";
        let port_of = |text: &str| {
            let port: u16 = text.parse().map_err(|_| expected().to_owned())?;
            match port {
                0 => Err("a port is a number from 1 to 65535".to_owned()),
                port => Ok(Some(port)),
            }
        };
        if let Ok(address) = unbracketed(text).parse() {
            return Ok(Destination {
                host: Host::address(address),
                port: None,
            });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, port_of(port)?),
            None => (text, None),
        };
        let host = if host == "*" {
            Host::Any
        } else if let Ok(address) = unbracketed(host).parse() {
            Host::address(address)
        } else if is_name(host) {
            Host::Name(normal_name(host))
        } else {
            return Err(expected().to_owned());
        };
        Ok(Destination { host, port })
    }
}

impl Host {
    /// An IPv4 address inside an IPv6 address is the IPv4 address.
    fn address(address: IpAddr) -> Self {
        Host::Address(address.to_canonical())
    }
}

impl Destination {
    fn has_port(&self, port: u16) -> bool {
        self.port.is_none_or(|p| p == port)
    }
}

fn unbracketed(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host)
}

fn is_name(host: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !host.is_empty() && host.chars().all(allowed)
}

fn normal_name(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_lowercase()
}

impl Network {
    /// A network of these destinations.
    pub fn new(allowed: Vec<Destination>) -> Self {
        Network {
            allowed,
            refused: Mutex::default(),
        }
    }

    /// Sets what sockets of the guest can do. All kinds of sockets can be created, so that a refused
    /// connection is reported.
    pub fn apply(self: &Arc<Self>, wasi: &mut WasiCtxBuilder) {
        let network = Arc::clone(self);
        let check = move |address, purpose| {
            let network = Arc::clone(&network);
            Box::pin(async move { network.allows_socket(address, purpose).await })
                as Pin<Box<dyn Future<Output = bool> + Send + Sync>>
        };
        wasi.allow_tcp(true)
            .allow_udp(true)
            .allow_ip_name_lookup(self.has_names())
            .socket_addr_check(check);
    }

    /// Whether the guest can send a request to this host, which is a name or an address.
    pub fn allows_request(&self, host: &str, port: u16) -> bool {
        let host = unbracketed(host);
        let address = host.parse().map(|a: IpAddr| a.to_canonical());
        let name = normal_name(host);
        let is_host = |allowed: &Host| match allowed {
            Host::Any => true,
            Host::Address(allowed) => address == Ok(*allowed),
            Host::Name(allowed) => *allowed == name,
        };
        let is_allowed = self
            .allowed
            .iter()
            .any(|d| d.has_port(port) && is_host(&d.host));
        if !is_allowed {
            self.report("connect to", &join(host, port));
        }
        is_allowed
    }

    fn has_names(&self) -> bool {
        let is_name = |d: &Destination| !matches!(d.host, Host::Address(_));
        self.allowed.iter().any(is_name)
    }

    async fn allows_socket(&self, address: SocketAddr, purpose: SocketAddrUse) -> bool {
        let ip = address.ip().to_canonical();
        let (is_allowed, action) = match purpose {
            // Before a socket connects or sends, it is bound to no address in particular.
            SocketAddrUse::TcpBind | SocketAddrUse::UdpBind
                if ip.is_unspecified() && address.port() == 0 =>
            {
                (true, "bind")
            }
            // The guest was allowed to listen.
            SocketAddrUse::TcpAccept => (true, "accept"),
            // The peer chooses its port.
            SocketAddrUse::UdpReceive => (self.reaches(ip, None).await, "receive from"),
            SocketAddrUse::TcpConnect => (self.reaches_address(address).await, "connect to"),
            SocketAddrUse::UdpSend => (self.reaches_address(address).await, "send to"),
            SocketAddrUse::TcpListen => (self.reaches_address(address).await, "listen on"),
            SocketAddrUse::TcpBind | SocketAddrUse::UdpBind => {
                (self.reaches_address(address).await, "bind")
            }
        };
        if !is_allowed {
            self.report(action, &join(&ip.to_string(), address.port()));
        }
        is_allowed
    }

    async fn reaches_address(&self, address: SocketAddr) -> bool {
        let ip = address.ip().to_canonical();
        self.reaches(ip, Some(address.port())).await
    }

    async fn reaches(&self, ip: IpAddr, port: Option<u16>) -> bool {
        for allowed in &self.allowed {
            if port.is_some_and(|port| !allowed.has_port(port)) {
                continue;
            }
            match &allowed.host {
                Host::Any => return true,
                Host::Address(address) if *address == ip => return true,
                Host::Address(_) => {}
                Host::Name(name) => {
                    // A name that cannot be resolved has no address.
                    if let Ok(mut found) = tokio::net::lookup_host((name.as_str(), 0)).await {
                        if found.any(|a| a.ip().to_canonical() == ip) {
                            return true;
                        }
                    }
                }
            }
        }
        false
    }

    /// Reports a refused destination once.
    fn report(&self, action: &str, destination: &str) {
        let line = format!(
            "warning: the component may not {action} `{destination}`: allow it with `--network {destination}` \
             (in a rule: `network`)\n"
        );
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() < MAX_REPORTED && refused.insert(line.clone()) {
            // Nobody is left to tell if this fails.
            let _ = std::io::stderr().write_all(line.as_bytes());
        }
    }
}

fn join(host: &str, port: u16) -> String {
    match host.contains(':') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(allowed: &[&str]) -> Network {
        let parse = |text: &&str| text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
        Network::new(allowed.iter().map(parse).collect())
    }

    #[test]
    fn malformed_destinations() {
        for wrong in [
            "",
            ":80",
            "a:",
            "a:0",
            "a:65536",
            "a:b",
            "http://a",
            "a/b",
            "[::1",
            "::1]:80",
            "a b",
            "[::1]:x",
            "*.example.com",
        ] {
            assert!(wrong.parse::<Destination>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn requests() {
        for (allowed, host, port, expected) in [
            (&[][..], "127.0.0.1", 80, false),
            (&["127.0.0.1"], "127.0.0.1", 80, true),
            (&["127.0.0.1:80"], "127.0.0.1", 81, false),
            (&["127.0.0.1"], "localhost", 80, false),
            (&["localhost"], "LocalHost.", 80, true),
            (&["localhost"], "127.0.0.1", 80, false),
            (&["example.com:443"], "example.com", 443, true),
            (&["example.com:443"], "sub.example.com", 443, false),
            (&["::1"], "[::1]", 80, true),
            (&["[::1]:80"], "[::1]", 80, true),
            (&["[::1]:80"], "::1", 81, false),
            (&["::ffff:127.0.0.1"], "127.0.0.1", 80, true),
            (&["127.0.0.1"], "[::ffff:127.0.0.1]", 80, true),
            (&["*"], "example.com", 1, true),
            (&["*:80"], "example.com", 81, false),
        ] {
            let got = network(allowed).allows_request(host, port);
            assert_eq!(got, expected, "{allowed:?} {host}:{port}");
        }
    }

    #[test]
    fn sockets() {
        use SocketAddrUse::{TcpAccept, TcpBind, TcpConnect, TcpListen, UdpReceive, UdpSend};
        for (allowed, address, purpose, expected) in [
            (&[][..], "0.0.0.0:0", TcpBind, true),
            (&[], "0.0.0.0:0", TcpListen, false),
            (&[], "0.0.0.0:80", TcpBind, false),
            (&[], "127.0.0.1:0", TcpBind, false),
            (&[], "127.0.0.1:80", TcpConnect, false),
            (&["127.0.0.1"], "127.0.0.1:80", TcpConnect, true),
            (&["127.0.0.1"], "[::ffff:127.0.0.1]:80", TcpConnect, true),
            (&["127.0.0.1:80"], "127.0.0.1:81", TcpConnect, false),
            (&["localhost:80"], "127.0.0.1:80", TcpConnect, true),
            (&["localhost:80"], "127.0.0.2:80", TcpConnect, false),
            (&["127.0.0.1:80"], "127.0.0.1:5000", UdpReceive, true),
            (&["127.0.0.1:80"], "127.0.0.2:80", UdpReceive, false),
            (&["127.0.0.1:80"], "127.0.0.1:80", UdpSend, true),
            (&["127.0.0.1:80"], "192.0.2.1:5000", TcpAccept, true),
            (&["0.0.0.0:80"], "0.0.0.0:80", TcpListen, true),
            (&["*"], "192.0.2.1:5000", TcpConnect, true),
        ] {
            let address = address.parse().expect("an address");
            let network = network(allowed);
            let allows = network.allows_socket(address, purpose);
            let got = wasmtime_wasi::runtime::in_tokio(allows);
            assert_eq!(got, expected, "{allowed:?} {address} {purpose:?}");
        }
    }
}
