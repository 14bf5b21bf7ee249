//! Exported resources, and maps.

use alloc::collections::BTreeMap;

/// The Rust type of an exported resource.
pub trait Resource: Sized + 'static {
    /// The representation that a handle of the resource points to.
    type Rep: ResourceRep<Self>;
}

impl<T: 'static> Resource for T {
    // An Option, so that the value can be moved out while the handle still exists.
    type Rep = Option<T>;
}

/// The representation of a resource.
///
/// # Safety
///
/// The references that it returns must be valid as long as the representation.
pub unsafe trait ResourceRep<T> {
    /// Makes the representation of a value.
    fn rep_new(value: T) -> Self;

    /// Borrows the value.
    ///
    /// # Safety
    ///
    /// `rep` points to a representation with its value, which does not change while the reference exists.
    unsafe fn rep_as_ref<'a>(rep: *const Self) -> &'a T;

    /// Borrows the value mutably.
    ///
    /// # Safety
    ///
    /// `rep` points to a representation with its value, which has no other use while the reference exists.
    unsafe fn rep_as_mut<'a>(rep: *mut Self) -> &'a mut T;

    /// Moves the value out.
    ///
    /// # Safety
    ///
    /// `rep` points to a representation with its value, and no reference to the value exists.
    unsafe fn rep_take(rep: *mut Self) -> T;
}

const TAKEN: &str = "the resource's value was moved out";

// SAFETY: the references point into the representation.
unsafe impl<T> ResourceRep<T> for Option<T> {
    fn rep_new(value: T) -> Self {
        Some(value)
    }

    unsafe fn rep_as_ref<'a>(rep: *const Self) -> &'a T {
        unsafe { &*rep }.as_ref().expect(TAKEN)
    }

    unsafe fn rep_as_mut<'a>(rep: *mut Self) -> &'a mut T {
        unsafe { &mut *rep }.as_mut().expect(TAKEN)
    }

    unsafe fn rep_take(rep: *mut Self) -> T {
        unsafe { &mut *rep }.take().expect(TAKEN)
    }
}

/// The Rust type of a WIT `map`, unless an option of the bindings names another.
pub type Map<K, V> = BTreeMap<K, V>;

/// The operations of generated code on a map.
pub trait WitMap<K, V>: Sized {
    /// Returns an empty map, with this capacity if the type has one.
    fn wit_map_new(capacity: usize) -> Self;
    /// Inserts an entry; a later one replaces an earlier one with the same key.
    fn wit_map_push(&mut self, key: K, value: V);
    /// Returns the number of entries.
    fn wit_map_len(&self) -> usize;
}

impl<K: Ord, V> WitMap<K, V> for BTreeMap<K, V> {
    fn wit_map_new(_: usize) -> Self {
        Self::new()
    }

    fn wit_map_push(&mut self, key: K, value: V) {
        self.insert(key, value);
    }

    fn wit_map_len(&self) -> usize {
        self.len()
    }
}

#[cfg(not(target_os = "none"))]
impl<K: core::hash::Hash + Eq, V> WitMap<K, V> for std::collections::HashMap<K, V> {
    fn wit_map_new(capacity: usize) -> Self {
        Self::with_capacity(capacity)
    }

    fn wit_map_push(&mut self, key: K, value: V) {
        self.insert(key, value);
    }

    fn wit_map_len(&self) -> usize {
        self.len()
    }
}
