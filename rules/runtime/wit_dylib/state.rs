//! The state of the program: the world and the interpreter.

use crate::world::World;
use core::cell::{OnceCell, RefCell};

/// A value that is set once. Modules have one thread.
pub struct Once<T>(OnceCell<T>);

// SAFETY: a module without shared memory has one thread.
unsafe impl<T> Sync for Once<T> {}

impl<T> Once<T> {
    /// An empty cell.
    pub const fn new() -> Self {
        Once(OnceCell::new())
    }

    /// Sets the value, if there is none.
    pub fn set(&self, value: T) {
        let _ = self.0.set(value);
    }

    /// The value.
    pub fn get(&self) -> &T {
        self.0.get().expect("the interpreter was not initialized")
    }
}

/// A value that changes. Modules have one thread.
pub(crate) struct Global<T>(RefCell<T>);

// SAFETY: a module without shared memory has one thread.
unsafe impl<T> Sync for Global<T> {}

impl<T> Global<T> {
    pub(crate) const fn new(value: T) -> Self {
        Global(RefCell::new(value))
    }

    /// Reads or changes the value. The function must not call the interpreter.
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        f(&mut self.0.borrow_mut())
    }
}

static WORLD: Once<World> = Once::new();

pub(crate) fn set_world(world: World) {
    WORLD.set(world);
}

pub(crate) fn world() -> World {
    *WORLD.get()
}
