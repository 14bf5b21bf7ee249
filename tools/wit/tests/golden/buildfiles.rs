//! What holds in every case of `buildfiles/`.

use golden::Done;

/// The command rewrites BUILD files the way that `wit fix` rewrites WIT files.
pub fn check(done: &Done) {
    crate::fix::rewrites(done, "buildfiles", "updated");
}
