//! The limits of a server.

use crate::guest_args::{parse_duration, parse_size};
use std::time::Duration;

/// The limits of a server.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The time for a request, from its header to the end of the response
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = parse_duration)]
    pub request_timeout: Duration,

    /// The limit for the body of a request
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = parse_size)]
    pub max_body: u64,

    /// The most requests that are handled at the same time; others wait
    #[arg(long, value_name = "N", default_value = "100", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub max_requests: u32,

    /// The most requests that an instance handles, one after the other. With more than one, the instance
    /// keeps its state
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..))]
    pub requests_per_instance: u32,
}
