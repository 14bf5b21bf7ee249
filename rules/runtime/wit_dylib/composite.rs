//! The functions that the generated library calls for values with parts, and for handles.

use crate::abi::{owned, unexpected};
use crate::call::{call, Slot};
use crate::end::{Future, Stream};
use crate::raw::Cx;
use crate::state::world;
use crate::value::{Borrow, Own, Value};
use crate::world::{
    Enum, Flags, FutureType, List, OptionType, Record, Resource, ResultType, StreamType, Tuple,
    Type, Variant,
};
use alloc::vec::Vec;

/// Defines the functions that push and pop values with a number: of a case, or of bits.
macro_rules! numbers {
    ($($push:ident as $make:expr, $pop:ident of $value:pat => $number:expr;)*) => {
        $(
            #[no_mangle]
            unsafe extern "C" fn $push(cx: Cx, ty: usize, number: u32) {
                let make: fn(usize, u32) -> Value = $make;
                unsafe { call(cx) }.push(make(ty, number));
            }

            #[no_mangle]
            unsafe extern "C" fn $pop(cx: Cx, _ty: usize) -> u32 {
                match unsafe { call(cx) }.pop() {
                    $value => $number,
                    value => unexpected(&value),
                }
            }
        )*
    };
}

numbers! {
    wit_dylib_push_flags as |ty, bits| Value::Flags(Flags::at(world(), ty), bits),
    wit_dylib_pop_flags of Value::Flags(_, bits) => bits;
    wit_dylib_push_enum as |ty, case| Value::Enum(Enum::at(world(), ty), case),
    wit_dylib_pop_enum of Value::Enum(_, case) => case;
}

/// Defines the functions that push and pop owned handles.
macro_rules! handles {
    ($($push:ident, $pop:ident: $name:ident of $ty:ident by $drop:ident;)*) => {
        $(
            #[no_mangle]
            unsafe extern "C" fn $push(cx: Cx, ty: usize, handle: u32) {
                let value = $name::new($ty::at(world(), ty), handle);
                unsafe { call(cx) }.push(Value::$name(value));
            }

            #[no_mangle]
            unsafe extern "C" fn $pop(cx: Cx, _ty: usize) -> u32 {
                let call = unsafe { call(cx) };
                match call.pop() {
                    Value::$name(value) => {
                        let drop = value.ty().0.$drop;
                        let handle = value.into_handle();
                        call.given.push((drop, handle));
                        handle
                    }
                    value => unexpected(&value),
                }
            }
        )*
    };
}

handles! {
    wit_dylib_push_own, wit_dylib_pop_own: Own of Resource by drop;
    wit_dylib_push_future, wit_dylib_pop_future: Future of FutureType by drop_readable;
    wit_dylib_push_stream, wit_dylib_pop_stream: Stream of StreamType by drop_readable;
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_push_borrow(cx: Cx, ty: usize, value: u32) {
    let resource = Resource::at(world(), ty);
    let borrow = Borrow::received(resource, value);
    let call = unsafe { call(cx) };
    call.received.extend(borrow.loan());
    call.push(Value::Borrow(borrow));
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_pop_borrow(cx: Cx, _ty: usize) -> u32 {
    let call = unsafe { call(cx) };
    match call.pop() {
        Value::Borrow(borrow) => {
            let handle = borrow.handle();
            // A handle that is lent on must not be dropped before the call.
            call.borrows.push(borrow);
            handle
        }
        value => unexpected(&value),
    }
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_push_record(cx: Cx, ty: usize) {
    let call = unsafe { call(cx) };
    let record = Record::at(world(), ty);
    let fields = call.pop_many(record.fields().len());
    call.push(Value::Record(record, fields));
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_pop_record(cx: Cx, _ty: usize) {
    let call = unsafe { call(cx) };
    match call.pop() {
        Value::Record(_, fields) => call.push_all(fields),
        value => unexpected(&value),
    }
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_push_tuple(cx: Cx, ty: usize) {
    let call = unsafe { call(cx) };
    let count = Tuple::at(world(), ty).types().len();
    let values = call.pop_many(count);
    call.push(Value::Tuple(values));
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_pop_tuple(cx: Cx, _ty: usize) {
    let call = unsafe { call(cx) };
    match call.pop() {
        Value::Tuple(values) => call.push_all(values),
        value => unexpected(&value),
    }
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_push_option(cx: Cx, ty: usize, discr: u32) {
    let call = unsafe { call(cx) };
    let ty = OptionType::at(world(), ty).ty();
    let value = call.payload((discr != 0).then_some(ty));
    call.push(Value::Option(value));
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_pop_option(cx: Cx, _ty: usize) -> u32 {
    let call = unsafe { call(cx) };
    match call.pop() {
        Value::Option(value) => {
            let discr = value.is_some().into();
            call.push_payload(value);
            discr
        }
        value => unexpected(&value),
    }
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_push_result(cx: Cx, ty: usize, discr: u32) {
    let call = unsafe { call(cx) };
    let ty = ResultType::at(world(), ty);
    let value = match discr {
        0 => Ok(call.payload(ty.ok())),
        _ => Err(call.payload(ty.err())),
    };
    call.push(Value::Result(value));
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_pop_result(cx: Cx, _ty: usize) -> u32 {
    let call = unsafe { call(cx) };
    match call.pop() {
        Value::Result(value) => {
            let discr = value.is_err().into();
            call.push_payload(value.unwrap_or_else(|e| e));
            discr
        }
        value => unexpected(&value),
    }
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_push_variant(cx: Cx, ty: usize, discr: u32) {
    let call = unsafe { call(cx) };
    let variant = Variant::at(world(), ty);
    let payload = variant.cases().nth(discr as usize).and_then(|(_, ty)| ty);
    let value = call.payload(payload);
    call.push(Value::Variant(variant, discr, value));
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_pop_variant(cx: Cx, _ty: usize) -> u32 {
    let call = unsafe { call(cx) };
    match call.pop() {
        Value::Variant(_, discr, value) => {
            call.push_payload(value);
            discr
        }
        value => unexpected(&value),
    }
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_push_list(cx: Cx, ty: usize, bytes: *mut u8, len: usize) -> bool {
    let call = unsafe { call(cx) };
    let is_bytes = List::at(world(), ty).ty() == Type::U8;
    call.push(match is_bytes {
        true => Value::Bytes(unsafe { owned(bytes, len) }),
        false => Value::List(Vec::with_capacity(len)),
    });
    is_bytes
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_list_append(cx: Cx, _ty: usize) {
    let call = unsafe { call(cx) };
    let value = call.pop();
    match call.stack.last_mut() {
        Some(Slot::Value(Value::List(list))) => list.push(value),
        _ => unexpected(&value),
    }
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_pop_list(cx: Cx, _ty: usize, to: &mut *const u8) -> usize {
    let call = unsafe { call(cx) };
    match call.pop() {
        Value::Bytes(bytes) => call.lend(bytes, to),
        Value::List(values) => {
            let count = values.len();
            *to = core::ptr::null();
            call.stack.push(Slot::List(values.into_iter()));
            count
        }
        value => unexpected(&value),
    }
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_pop_list_iter_next(cx: Cx, _ty: usize) {
    let call = unsafe { call(cx) };
    if let Some(Slot::List(values)) = call.stack.last_mut() {
        if let Some(value) = values.next() {
            call.push(value);
        }
    }
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_pop_list_iter(cx: Cx, _ty: usize) {
    unsafe { call(cx) }.stack.pop();
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_push_map(cx: Cx, _ty: usize, len: usize) {
    unsafe { call(cx) }.push(Value::Map(Vec::with_capacity(len)));
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_map_append(cx: Cx, _ty: usize) {
    let call = unsafe { call(cx) };
    let (value, key) = (call.pop(), call.pop());
    match call.stack.last_mut() {
        Some(Slot::Value(Value::Map(map))) => map.push((key, value)),
        _ => unexpected(&value),
    }
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_pop_map(cx: Cx, _ty: usize) -> usize {
    let call = unsafe { call(cx) };
    match call.pop() {
        Value::Map(entries) => {
            let count = entries.len();
            call.stack.push(Slot::Map(entries.into_iter()));
            count
        }
        value => unexpected(&value),
    }
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_pop_map_iter_next(cx: Cx, _ty: usize) {
    let call = unsafe { call(cx) };
    if let Some(Slot::Map(entries)) = call.stack.last_mut() {
        if let Some((key, value)) = entries.next() {
            call.push(value);
            call.push(key);
        }
    }
}

#[no_mangle]
unsafe extern "C" fn wit_dylib_pop_map_iter(cx: Cx, _ty: usize) {
    unsafe { call(cx) }.stack.pop();
}
