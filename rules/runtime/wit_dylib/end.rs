//! The ends of futures and streams.

use crate::value::Value;
use crate::world::{FutureType, StreamType, Type};
use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::RefCell;
use core::task::Waker;

/// The type of a future or stream.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Future(FutureType),
    Stream(StreamType),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Readable,
    Writable,
}

/// An end, whose handle is dropped with it. While it is read or written, the operation owns it, too.
pub(crate) struct End {
    pub(crate) channel: Channel,
    pub(crate) side: Side,
    pub(crate) handle: u32,
    /// Whether this component has made it, and so has the other end.
    pub(crate) is_own: bool,
    pub(crate) state: RefCell<State>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) phase: Phase,
    /// Whether somebody has the future of a read or write.
    pub(crate) awaited: bool,
    pub(crate) waker: Option<Waker>,
    /// What a read has brought, or a write has left.
    pub(crate) value: Option<Value>,
}

/// What can be done with an end.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    #[default]
    Idle,
    /// It is read or written.
    Busy,
    /// Nothing can be read or written any more.
    Ended,
    /// Somebody else has the handle.
    Given,
}

impl Channel {
    /// The type of what is passed.
    pub(crate) fn payload(self) -> Option<Type> {
        match self {
            Channel::Future(ty) => ty.ty(),
            Channel::Stream(ty) => ty.ty(),
        }
    }

    /// The type for messages.
    pub(crate) fn describe(self) -> String {
        let (ty, interface, name) = match self {
            Channel::Future(ty) => (Type::Future(ty), ty.interface(), ty.name()),
            Channel::Stream(ty) => (Type::Stream(ty), ty.interface(), ty.name()),
        };
        let ty = ty.describe();
        match (interface, name) {
            (_, "") => ty,
            (None, name) => format!("{ty} ({name})"),
            (Some(interface), name) => format!("{ty} ({interface}#{name})"),
        }
    }
}

impl End {
    pub(crate) fn new(channel: Channel, side: Side, handle: u32, is_own: bool) -> Rc<Self> {
        Rc::new(End {
            channel,
            side,
            handle,
            is_own,
            state: RefCell::default(),
        })
    }

    pub(crate) fn phase(&self) -> Phase {
        self.state.borrow().phase
    }

    /// Checks that the end can be given away. The error says what it is instead.
    fn check(&self) -> Result<(), String> {
        let state = self.state.borrow();
        let what = match state.phase {
            _ if state.awaited || state.phase == Phase::Busy => "that is being read",
            _ if state.value.is_some() => "with values that were read, and not taken",
            Phase::Idle => return Ok(()),
            _ => "that was read to its end",
        };
        Err(format!("{} {what}", self.channel.describe()))
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if self.phase() == Phase::Given {
            return;
        }
        let drop = match (self.channel, self.side) {
            (Channel::Future(ty), Side::Readable) => ty.0.drop_readable,
            (Channel::Future(ty), Side::Writable) => ty.0.drop_writable,
            (Channel::Stream(ty), Side::Readable) => ty.0.drop_readable,
            (Channel::Stream(ty), Side::Writable) => ty.0.drop_writable,
        };
        // SAFETY: this is the last owner of the handle, and no operation uses it.
        unsafe { drop(self.handle) };
    }
}

/// Declares readable ends.
macro_rules! readable {
    ($($(#[$doc:meta])* $name:ident of $ty:ident,)*) => {
        $(
            $(#[$doc])*
            pub struct $name {
                ty: $ty,
                pub(crate) end: Rc<End>,
            }

            impl $name {
                pub(crate) fn new(ty: $ty, handle: u32) -> Self {
                    Self::of(ty, handle, false)
                }

                pub(crate) fn of(ty: $ty, handle: u32, is_own: bool) -> Self {
                    let end = End::new(Channel::$name(ty), Side::Readable, handle, is_own);
                    Self { ty, end }
                }

                /// The type.
                pub fn ty(&self) -> $ty {
                    self.ty
                }

                pub(crate) fn check(&self) -> Result<(), String> {
                    self.end.check()
                }

                /// Gives the handle away.
                pub(crate) fn into_handle(self) -> u32 {
                    self.end.state.borrow_mut().phase = Phase::Given;
                    self.end.handle
                }
            }

            impl PartialEq for $name {
                fn eq(&self, other: &Self) -> bool {
                    Rc::ptr_eq(&self.end, &other.end)
                }
            }

            impl Eq for $name {}

            impl core::fmt::Debug for $name {
                fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                    write!(f, "{} {}", self.end.channel.describe(), self.end.handle)
                }
            }
        )*
    };
}

readable! {
    /// The readable end of a future, which is dropped with this value.
    Future of FutureType,
    /// The readable end of a stream, which is dropped with this value.
    Stream of StreamType,
}
