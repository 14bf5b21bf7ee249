//! The Rust type of WIT `flags`.

/// The module with the macro, under the name that generated code uses.
pub mod bitflags {
    pub use crate::bitflags;
}

/// Declares a set of flags over an unsigned integer.
///
/// Unnamed bits are kept, because in the component model both sides agree on the type; `from_bits` rejects them, and
/// `from_bits_truncate` drops them.
#[macro_export]
macro_rules! bitflags {
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident: $repr:ty {
            $($(#[$flag_attribute:meta])* const $flag:ident = $value:expr;)*
        }
    ) => {
        $(#[$attribute])*
        $visibility struct $name($repr);

        #[allow(dead_code)]
        impl $name {
            $($(#[$flag_attribute])* pub const $flag: Self = Self($value);)*

            /// Returns the empty set.
            #[must_use]
            pub const fn empty() -> Self {
                Self(0)
            }

            /// Returns the set of all named flags.
            #[must_use]
            pub const fn all() -> Self {
                Self(0 $(| $value)*)
            }

            /// Returns the flags as an integer.
            #[must_use]
            pub const fn bits(&self) -> $repr {
                self.0
            }

            /// Returns the flags of an integer, or `None` if it has unnamed bits.
            #[must_use]
            pub const fn from_bits(bits: $repr) -> Option<Self> {
                if bits & !Self::all().0 == 0 {
                    Some(Self(bits))
                } else {
                    None
                }
            }

            /// Returns the flags of an integer, without its unnamed bits.
            #[must_use]
            pub const fn from_bits_truncate(bits: $repr) -> Self {
                Self(bits & Self::all().0)
            }

            /// Returns the flags of an integer, with its unnamed bits.
            #[must_use]
            pub const fn from_bits_retain(bits: $repr) -> Self {
                Self(bits)
            }

            /// Returns whether the set is empty.
            #[must_use]
            pub const fn is_empty(&self) -> bool {
                self.0 == 0
            }

            /// Returns whether the set contains all named flags.
            #[must_use]
            pub const fn is_all(&self) -> bool {
                self.contains(Self::all())
            }

            /// Returns whether the set contains all flags of `other`.
            #[must_use]
            pub const fn contains(&self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Returns whether the set contains any flag of `other`.
            #[must_use]
            pub const fn intersects(&self, other: Self) -> bool {
                self.0 & other.0 != 0
            }

            /// Adds the flags of `other`.
            pub fn insert(&mut self, other: Self) {
                self.0 |= other.0;
            }

            /// Removes the flags of `other`.
            pub fn remove(&mut self, other: Self) {
                self.0 &= !other.0;
            }

            /// Adds or removes the flags of `other`.
            pub fn set(&mut self, other: Self, on: bool) {
                if on {
                    self.insert(other);
                } else {
                    self.remove(other);
                }
            }
        }

        impl core::ops::BitOr for $name {
            type Output = Self;
            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }

        impl core::ops::BitAnd for $name {
            type Output = Self;
            fn bitand(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }
        }

        impl core::ops::BitXor for $name {
            type Output = Self;
            fn bitxor(self, other: Self) -> Self {
                Self(self.0 ^ other.0)
            }
        }

        impl core::ops::Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }
        }

        impl core::ops::Not for $name {
            type Output = Self;
            fn not(self) -> Self {
                Self(!self.0 & Self::all().0)
            }
        }

        impl core::ops::BitOrAssign for $name {
            fn bitor_assign(&mut self, other: Self) {
                self.insert(other);
            }
        }
    };
}
