//! The type that stands for a WIT `flags`.

/// A module of the name that generated code expects, with the macro in it.
pub mod bitflags {
    pub use crate::bitflags;
}

/// Declares a set of flags over an unsigned integer.
///
/// Bits without a name survive, as the component model lets a newer peer send them only where both agree on the type;
/// `from_bits` refuses them and `from_bits_truncate` drops them.
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

            /// No flag.
            #[must_use]
            pub const fn empty() -> Self {
                Self(0)
            }

            /// Every flag that has a name.
            #[must_use]
            pub const fn all() -> Self {
                Self(0 $(| $value)*)
            }

            /// The flags as an integer.
            #[must_use]
            pub const fn bits(&self) -> $repr {
                self.0
            }

            /// The flags of an integer, or nothing if it has bits without a name.
            #[must_use]
            pub const fn from_bits(bits: $repr) -> Option<Self> {
                if bits & !Self::all().0 == 0 {
                    Some(Self(bits))
                } else {
                    None
                }
            }

            /// The flags of an integer, without the bits that have no name.
            #[must_use]
            pub const fn from_bits_truncate(bits: $repr) -> Self {
                Self(bits & Self::all().0)
            }

            /// The flags of an integer, as they are.
            #[must_use]
            pub const fn from_bits_retain(bits: $repr) -> Self {
                Self(bits)
            }

            /// Whether there is no flag.
            #[must_use]
            pub const fn is_empty(&self) -> bool {
                self.0 == 0
            }

            /// Whether every flag that has a name is there.
            #[must_use]
            pub const fn is_all(&self) -> bool {
                self.contains(Self::all())
            }

            /// Whether all flags of `other` are there.
            #[must_use]
            pub const fn contains(&self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether any flag of `other` is there.
            #[must_use]
            pub const fn intersects(&self, other: Self) -> bool {
                self.0 & other.0 != 0
            }

            /// Adds the flags of `other`.
            pub fn insert(&mut self, other: Self) {
                self.0 |= other.0;
            }

            /// Takes the flags of `other` away.
            pub fn remove(&mut self, other: Self) {
                self.0 &= !other.0;
            }

            /// Adds or takes away the flags of `other`.
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
