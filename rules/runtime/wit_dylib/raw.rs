//! The structures in `wit_dylib.h`.

use core::ffi::{c_char, c_void};

/// A pointer to the stack of a call.
pub type Cx = *mut c_void;

/// The number and the address of elements.
#[repr(C)]
pub struct Array<T: 'static> {
    pub count: usize,
    pub items: *const T,
}

impl<T> Array<T> {
    /// The elements.
    pub fn all(&self) -> &'static [T] {
        match self.count {
            0 => &[],
            // SAFETY: the generated library describes its own constant data.
            count => unsafe { core::slice::from_raw_parts(self.items, count) },
        }
    }
}

/// A NUL-terminated text, or null.
#[repr(transparent)]
pub struct Text(*const c_char);

impl Text {
    /// The text.
    pub fn get(&self) -> Option<&'static str> {
        // SAFETY: texts are constant data, and NUL-terminated.
        let text = (!self.0.is_null()).then(|| unsafe { core::ffi::CStr::from_ptr(self.0) });
        text.and_then(|text| text.to_str().ok())
    }
}

/// Declares structures that begin with the interface and the name of an item.
macro_rules! items {
    ($($name:ident { $($field:ident: $ty:ty,)* })*) => {
        $(
            #[repr(C)]
            pub struct $name {
                pub interface: Text,
                pub name: Text,
                $(pub $field: $ty,)*
            }
        )*
    };
}

items! {
    ImportFunc {
        call: Option<unsafe extern "C" fn(Cx)>,
        call_async: Option<unsafe extern "C" fn(Cx, *mut u8) -> u32>,
        lift_async: Option<unsafe extern "C" fn(Cx, *mut u8)>,
        params: Array<u32>,
        result: u32,
        area_size: usize,
        area_align: usize,
    }
    ExportFunc {
        task_return: Option<unsafe extern "C" fn(Cx)>,
        params: Array<u32>,
        result: u32,
    }
    Resource {
        drop: unsafe extern "C" fn(u32),
        make: Option<unsafe extern "C" fn(usize) -> u32>,
        rep: Option<unsafe extern "C" fn(u32) -> usize>,
    }
    Record { fields: Array<Case>, }
    Flags { names: Array<Text>, }
    Tuple { types: Array<u32>, }
    Variant { cases: Array<Case>, }
    Enum { names: Array<Text>, }
    Opt { ty: u32, }
    Res { ok: u32, err: u32, }
    List { ty: u32, }
    Map { key: u32, value: u32, }
    FixedLengthList { size: usize, ty: u32, }
    Future {
        ty: u32,
        make: unsafe extern "C" fn() -> u64,
        read: unsafe extern "C" fn(u32, *mut u8) -> u32,
        write: unsafe extern "C" fn(u32, *const u8) -> u32,
        cancel_read: unsafe extern "C" fn(u32) -> u32,
        cancel_write: unsafe extern "C" fn(u32) -> u32,
        drop_readable: unsafe extern "C" fn(u32),
        drop_writable: unsafe extern "C" fn(u32),
        lift: Option<unsafe extern "C" fn(Cx, *const u8)>,
        lower: Option<unsafe extern "C" fn(Cx, *mut u8)>,
        size: usize,
        align: usize,
    }
    Stream {
        ty: u32,
        make: unsafe extern "C" fn() -> u64,
        read: unsafe extern "C" fn(u32, *mut u8, usize) -> u32,
        write: unsafe extern "C" fn(u32, *const u8, usize) -> u32,
        cancel_read: unsafe extern "C" fn(u32) -> u32,
        cancel_write: unsafe extern "C" fn(u32) -> u32,
        drop_readable: unsafe extern "C" fn(u32),
        drop_writable: unsafe extern "C" fn(u32),
        lift: Option<unsafe extern "C" fn(Cx, *const u8)>,
        lower: Option<unsafe extern "C" fn(Cx, *mut u8)>,
        size: usize,
        align: usize,
    }
    Alias { ty: u32, }
}

/// A field of a record, or a case of a variant.
#[repr(C)]
pub struct Case {
    pub name: Text,
    pub ty: u32,
}

/// The world.
#[repr(C)]
pub struct World {
    pub version: u32,
    pub import_funcs: Array<ImportFunc>,
    pub export_funcs: Array<ExportFunc>,
    pub resources: Array<Resource>,
    pub records: Array<Record>,
    pub flags: Array<Flags>,
    pub tuples: Array<Tuple>,
    pub variants: Array<Variant>,
    pub enums: Array<Enum>,
    pub options: Array<Opt>,
    pub results: Array<Res>,
    pub lists: Array<List>,
    pub maps: Array<Map>,
    pub fixed_length_lists: Array<FixedLengthList>,
    pub futures: Array<Future>,
    pub streams: Array<Stream>,
    pub aliases: Array<Alias>,
}

/// A source of the script.
#[repr(C)]
pub struct Source {
    pub name: Text,
    pub data: *const u8,
    pub size: usize,
}
