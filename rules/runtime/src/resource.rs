//! Resources that a component exports, and maps.

use alloc::collections::BTreeMap;

/// A Rust type behind an exported resource, and what is stored for it.
pub trait Resource: Sized + 'static {
    /// What the resource's handle points to.
    type Rep: ResourceRep<Self>;
}

impl<T: 'static> Resource for T {
    // An Option, so that the value can be moved out while the handle lives on.
    type Rep = Option<T>;
}

/// The storage of a resource.
///
/// # Safety
///
/// The references that it gives must be valid as long as the storage is.
pub unsafe trait ResourceRep<T> {
    /// Puts a value into storage.
    fn rep_new(value: T) -> Self;

    /// The value.
    ///
    /// # Safety
    ///
    /// `rep` points to storage that has its value, and nobody changes it as long as the reference lives.
    unsafe fn rep_as_ref<'a>(rep: *const Self) -> &'a T;

    /// The value, to be changed.
    ///
    /// # Safety
    ///
    /// `rep` points to storage that has its value, and nobody else uses it as long as the reference lives.
    unsafe fn rep_as_mut<'a>(rep: *mut Self) -> &'a mut T;

    /// Moves the value out.
    ///
    /// # Safety
    ///
    /// `rep` points to storage that has its value, and no reference to it lives.
    unsafe fn rep_take(rep: *mut Self) -> T;
}

const TAKEN: &str = "the resource's value was moved out";

// SAFETY: the references come from the storage itself.
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

/// What a WIT `map` becomes unless the bindings name another type.
pub type Map<K, V> = BTreeMap<K, V>;

/// What generated code does with a map.
pub trait WitMap<K, V>: Sized {
    /// An empty map, with room for so many entries where the type knows room.
    fn wit_map_new(capacity: usize) -> Self;
    /// Adds an entry; of two with one key the later stays.
    fn wit_map_push(&mut self, key: K, value: V);
    /// How many entries there are.
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
