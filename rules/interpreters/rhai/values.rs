//! Values of WIT as values of Rhai, and back.

use crate::handles::Handle;
use crate::host::Host;
use rhai::{Array, Dynamic, Map};
use wit_dylib::{Type, Value};

/// A name of WIT as a name of Rhai: `snake_case`.
pub fn snake_case(name: &str) -> String {
    name.replace('-', "_")
}

/// The name of a resource: `PascalCase`.
pub fn pascal_case(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let mut chars = word.chars();
        let first = chars.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(chars).collect::<String>()
    });
    words.collect()
}

/// Whether `()` is a value of the type, so that an option of it has to be a map.
fn is_nullable(ty: Type) -> bool {
    matches!(ty, Type::Option(_))
}

fn tagged(tag: &str, value: Option<Dynamic>) -> Dynamic {
    let mut map = Map::from([("tag".into(), tag.into())]);
    if let Some(value) = value {
        map.insert("val".into(), value);
    }
    Dynamic::from_map(map)
}

/// Makes a value of the script. The value has the type.
pub fn to_script(host: &Host, value: Value, ty: Type) -> Dynamic {
    let all = |values: Vec<Value>, types: &mut dyn Iterator<Item = Type>| -> Array {
        let pairs = values.into_iter().zip(types);
        pairs
            .map(|(value, ty)| to_script(host, value, ty))
            .collect()
    };
    let payload = |value: Option<Box<Value>>, ty: Option<Type>| Some(to_script(host, *value?, ty?));
    match (value, ty) {
        (Value::U8(n), _) => Dynamic::from_int(n.into()),
        (Value::U16(n), _) => Dynamic::from_int(n.into()),
        (Value::U32(n), _) => Dynamic::from_int(n.into()),
        (Value::U64(n), _) => Dynamic::from_int(n as i64),
        (Value::S8(n), _) => Dynamic::from_int(n.into()),
        (Value::S16(n), _) => Dynamic::from_int(n.into()),
        (Value::S32(n), _) => Dynamic::from_int(n.into()),
        (Value::S64(n), _) => Dynamic::from_int(n),
        (Value::Bool(b), _) => Dynamic::from_bool(b),
        (Value::Char(c), _) => Dynamic::from_char(c),
        (Value::F32(n), _) => Dynamic::from_float(n.into()),
        (Value::F64(n), _) => Dynamic::from_float(n),
        (Value::String(text), _) => text.into(),
        (Value::Bytes(bytes), _) => Dynamic::from_blob(bytes),
        (Value::List(values), Type::List(list)) => {
            all(values, &mut std::iter::repeat(list.ty())).into()
        }
        (Value::Tuple(values), Type::Tuple(tuple)) => all(values, &mut tuple.types()).into(),
        (Value::Record(record, values), _) => {
            let fields = record.fields().zip(values);
            let fields = fields
                .map(|((name, ty), value)| (snake_case(name).into(), to_script(host, value, ty)));
            Dynamic::from_map(fields.collect())
        }
        (Value::Map(entries), Type::Map(map)) if map.key() == Type::String => {
            let entries = entries.into_iter().filter_map(|(key, value)| match key {
                Value::String(key) => Some((key.into(), to_script(host, value, map.value()))),
                _ => None,
            });
            Dynamic::from_map(entries.collect())
        }
        (Value::Map(entries), Type::Map(map)) => {
            let pairs = entries.into_iter().map(|(key, value)| {
                let key = to_script(host, key, map.key());
                Dynamic::from_array(vec![key, to_script(host, value, map.value())])
            });
            Dynamic::from_array(pairs.collect())
        }
        (Value::Flags(flags, bits), _) => {
            let all = flags.names().enumerate();
            let all = all.map(|(i, name)| (snake_case(name).into(), (bits >> i & 1 == 1).into()));
            Dynamic::from_map(all.collect())
        }
        (Value::Enum(ty, case), _) => ty.names().nth(case as usize).unwrap_or_default().into(),
        (Value::Variant(variant, case, value), _) => {
            let (name, ty) = variant.cases().nth(case as usize).unwrap_or_default();
            tagged(name, payload(value, ty))
        }
        (Value::Option(value), Type::Option(option)) => {
            let tag = if value.is_some() { "some" } else { "none" };
            let value = payload(value, Some(option.ty()));
            match is_nullable(option.ty()) {
                true => tagged(tag, value),
                false => value.unwrap_or_default(),
            }
        }
        (Value::Result(Ok(value)), Type::Result(ty)) => tagged("ok", payload(value, ty.ok())),
        (Value::Result(Err(value)), Type::Result(ty)) => tagged("err", payload(value, ty.err())),
        (Value::Own(own), _) => match own.rep() {
            // The script owns the value again: the destructor finds no representation.
            Some(rep) => host.resources.release(rep).unwrap_or_default(),
            None => Dynamic::from(Handle::own(own)),
        },
        (Value::Borrow(borrow), _) => match borrow.ty().is_exported() {
            true => host.resources.value(borrow.rep().unwrap_or_default()),
            false => host.resources.lent(borrow),
        },
        // Worlds with these are rejected, and the library returns values of the type.
        (Value::Future(_) | Value::Stream(_), _) => Dynamic::UNIT,
        (value, ty) => unreachable!("{} as {}", value.kind(), ty.describe()),
    }
}

/// A value that does not have a type.
pub struct Mismatch {
    /// The path to it, the outermost step last.
    path: Vec<String>,
    expected: String,
    got: String,
}

impl Mismatch {
    fn new(value: &Dynamic, expected: impl Into<String>) -> Self {
        let got = describe(value);
        let expected = expected.into();
        let path = Vec::new();
        Mismatch {
            path,
            expected,
            got,
        }
    }

    fn within(mut self, step: String) -> Self {
        self.path.push(step);
        self
    }

    /// `what.path[1]: expected a type, got a value`.
    pub fn message(&self, what: &str) -> String {
        let path: String = self.path.iter().rev().map(String::as_str).collect();
        format!("{what}{path}: expected {}, got {}", self.expected, self.got)
    }
}

/// A value in a message.
fn describe(value: &Dynamic) -> String {
    const SHOWN: usize = 40;
    let kind = match value.type_name() {
        "i64" => "integer",
        "f64" => "float",
        "map" | "array" | "blob" => return value.type_name().to_string(),
        "()" => return "()".to_string(),
        name => name,
    };
    let text = value.to_string();
    match (text.len() > SHOWN, value.is_string()) {
        (true, _) => kind.to_string(),
        (false, true) => format!("{kind} {text:?}"),
        (false, false) => format!("{kind} {text}"),
    }
}

/// Makes a value of a type. With `take`, resources are given away; without, the value is only checked, and contains others in
/// their place. So an error is found before any resource is given away.
pub fn to_wit(host: &Host, value: &Dynamic, ty: Type, take: bool) -> Result<Value, Mismatch> {
    macro_rules! integer {
        ($make:ident, $ty:ty) => {{
            let number = value.as_int().ok().and_then(|n| <$ty>::try_from(n).ok());
            let expected = || Mismatch::new(value, stringify!($ty).replace('i', "s"));
            Value::$make(number.ok_or_else(expected)?)
        }};
    }
    let wrong = |expected: &str| Mismatch::new(value, expected);
    let convert = |value: &Dynamic, ty: Type, step: &dyn Fn() -> String| {
        to_wit(host, value, ty, take).map_err(|e| e.within(step()))
    };
    let elements = |expected: String, types: &mut dyn Iterator<Item = Type>| {
        let array = value.as_array_ref();
        let array = array.map_err(|_| Mismatch::new(value, expected))?;
        let pairs = array.iter().zip(types).enumerate();
        pairs
            .map(|(i, (value, ty))| convert(value, ty, &|| format!("[{i}]")))
            .collect::<Result<Vec<_>, _>>()
    };
    let field = |map: &Map, name: &str, ty: Type| {
        let missing = Dynamic::UNIT;
        let value = map.get(name).unwrap_or(&missing);
        convert(value, ty, &|| format!(".{name}"))
    };
    // The number of a case, and its payload.
    let case = |cases: &[(&str, Option<Type>)]| {
        let map = value.as_map_ref();
        let map = map.map_err(|_| wrong("a map #{tag, val}"))?;
        let missing = Dynamic::UNIT;
        let tag = map.get("tag").unwrap_or(&missing);
        let names: Vec<&str> = cases.iter().map(|(name, _)| *name).collect();
        let found = find_name(tag, &names).map_err(|e| e.within(".tag".to_string()))?;
        let payload = cases[found]
            .1
            .map(|ty| field(&map, "val", ty))
            .transpose()?;
        Ok((found as u32, payload.map(Box::new)))
    };
    Ok(match ty {
        Type::U8 => integer!(U8, u8),
        Type::U16 => integer!(U16, u16),
        Type::U32 => integer!(U32, u32),
        Type::S8 => integer!(S8, i8),
        Type::S16 => integer!(S16, i16),
        Type::S32 => integer!(S32, i32),
        Type::U64 => Value::U64(value.as_int().map_err(|_| wrong("u64 (an integer)"))? as u64),
        Type::S64 => Value::S64(value.as_int().map_err(|_| wrong("s64 (an integer)"))?),
        Type::F32 => Value::F32(float(value).ok_or_else(|| wrong("f32"))? as f32),
        Type::F64 => Value::F64(float(value).ok_or_else(|| wrong("f64"))?),
        Type::Bool => Value::Bool(value.as_bool().map_err(|_| wrong("bool"))?),
        Type::Char => Value::Char(value.as_char().map_err(|_| wrong("char"))?),
        Type::String => {
            let text = value.as_immutable_string_ref();
            Value::String(text.map_err(|_| wrong("string"))?.to_string())
        }
        Type::Record(record) => {
            let map = value.as_map_ref();
            let map = map.map_err(|_| wrong(&format!("a record `{}` (a map)", record.name())))?;
            let fields = record.fields();
            let fields = fields.map(|(name, ty)| field(&map, &snake_case(name), ty));
            Value::Record(record, fields.collect::<Result<_, _>>()?)
        }
        Type::Tuple(tuple) => {
            let len = tuple.types().len();
            let expected = format!("an array with {len} elements");
            if value.as_array_ref().is_ok_and(|array| array.len() != len) {
                return Err(wrong(&expected));
            }
            Value::Tuple(elements(expected, &mut tuple.types())?)
        }
        Type::List(list) if list.ty() == Type::U8 && value.is_blob() => {
            Value::Bytes(value.as_blob_ref().map(|b| b.to_vec()).unwrap_or_default())
        }
        Type::List(list) => {
            let expected = match list.ty() {
                Type::U8 => "a blob".to_string(),
                _ => "an array".to_string(),
            };
            let values = elements(expected, &mut std::iter::repeat(list.ty()))?;
            match list.ty() {
                Type::U8 => Value::Bytes(values.iter().filter_map(byte).collect()),
                _ => Value::List(values),
            }
        }
        Type::Map(map) if map.key() == Type::String => {
            let entries = value.as_map_ref();
            let entries = entries.map_err(|_| wrong("a map"))?;
            let entries = entries.iter().map(|(key, value)| {
                let step = || format!("[{key:?}]");
                Ok((
                    Value::String(key.to_string()),
                    convert(value, map.value(), &step)?,
                ))
            });
            Value::Map(entries.collect::<Result<_, _>>()?)
        }
        Type::Map(map) => {
            let pairs = value.as_array_ref();
            let pairs = pairs.map_err(|_| wrong("an array of [key, value]"))?;
            let entries = pairs.iter().enumerate().map(|(i, pair)| {
                let at = |part: usize| format!("[{i}][{part}]");
                let pair = match pair.as_array_ref() {
                    Ok(pair) if pair.len() == 2 => pair,
                    _ => {
                        let wrong = Mismatch::new(pair, "an array with 2 elements");
                        return Err(wrong.within(format!("[{i}]")));
                    }
                };
                let key = convert(&pair[0], map.key(), &|| at(0))?;
                Ok((key, convert(&pair[1], map.value(), &|| at(1))?))
            });
            Value::Map(entries.collect::<Result<_, _>>()?)
        }
        Type::Flags(flags) => {
            let map = value.as_map_ref();
            let map = map.map_err(|_| wrong("a map with a boolean for each flag"))?;
            let mut bits = 0;
            for (i, name) in flags.names().enumerate() {
                if let Some(value) = map.get(snake_case(name).as_str()) {
                    let flag = convert(value, Type::Bool, &|| format!(".{}", snake_case(name)))?;
                    bits |= u32::from(flag == Value::Bool(true)) << i;
                }
            }
            Value::Flags(flags, bits)
        }
        Type::Enum(ty) => Value::Enum(
            ty,
            find_name(value, &ty.names().collect::<Vec<_>>())? as u32,
        ),
        Type::Variant(variant) => {
            let (found, payload) = case(&variant.cases().collect::<Vec<_>>())?;
            Value::Variant(variant, found, payload)
        }
        Type::Result(ty) => match case(&[("ok", ty.ok()), ("err", ty.err())])? {
            (0, payload) => Value::Result(Ok(payload)),
            (_, payload) => Value::Result(Err(payload)),
        },
        Type::Option(option) if is_nullable(option.ty()) => {
            let (_, payload) = case(&[("none", None), ("some", Some(option.ty()))])?;
            Value::Option(payload)
        }
        Type::Option(_) if value.is_unit() => Value::Option(None),
        Type::Option(option) => {
            let value = to_wit(host, value, option.ty(), take)?;
            Value::Option(Some(Box::new(value)))
        }
        Type::Own(resource) if resource.is_exported() => match value.is_unit() {
            true => return Err(wrong(&format!("a {}", pascal_case(resource.name())))),
            false if !take => Value::Bool(true),
            false => match host.resources.export(resource, value) {
                Some(value) => value,
                None => return Err(wrong("a resource of this world")),
            },
        },
        Type::Own(resource) | Type::Borrow(resource) => {
            let class = pascal_case(resource.name());
            let handle = value.read_lock::<Handle>();
            let handle = handle.filter(|handle| handle.resource() == resource);
            let handle = handle.ok_or_else(|| wrong(&format!("a {class}")))?;
            let gone = |why: &str| wrong(&format!("a {class} that {why}"));
            match ty {
                Type::Own(_) if take => Value::Own(handle.take().map_err(gone)?),
                Type::Own(_) => handle
                    .check(true)
                    .map(|()| Value::Bool(true))
                    .map_err(gone)?,
                _ => Value::Borrow(handle.lend().map_err(gone)?),
            }
        }
        Type::Future(_) | Type::Stream(_) => {
            return Err(wrong("a type that this interpreter supports"));
        }
    })
}

fn float(value: &Dynamic) -> Option<f64> {
    let integer = || value.as_int().map(|n| n as f64);
    value.as_float().or_else(|_| integer()).ok()
}

fn byte(value: &Value) -> Option<u8> {
    match value {
        Value::U8(byte) => Some(*byte),
        _ => None,
    }
}

/// The index of the name that a value is.
fn find_name(value: &Dynamic, names: &[&str]) -> Result<usize, Mismatch> {
    let text = value.as_immutable_string_ref();
    let found = text
        .ok()
        .and_then(|text| names.iter().position(|name| *text == *name));
    found.ok_or_else(|| {
        let listed: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
        Mismatch::new(value, format!("one of {}", listed.join(", ")))
    })
}

/// Whether values of a type can contain resources that are given away.
pub fn contains_own(ty: Type) -> bool {
    let optional = |ty: Option<Type>| ty.is_some_and(contains_own);
    match ty {
        Type::Own(_) => true,
        Type::Record(record) => record.fields().any(|(_, ty)| contains_own(ty)),
        Type::Tuple(tuple) => tuple.types().any(contains_own),
        Type::Variant(variant) => variant.cases().any(|(_, ty)| optional(ty)),
        Type::Option(option) => contains_own(option.ty()),
        Type::Result(result) => optional(result.ok()) || optional(result.err()),
        Type::List(list) => contains_own(list.ty()),
        Type::Map(map) => contains_own(map.key()) || contains_own(map.value()),
        _ => false,
    }
}

/// Checks a value first if that could give resources away, and makes the value of a type.
pub fn checked(host: &Host, value: &Dynamic, ty: Type) -> Result<Value, Mismatch> {
    if contains_own(ty) {
        to_wit(host, value, ty, false)?;
    }
    to_wit(host, value, ty, true)
}
