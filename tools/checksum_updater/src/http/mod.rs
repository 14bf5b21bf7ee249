//! HTTP requests and downloads.

mod client;
mod download;
mod url;

pub use client::Http;
