//! The sources of files: releases on GitHub, and the registries of packages.

mod api;
mod cargo;
mod client;
mod github;
mod npm;
mod pypi;
mod sources;

pub use api::{Item, Published, Source};
pub use sources::Sources;
