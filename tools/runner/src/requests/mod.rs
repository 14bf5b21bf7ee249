//! Tests of a component that handles HTTP requests: requests, and what the responses should be.

pub mod case;
mod check;
mod send;
pub mod tester;
