//! HTTP: requests that a guest sends, and components that handle requests.

pub mod body;
pub mod connection;
pub mod handler;
pub mod hooks;
pub mod log;
pub mod options;
pub mod serve;
pub mod server;
pub mod service;
mod stall;
