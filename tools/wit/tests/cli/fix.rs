//! `wit fix` of a whole design.

use crate::support::{case, said, wit};

/// The seven packages of the airssys design and an application, written with uses at file level and
/// without versions: after `fix` they fit together.
#[test]
fn the_seven_packages_fit_together() {
    let laid = case("fix/seven-packages");
    assert_eq!(wit(laid.path(), &["check", "."]).status.code(), Some(1));
    let output = wit(laid.path(), &["fix", "."]);
    assert!(output.status.success(), "{}", said(&output));
    let output = wit(laid.path(), &["check", "."]);
    let said = said(&output);
    assert_eq!(said, "exit 0\nok: 8 packages, 7 interfaces, 1 world\n");
}
