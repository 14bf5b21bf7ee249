//! Resources: handles of those that the world imports, and values of the script for those that it exports.

use rhai::{Dynamic, FnPtr};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use wit_dylib::{Borrow, Own, Resource, Value};

/// A resource that the world imports, as a value of the script. It is dropped with the last copy.
#[derive(Clone)]
pub struct Handle(Rc<State>);

struct State {
    resource: Resource,
    held: RefCell<Held>,
}

enum Held {
    Own(Own),
    Borrow(Borrow),
    /// Why it cannot be used any more.
    Gone(&'static str),
}

const PASSED_ON: &str = "is not closed or passed on";
const RETURNED: &str = "is not used after the call that lent it";
const NOT_OWNED: &str = "is owned and not borrowed";

impl Handle {
    pub fn own(own: Own) -> Self {
        Handle::new(own.ty(), Held::Own(own))
    }

    pub fn borrow(borrow: Borrow) -> Self {
        Handle::new(borrow.ty(), Held::Borrow(borrow))
    }

    fn new(resource: Resource, held: Held) -> Self {
        let held = RefCell::new(held);
        Handle(Rc::new(State { resource, held }))
    }

    pub fn resource(&self) -> Resource {
        self.0.resource
    }

    /// Drops the resource now, if this owns it.
    pub fn close(&self) {
        // The resource is dropped here, while the cell is not borrowed.
        drop(self.take());
    }

    /// Ends a loan.
    pub fn end_loan(&self) {
        let _loan = self.0.held.replace(Held::Gone(RETURNED));
    }

    /// Whether it can be passed. The error says what it would have to be.
    pub fn check(&self, owned: bool) -> Result<(), &'static str> {
        match &*self.0.held.borrow() {
            Held::Gone(why) => Err(why),
            Held::Borrow(_) if owned => Err(NOT_OWNED),
            _ => Ok(()),
        }
    }

    /// Gives the resource away.
    pub fn take(&self) -> Result<Own, &'static str> {
        self.check(true)?;
        match self.0.held.replace(Held::Gone(PASSED_ON)) {
            Held::Own(own) => Ok(own),
            _ => Err(PASSED_ON),
        }
    }

    /// Lends the resource to a function that is called.
    pub fn lend(&self) -> Result<Borrow, &'static str> {
        match &*self.0.held.borrow() {
            Held::Own(own) => Ok(own.borrow()),
            Held::Borrow(borrow) => Ok(borrow.lend()),
            Held::Gone(why) => Err(why),
        }
    }
}

/// The values of exported resources, and loans of imported ones.
#[derive(Default)]
pub struct Resources {
    values: RefCell<HashMap<u32, Dynamic>>,
    last: Cell<u32>,
    loans: RefCell<Vec<Handle>>,
    /// Functions that are called when the host drops a resource.
    pub destructors: RefCell<HashMap<Resource, FnPtr>>,
}

impl Resources {
    /// Makes a resource of a value of the script.
    pub fn export(&self, resource: Resource, value: &Dynamic) -> Option<Value> {
        let rep = self.last.get() + 1;
        self.last.set(rep);
        let value = value.clone().into_shared();
        self.values.borrow_mut().insert(rep, value);
        Own::make(resource, rep).map(Value::Own)
    }

    /// The value of a representation. Copies of it are the same value.
    pub fn value(&self, rep: u32) -> Dynamic {
        self.values.borrow().get(&rep).cloned().unwrap_or_default()
    }

    /// Forgets a representation, and returns its value.
    pub fn release(&self, rep: u32) -> Option<Dynamic> {
        self.values.borrow_mut().remove(&rep)
    }

    /// Makes a value of a resource that the caller lends until the call is over.
    pub fn lent(&self, borrow: Borrow) -> Dynamic {
        let handle = Handle::borrow(borrow);
        self.loans.borrow_mut().push(handle.clone());
        Dynamic::from(handle)
    }

    /// The number of loans, for `end_loans`.
    pub fn num_loans(&self) -> usize {
        self.loans.borrow().len()
    }

    /// Ends the loans after the first `count`.
    pub fn end_loans(&self, count: usize) {
        let over = self.loans.borrow_mut().split_off(count);
        for loan in over {
            loan.end_loan();
        }
    }
}
