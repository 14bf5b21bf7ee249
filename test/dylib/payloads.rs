//! Payloads of streams and futures, whose types Wasmtime knows.

use crate::values::Random;
use std::fmt::Debug;
use wasmtime::component::{Lift, Lower, Type};
use wasmtime::Result;

/// A type of payloads.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Unit,
    Byte,
    Number,
    Text,
    Bytes,
    Pair,
    Lines,
    Outcome,
}

impl Kind {
    pub const ALL: [Kind; 8] = [
        Kind::Unit,
        Kind::Byte,
        Kind::Number,
        Kind::Text,
        Kind::Bytes,
        Kind::Pair,
        Kind::Lines,
        Kind::Outcome,
    ];

    pub fn of(ty: Option<&Type>) -> Result<Self> {
        Ok(match ty {
            None => Kind::Unit,
            Some(Type::U8) => Kind::Byte,
            Some(Type::U32) => Kind::Number,
            Some(Type::String) => Kind::Text,
            Some(Type::List(_)) => Kind::Bytes,
            Some(Type::Tuple(_)) => Kind::Pair,
            Some(Type::Option(_)) => Kind::Lines,
            Some(Type::Result(_)) => Kind::Outcome,
            other => return Err(wasmtime::format_err!("no payloads of {other:?}")),
        })
    }
}

/// Runs code with the type of a kind of payloads.
macro_rules! with_type {
    ($kind:expr, $ty:ident => $body:expr) => {
        match $kind {
            Kind::Unit => {
                type $ty = ();
                $body
            }
            Kind::Byte => {
                type $ty = u8;
                $body
            }
            Kind::Number => {
                type $ty = u32;
                $body
            }
            Kind::Text => {
                type $ty = String;
                $body
            }
            Kind::Bytes => {
                type $ty = Vec<u8>;
                $body
            }
            Kind::Pair => {
                type $ty = (u64, String);
                $body
            }
            Kind::Lines => {
                type $ty = Option<Vec<String>>;
                $body
            }
            Kind::Outcome => {
                type $ty = std::result::Result<String, u8>;
                $body
            }
        }
    };
}
pub(crate) use with_type;

/// How deep payloads are nested, which limits their sizes.
const DEPTH: usize = 2;

/// A payload.
pub trait Payload: Lift + Lower + Debug + Send + Sync + Unpin + 'static {
    fn random(random: &mut Random) -> Self;
}

impl Payload for () {
    fn random(_: &mut Random) -> Self {}
}

impl Payload for u8 {
    fn random(random: &mut Random) -> Self {
        random.bits() as u8
    }
}

impl Payload for u32 {
    fn random(random: &mut Random) -> Self {
        random.bits() as u32
    }
}

impl Payload for String {
    fn random(random: &mut Random) -> Self {
        random.text(DEPTH)
    }
}

impl Payload for Vec<u8> {
    fn random(random: &mut Random) -> Self {
        let len = random.len(DEPTH);
        (0..len).map(|_| random.bits() as u8).collect()
    }
}

impl Payload for (u64, String) {
    fn random(random: &mut Random) -> Self {
        (random.bits(), random.text(DEPTH))
    }
}

impl Payload for Option<Vec<String>> {
    fn random(random: &mut Random) -> Self {
        let len = random.below(4);
        (len > 0).then(|| (1..len).map(|_| random.text(DEPTH)).collect())
    }
}

impl Payload for std::result::Result<String, u8> {
    fn random(random: &mut Random) -> Self {
        match random.below(2) {
            0 => Ok(random.text(DEPTH)),
            _ => Err(random.bits() as u8),
        }
    }
}
