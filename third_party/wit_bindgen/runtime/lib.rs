//! Empty: cargo requires a target.
