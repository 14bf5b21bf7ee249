//! Types of components: comparing and printing them.

mod differences;
mod print;
mod resources;
mod table;
mod versions;

pub use differences::{differences, find, unversioned, version, Expected};
pub use print::lines;
pub use resources::mismatches;
pub use table::side_by_side;
pub use versions::{any_other_version, other_version};
