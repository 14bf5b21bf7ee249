//! The functions that the generated library calls.

use crate::raw::{self, Cx};
use crate::state;
use crate::value::{Borrow, Value};
use crate::world::{ExportFunc, Resource, Type, World};
use alloc::alloc::{alloc, dealloc, handle_alloc_error, realloc, Layout};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::{self, Vec};

/// The stack of a call, and what lives as long as it.
#[derive(Default)]
pub(crate) struct Call {
    pub(crate) stack: Vec<Slot>,
    /// Blocks to free.
    blocks: Vec<(*mut u8, Layout)>,
    /// Bytes that were handed out by pointer.
    bytes: Vec<Vec<u8>>,
    /// Resources that are lent.
    pub(crate) borrows: Vec<Borrow>,
}

/// A value on the stack, or the rest of one.
pub(crate) enum Slot {
    Value(Value),
    List(vec::IntoIter<Value>),
    Map(vec::IntoIter<(Value, Value)>),
}

impl Drop for Call {
    fn drop(&mut self) {
        for (block, layout) in self.blocks.drain(..) {
            // SAFETY: `cabi_realloc` allocated it, and the library gave it to this call.
            unsafe { dealloc(block, layout) };
        }
    }
}

impl Call {
    /// A call with arguments, of which the first is on top.
    pub(crate) fn with(arguments: Vec<Value>) -> Self {
        let mut call = Call::default();
        call.push_all(arguments);
        call
    }

    /// A pointer for the library.
    pub(crate) fn cx(&mut self) -> Cx {
        core::ptr::from_mut(self).cast()
    }

    /// The values, the lowest first.
    pub(crate) fn values(&mut self) -> Vec<Value> {
        let slots = core::mem::take(&mut self.stack).into_iter();
        slots
            .filter_map(|slot| match slot {
                Slot::Value(value) => Some(value),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn push(&mut self, value: Value) {
        self.stack.push(Slot::Value(value));
    }

    pub(crate) fn pop(&mut self) -> Value {
        match self.stack.pop() {
            Some(Slot::Value(value)) => value,
            _ => panic!("the stack of the call is not as the library requires"),
        }
    }

    pub(crate) fn pop_many(&mut self, count: usize) -> Vec<Value> {
        let start = self.stack.len().saturating_sub(count);
        let slots = self.stack.drain(start..);
        slots
            .filter_map(|slot| match slot {
                Slot::Value(value) => Some(value),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn payload(&mut self, ty: Option<Type>) -> Option<Box<Value>> {
        ty.map(|_| Box::new(self.pop()))
    }

    pub(crate) fn push_payload(&mut self, payload: Option<Box<Value>>) {
        if let Some(payload) = payload {
            self.push(*payload);
        }
    }

    pub(crate) fn push_all(&mut self, values: Vec<Value>) {
        self.stack.extend(values.into_iter().rev().map(Slot::Value));
    }
}

/// The call of a pointer that the library passes.
///
/// # Safety
///
/// The pointer is that of a call which is not used elsewhere.
pub(crate) unsafe fn call<'a>(cx: Cx) -> &'a mut Call {
    unsafe { &mut *cx.cast::<Call>() }
}

extern "Rust" {
    fn wit_dylib_interpreter_start(world: World, sources: crate::Sources);
    fn wit_dylib_interpreter_call(function: ExportFunc, arguments: Vec<Value>) -> Option<Value>;
    fn wit_dylib_interpreter_destroy(resource: Resource, rep: u32);
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_initialize(world: &'static raw::World) {
    assert_eq!(
        world.version,
        crate::VERSION,
        "the library has another version"
    );
    state::set_world(World(world));
    unsafe { wit_dylib_interpreter_start(World(world), crate::Sources(())) };
}

/// Allocates, grows or frees memory, as the canonical ABI requires.
#[no_mangle]
unsafe extern "C" fn cabi_realloc(
    old: *mut u8,
    old_size: usize,
    align: usize,
    size: usize,
) -> *mut u8 {
    let layout = |size| Layout::from_size_align(size, align).expect("a layout");
    let block = unsafe {
        match (old_size, size) {
            (0, 0) => return core::ptr::without_provenance_mut(align),
            (0, _) => alloc(layout(size)),
            (_, 0) => {
                dealloc(old, layout(old_size));
                return core::ptr::without_provenance_mut(align);
            }
            _ => realloc(old, layout(old_size), size),
        }
    };
    if block.is_null() {
        handle_alloc_error(layout(size));
    }
    block
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_dealloc_bytes(
    cx: Cx,
    block: *mut u8,
    size: usize,
    align: usize,
    defer: bool,
) {
    if size == 0 {
        return;
    }
    let layout = Layout::from_size_align(size, align).expect("a layout");
    match defer {
        true => unsafe { call(cx) }.blocks.push((block, layout)),
        false => unsafe { dealloc(block, layout) },
    }
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_export_start(_which: usize) -> Cx {
    Box::into_raw(Box::<Call>::default()).cast()
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_export_call(cx: Cx, which: usize) {
    let call = unsafe { call(cx) };
    let function = ExportFunc::at(state::world(), which);
    let arguments = call.values();
    let result = unsafe { wit_dylib_interpreter_call(function, arguments) };
    match (result, function.result()) {
        (None, None) => {}
        (Some(value), Some(ty)) => match value.check(ty) {
            Ok(()) => call.push(value),
            Err(e) => panic!("{function:?} returned {e}"),
        },
        (None, Some(ty)) => panic!(
            "{function:?} returned nothing in place of {}",
            ty.describe()
        ),
        (Some(value), None) => panic!("{function:?} returned {} in place of nothing", value.kind()),
    }
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_export_finish(cx: Cx, _which: usize) {
    drop(unsafe { Box::from_raw(cx.cast::<Call>()) });
}

/// Runs an asynchronous function without waiting: its result is returned at once.
#[no_mangle]
unsafe extern "C" fn wit_dylib_export_async_call(cx: Cx, which: usize) -> u32 {
    const EXIT: u32 = 0;
    unsafe {
        wit_dylib_export_call(cx, which);
        if let Some(task_return) = ExportFunc::at(state::world(), which).0.task_return {
            task_return(cx);
        }
        wit_dylib_export_finish(cx, which);
    }
    EXIT
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_export_async_callback(
    _event: u32,
    _waitable: u32,
    _code: u32,
    _which: usize,
) -> u32 {
    unreachable!("no task waits")
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_resource_dtor(ty: usize, rep: usize) {
    let resource = Resource::at(state::world(), ty);
    unsafe { wit_dylib_interpreter_destroy(resource, rep as u32) };
}

/// Defines the functions that push and pop values of types without parts.
macro_rules! scalars {
    ($($push:ident, $pop:ident: $name:ident($ty:ty);)*) => {
        $(
            #[no_mangle]
            unsafe extern "C" fn $push(cx: Cx, value: $ty) {
                unsafe { call(cx) }.push(Value::$name(value));
            }

            #[no_mangle]
            unsafe extern "C" fn $pop(cx: Cx) -> $ty {
                match unsafe { call(cx) }.pop() {
                    Value::$name(value) => value,
                    value => unexpected(&value),
                }
            }
        )*
    };
}

scalars! {
    wit_dylib_push_bool, wit_dylib_pop_bool: Bool(bool);
    wit_dylib_push_u8, wit_dylib_pop_u8: U8(u8);
    wit_dylib_push_u16, wit_dylib_pop_u16: U16(u16);
    wit_dylib_push_u32, wit_dylib_pop_u32: U32(u32);
    wit_dylib_push_u64, wit_dylib_pop_u64: U64(u64);
    wit_dylib_push_s8, wit_dylib_pop_s8: S8(i8);
    wit_dylib_push_s16, wit_dylib_pop_s16: S16(i16);
    wit_dylib_push_s32, wit_dylib_pop_s32: S32(i32);
    wit_dylib_push_s64, wit_dylib_pop_s64: S64(i64);
    wit_dylib_push_f32, wit_dylib_pop_f32: F32(f32);
    wit_dylib_push_f64, wit_dylib_pop_f64: F64(f64);
}

/// All values were checked before.
pub(crate) fn unexpected(value: &Value) -> ! {
    panic!("unexpected value: {}", value.kind())
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_push_char(cx: Cx, value: u32) {
    let value = char::from_u32(value).expect("a character");
    unsafe { call(cx) }.push(Value::Char(value));
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_pop_char(cx: Cx) -> u32 {
    match unsafe { call(cx) }.pop() {
        Value::Char(value) => value.into(),
        value => unexpected(&value),
    }
}

/// The bytes of a block of `cabi_realloc`.
///
/// # Safety
///
/// The block has this size, and nothing else owns it.
pub(crate) unsafe fn owned(bytes: *mut u8, size: usize) -> Vec<u8> {
    match size {
        0 => Vec::new(),
        _ => unsafe { Vec::from_raw_parts(bytes, size, size) },
    }
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_push_string(cx: Cx, bytes: *mut u8, size: usize) {
    let bytes = unsafe { owned(bytes, size) };
    let text = String::from_utf8(bytes).expect("UTF-8");
    unsafe { call(cx) }.push(Value::String(text));
}

impl Call {
    pub(crate) fn lend(&mut self, bytes: Vec<u8>, to: &mut *const u8) -> usize {
        let size = bytes.len();
        // Empty vectors have an address that is not null.
        *to = bytes.as_ptr();
        if size > 0 {
            self.bytes.push(bytes);
        }
        size
    }
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_pop_string(cx: Cx, to: &mut *const u8) -> usize {
    let call = unsafe { call(cx) };
    match call.pop() {
        Value::String(text) => call.lend(text.into_bytes(), to),
        value => unexpected(&value),
    }
}
