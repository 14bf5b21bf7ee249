//! Random values, and whether values that come back are equal.

use crate::handles::{block_on, future, read, stream};
use crate::payloads::Kind;
use wasmtime::component::{Func, ResourceAny, ResourceType, Type, Val};
use wasmtime::{Result, Store};

/// A source of random numbers: SplitMix64.
pub struct Random(u64);

/// The deepest nesting of values that are not minimal.
const DEPTH: usize = 6;

/// What a value must be when it comes back.
#[derive(Clone, Debug)]
pub enum Mirror {
    /// This value.
    Value(Val),
    /// A resource with this number.
    Own(u32),
    /// A resource that was lent.
    Borrow,
    /// A stream or a future of payloads, as texts.
    Payloads(Kind, Vec<String>),
    /// Parts.
    Parts(Vec<Mirror>),
    /// A case, by its name or number, with a payload.
    Case(String, Option<Box<Mirror>>),
}

/// The constructors and methods of the resources of a component.
pub struct Resources {
    all: Vec<(ResourceType, Func, Func)>,
}

impl Resources {
    /// Finds them in the exported functions.
    pub fn new(store: &Store<()>, functions: &[(String, Func)]) -> Self {
        let mut all = Vec::new();
        for (name, constructor) in functions {
            let Some((interface, resource)) = name.split_once("#[constructor]") else {
                continue;
            };
            let method = format!("{interface}#[method]{resource}.rep");
            let method = functions.iter().find(|(name, _)| *name == method);
            let ty = constructor.ty(store).results().next();
            if let (Some((_, method)), Some(Type::Own(ty))) = (method, ty) {
                all.push((ty, *constructor, *method));
            }
        }
        Resources { all }
    }

    fn make(&self, store: &mut Store<()>, ty: ResourceType, rep: u32) -> Result<Val> {
        let found = self.all.iter().find(|(other, ..)| *other == ty);
        let (_, constructor, _) = found.ok_or_else(|| wasmtime::format_err!("no constructor"))?;
        let mut results = [Val::Bool(false)];
        block_on(constructor.call_async(store, &[Val::U32(rep)], &mut results))?;
        let [result] = results;
        Ok(result)
    }

    fn rep(&self, store: &mut Store<()>, resource: ResourceAny) -> Result<u32> {
        let found = self.all.iter().find(|(ty, ..)| *ty == resource.ty());
        let (.., method) = found.ok_or_else(|| wasmtime::format_err!("no method"))?;
        let mut results = [Val::Bool(false)];
        block_on(method.call_async(store, &[Val::Resource(resource)], &mut results))?;
        match results {
            [Val::U32(rep)] => Ok(rep),
            other => Err(wasmtime::format_err!("{other:?} is no number")),
        }
    }

    /// Drops the resources that were lent to a function.
    pub fn drop_lent(&self, store: &mut Store<()>, arguments: Vec<Val>) -> Result<()> {
        for argument in arguments {
            if let Val::Resource(resource) = argument {
                // Those that were given away are dropped already.
                let _ = block_on(resource.resource_drop_async(&mut *store));
            }
        }
        Ok(())
    }
}

impl Random {
    /// A source that a seed determines.
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// A number of any width, and often one at an end of its range.
    pub fn bits(&mut self) -> u64 {
        match self.below(4) {
            0 => [0, 1, u64::MAX, i64::MAX as u64, 1 << 53, 0x7fff_ffff, 0x80][self.below(7)],
            _ => self.next() >> self.below(64),
        }
    }

    fn char(&mut self) -> char {
        const SPECIAL: [char; 7] = [
            '\0',
            '\u{d7ff}',
            '\u{e000}',
            '\u{ffff}',
            '\u{10000}',
            '\u{10ffff}',
            'é',
        ];
        match self.below(3) {
            0 => SPECIAL[self.below(SPECIAL.len())],
            _ => char::from_u32(self.next() as u32 % 0x11_0000).unwrap_or('a'),
        }
    }

    pub fn len(&mut self, depth: usize) -> usize {
        match self.below(12) {
            _ if depth > DEPTH => 0,
            0 | 1 => 0,
            // A block that the interpreter has to grow its memory for.
            2 if depth < 2 => 1000 + self.below(3000),
            _ => self.below(4),
        }
    }

    pub fn text(&mut self, depth: usize) -> String {
        let len = self.len(depth);
        (0..len).map(|_| self.char()).collect()
    }

    /// A value of a type, and what comes back.
    pub fn value(
        &mut self,
        store: &mut Store<()>,
        resources: &Resources,
        ty: &Type,
        depth: usize,
    ) -> Result<(Val, Mirror)> {
        let mut part = |this: &mut Self, ty: &Type| this.value(store, resources, ty, depth + 1);
        let value = match ty {
            Type::Bool => Val::Bool(self.next() % 2 == 1),
            Type::S8 => Val::S8(self.bits() as i8),
            Type::U8 => Val::U8(self.bits() as u8),
            Type::S16 => Val::S16(self.bits() as i16),
            Type::U16 => Val::U16(self.bits() as u16),
            Type::S32 => Val::S32(self.bits() as i32),
            Type::U32 => Val::U32(self.bits() as u32),
            Type::S64 => Val::S64(self.bits() as i64),
            Type::U64 => Val::U64(self.bits()),
            Type::Float32 => Val::Float32(f32::from_bits(self.bits() as u32)),
            Type::Float64 => Val::Float64(f64::from_bits(self.bits())),
            Type::Char => Val::Char(self.char()),
            Type::String => Val::String(self.text(depth)),
            Type::List(list) => {
                let (len, ty) = (self.len(depth), list.ty());
                // Long lists only of values without parts.
                let len = match ty {
                    Type::U8 | Type::U64 | Type::Float32 | Type::String => len,
                    _ => len.min(3),
                };
                let all = (0..len)
                    .map(|_| part(self, &ty))
                    .collect::<Result<Vec<_>>>()?;
                let (values, mirrors) = all.into_iter().unzip();
                return Ok((Val::List(values), Mirror::Parts(mirrors)));
            }
            Type::Map(map) => {
                let (key, value) = (map.key(), map.value());
                let len = match has_handle(&value) {
                    // They are compared as a whole.
                    true => 0,
                    false => self.len(depth).min(3),
                };
                let mut entries: Vec<(Val, Val)> = Vec::new();
                for _ in 0..len {
                    let (key, _) = part(self, &key)?;
                    let (value, _) = part(self, &value)?;
                    if entries.iter().all(|(other, _)| *other != key) {
                        entries.push((key, value));
                    }
                }
                Val::Map(entries)
            }
            Type::Record(record) => {
                let (mut values, mut mirrors) = (Vec::new(), Vec::new());
                for field in record.fields() {
                    let (value, mirror) = part(self, &field.ty)?;
                    values.push((field.name.to_owned(), value));
                    mirrors.push(mirror);
                }
                return Ok((Val::Record(values), Mirror::Parts(mirrors)));
            }
            Type::Tuple(tuple) => {
                let all = tuple
                    .types()
                    .map(|ty| part(self, &ty))
                    .collect::<Result<Vec<_>>>()?;
                let (values, mirrors) = all.into_iter().unzip();
                return Ok((Val::Tuple(values), Mirror::Parts(mirrors)));
            }
            Type::Variant(variant) => {
                let case = variant.cases().nth(self.below(variant.cases().len()));
                let case = case.ok_or_else(|| wasmtime::format_err!("a variant without cases"))?;
                let payload = case.ty.map(|ty| part(self, &ty)).transpose()?;
                let (value, mirror) = payload.map_or((None, None), |(v, m)| (Some(v), Some(m)));
                let name = case.name.to_owned();
                let value = Val::Variant(name.clone(), value.map(Box::new));
                return Ok((value, Mirror::Case(name, mirror.map(Box::new))));
            }
            Type::Option(option) => {
                let some = self.next() % 2 == 1 && depth < DEPTH;
                let payload = some.then(|| part(self, &option.ty())).transpose()?;
                let (value, mirror) = payload.map_or((None, None), |(v, m)| (Some(v), Some(m)));
                let value = Val::Option(value.map(Box::new));
                return Ok((value, Mirror::Case(some.to_string(), mirror.map(Box::new))));
            }
            Type::Result(result) => {
                let ok = self.next() % 2 == 1;
                let ty = if ok { result.ok() } else { result.err() };
                let payload = ty.map(|ty| part(self, &ty)).transpose()?;
                let (value, mirror) = payload.map_or((None, None), |(v, m)| (Some(v), Some(m)));
                let value = value.map(Box::new);
                let value = Val::Result(if ok { Ok(value) } else { Err(value) });
                return Ok((value, Mirror::Case(ok.to_string(), mirror.map(Box::new))));
            }
            Type::Enum(ty) => {
                let name = ty.names().nth(self.below(ty.names().len()));
                Val::Enum(name.unwrap_or_default().to_owned())
            }
            Type::Flags(flags) => {
                let names = flags.names().filter(|_| self.next() % 2 == 1);
                Val::Flags(names.map(str::to_owned).collect())
            }
            Type::Own(ty) => {
                let rep = self.bits() as u32;
                return Ok((resources.make(store, *ty, rep)?, Mirror::Own(rep)));
            }
            Type::Borrow(ty) => {
                let rep = self.bits() as u32;
                return Ok((resources.make(store, *ty, rep)?, Mirror::Borrow));
            }
            Type::Stream(ty) => {
                let kind = Kind::of(ty.ty().as_ref())?;
                let (value, texts) = stream(store, kind, self)?;
                return Ok((value, Mirror::Payloads(kind, texts)));
            }
            Type::Future(ty) => {
                let kind = Kind::of(ty.ty().as_ref())?;
                let (value, text) = future(store, kind, self)?;
                return Ok((value, Mirror::Payloads(kind, vec![text])));
            }
            other => return Err(wasmtime::format_err!("no values of {other:?}")),
        };
        Ok((value.clone(), Mirror::Value(value)))
    }
}

impl Mirror {
    /// Whether it was lent, so that it does not come back.
    pub fn is_borrow(&self) -> bool {
        matches!(self, Mirror::Borrow)
    }

    /// Checks the value that came back, and drops its resources.
    pub fn check(
        &self,
        store: &mut Store<()>,
        resources: &Resources,
        value: &Val,
    ) -> Result<(), String> {
        let differs = || Err(format!("{value:?} came back in place of {self:?}"));
        match (self, value) {
            (Mirror::Value(Val::Float32(a)), Val::Float32(b)) => {
                // The canonical ABI may change the bits of a NaN.
                match a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan() {
                    true => Ok(()),
                    false => differs(),
                }
            }
            (Mirror::Value(Val::Float64(a)), Val::Float64(b)) => {
                match a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan() {
                    true => Ok(()),
                    false => differs(),
                }
            }
            // Maps have no order.
            (Mirror::Value(Val::Map(a)), Val::Map(b)) => {
                let same = a.len() == b.len()
                    && a.iter()
                        .all(|a| b.iter().any(|b| same(&a.0, &b.0) && same(&a.1, &b.1)));
                if same {
                    Ok(())
                } else {
                    differs()
                }
            }
            (Mirror::Value(a), b) if a == b => Ok(()),
            (Mirror::Own(rep), Val::Resource(resource)) => {
                let found = resources
                    .rep(store, *resource)
                    .map_err(|e| format!("{e:?}"))?;
                block_on(resource.resource_drop_async(&mut *store))
                    .map_err(|e| format!("{e:?}"))?;
                match found == *rep {
                    true => Ok(()),
                    false => Err(format!("a resource {found} came back in place of {rep}")),
                }
            }
            (Mirror::Payloads(kind, texts), Val::Stream(_) | Val::Future(_)) => {
                // Some streams are not read to their ends.
                let most = match texts.len() {
                    len if len % 2 == 0 => len / 2 + 1,
                    _ => usize::MAX,
                };
                let texts = &texts[..most.min(texts.len())];
                let found = read(store, value, *kind, most).map_err(|e| format!("{e:?}"))?;
                match found == texts {
                    true => Ok(()),
                    false => Err(format!("{found:?} came back in place of {texts:?}")),
                }
            }
            (Mirror::Parts(mirrors), Val::List(values) | Val::Tuple(values))
                if mirrors.len() == values.len() =>
            {
                mirrors
                    .iter()
                    .zip(values)
                    .try_for_each(|(m, v)| m.check(store, resources, v))
            }
            (Mirror::Parts(mirrors), Val::Record(values)) if mirrors.len() == values.len() => {
                mirrors
                    .iter()
                    .zip(values)
                    .try_for_each(|(m, (_, v))| m.check(store, resources, v))
            }
            (Mirror::Case(name, mirror), Val::Variant(other, value)) if name == other => {
                payload(mirror, value, store, resources)
            }
            (Mirror::Case(some, mirror), Val::Option(value))
                if *some == value.is_some().to_string() =>
            {
                payload(mirror, value, store, resources)
            }
            (Mirror::Case(ok, mirror), Val::Result(value)) if *ok == value.is_ok().to_string() => {
                let (Ok(value) | Err(value)) = value;
                payload(mirror, value, store, resources)
            }
            _ => differs(),
        }
    }
}

fn payload(
    mirror: &Option<Box<Mirror>>,
    value: &Option<Box<Val>>,
    store: &mut Store<()>,
    resources: &Resources,
) -> Result<(), String> {
    match (mirror, value) {
        (Some(mirror), Some(value)) => mirror.check(store, resources, value),
        (None, None) => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

/// Whether two values are the same, except for the bits of a NaN.
fn same(a: &Val, b: &Val) -> bool {
    let nan = |value: &Val| format!("{value:?}");
    a == b || nan(a) == nan(b)
}

/// Whether values of a type contain streams or futures.
pub fn has_handle(ty: &Type) -> bool {
    let inner: Vec<Type> = match ty {
        Type::Stream(_) | Type::Future(_) => return true,
        Type::List(list) => vec![list.ty()],
        Type::Map(map) => vec![map.key(), map.value()],
        Type::Record(record) => record.fields().map(|field| field.ty).collect(),
        Type::Tuple(tuple) => tuple.types().collect(),
        Type::Variant(variant) => variant.cases().filter_map(|case| case.ty).collect(),
        Type::Option(option) => vec![option.ty()],
        Type::Result(result) => result.ok().into_iter().chain(result.err()).collect(),
        _ => Vec::new(),
    };
    inner.iter().any(has_handle)
}
