//! The functions that the generated library calls.

use crate::call::{call, Call};
use crate::raw::{self, Cx};
use crate::state;
use crate::task;
use crate::value::Value;
use crate::world::{ExportFunc, Resource, World};
use alloc::alloc::{alloc, dealloc, handle_alloc_error, realloc, Layout};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

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
        true => unsafe { call(cx) }.own(block, layout),
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
    let outer = task::enter(None);
    let result = unsafe { wit_dylib_interpreter_call(function, arguments) };
    task::enter(outer);
    check_result(function, result.as_ref());
    result.into_iter().for_each(|value| call.push(value));
}

/// Panics if a function has returned a value of another type.
pub(crate) fn check_result(function: ExportFunc, result: Option<&Value>) {
    match (result, function.result()) {
        (None, None) => {}
        (Some(value), Some(ty)) => {
            if let Err(e) = value.check(ty) {
                panic!("{function:?} returned {e}");
            }
        }
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

#[no_mangle]
unsafe extern "C" fn wit_dylib_resource_dtor(ty: usize, rep: usize) {
    let resource = Resource::at(state::world(), ty);
    let outer = task::enter(None);
    unsafe { wit_dylib_interpreter_destroy(resource, rep as u32) };
    task::enter(outer);
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

#[no_mangle]
unsafe extern "C" fn wit_dylib_pop_string(cx: Cx, to: &mut *const u8) -> usize {
    let call = unsafe { call(cx) };
    match call.pop() {
        Value::String(text) => call.lend(text.into_bytes(), to),
        value => unexpected(&value),
    }
}
