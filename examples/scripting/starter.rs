//! Calls the guest, as the hosts of //examples/static_linking do.

fn main() {
    bindings::loaded();
}
