//! A load generator for HTTP servers: sends the same request on several connections, on each one after
//! the other.
//!
//! Arguments: `HOST:PORT`, the path, the number of connections, milliseconds. Prints the requests per
//! second, and the median and the 99th percentile of the latency in milliseconds.

use std::io::{BufRead, BufReader, Error, Read, Result, Write};
use std::net::TcpStream;
use std::sync::Barrier;
use std::time::{Duration, Instant};

/// A connection that stays open.
struct Client(BufReader<TcpStream>);

impl Client {
    fn connect(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Client(BufReader::new(stream)))
    }

    /// Sends a request, and reads the response to its end.
    fn send(&mut self, request: &str) -> Result<()> {
        self.0.get_mut().write_all(request.as_bytes())?;
        let status = self.line()?;
        if !status.starts_with("HTTP/1.1 200 ") {
            return Err(Error::other(format!("the status is {status:?}")));
        }
        let (mut length, mut chunked) = (0, false);
        loop {
            let field = self.line()?.to_ascii_lowercase();
            match field.split_once(':') {
                Some(("content-length", value)) => length = number(value, 10)?,
                Some(("transfer-encoding", value)) => chunked = value.trim() == "chunked",
                Some(_) => {}
                None if field.is_empty() => break,
                None => return Err(Error::other(format!("not a field: {field:?}"))),
            }
        }
        if !chunked {
            return self.skip(length);
        }
        loop {
            let size = number(&self.line()?, 16)?;
            self.skip(size)?;
            // The end of the chunk; there are no trailers.
            self.line()?;
            if size == 0 {
                return Ok(());
            }
        }
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.0.read_line(&mut line)? == 0 {
            return Err(Error::other("the server closed the connection"));
        }
        Ok(line.trim_end().to_owned())
    }

    fn skip(&mut self, length: u64) -> Result<()> {
        std::io::copy(&mut self.0.by_ref().take(length), &mut std::io::sink()).map(drop)
    }
}

fn number(text: &str, radix: u32) -> Result<u64> {
    u64::from_str_radix(text.trim(), radix).map_err(Error::other)
}

/// Sends requests until the time is over; returns the latencies.
fn run(address: &str, request: &str, time: Duration, start: &Barrier) -> Result<Vec<Duration>> {
    let first = Client::connect(address).and_then(|mut client| {
        client.send(request)?;
        Ok(client)
    });
    // All connections are open, or have failed.
    start.wait();
    let mut client = first?;
    let mut latencies = Vec::new();
    let begin = Instant::now();
    while begin.elapsed() < time {
        let sent = Instant::now();
        client.send(request)?;
        latencies.push(sent.elapsed());
    }
    Ok(latencies)
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, path, connections, milliseconds] = args.as_slice() else {
        return Err(Error::other(
            "usage: load HOST:PORT PATH CONNECTIONS MILLISECONDS",
        ));
    };
    let connections = usize::try_from(number(connections, 10)?).map_err(Error::other)?;
    let time = Duration::from_millis(number(milliseconds, 10)?);
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let start = Barrier::new(connections);
    let results: Vec<_> = std::thread::scope(|scope| {
        let spawn = |_| scope.spawn(|| run(address, &request, time, &start));
        let threads: Vec<_> = (0..connections).map(spawn).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| thread.join();
        threads.into_iter().map(join).collect()
    });
    let mut latencies = Vec::new();
    for result in results {
        latencies.append(&mut result.map_err(|_| Error::other("a thread panicked"))??);
    }
    latencies.sort_unstable();
    let percentile = |n: usize| {
        let at = (latencies.len() * n / 100).min(latencies.len().saturating_sub(1));
        latencies.get(at).map_or(0.0, |t| t.as_secs_f64() * 1000.0)
    };
    let rate = latencies.len() as f64 / time.as_secs_f64();
    println!("{rate:.1} {:.3} {:.3}", percentile(50), percentile(99));
    Ok(())
}
