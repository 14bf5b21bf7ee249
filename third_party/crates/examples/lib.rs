//! Empty: this package only names the crates that examples link.
