//! The exit code of several problems.

use rules_wit_common::{exit, Diagnostic, Failure, Result};

/// Fails with `problems`, if there are any. Errors of the input come first, so that they decide the
/// exit code rather than errors of the network.
pub fn fail(mut problems: Vec<Diagnostic>) -> Result<()> {
    problems.sort_by_key(|p| Failure::from(p.clone()).exit_code() != exit::INPUT);
    Failure::from_all(problems).map_or(Ok(()), Err)
}
