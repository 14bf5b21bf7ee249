//! Random types and values of WIT.

use proptest::prelude::*;

/// A type.
#[derive(Clone, Debug, PartialEq)]
pub enum Ty {
    Bool,
    /// The number of bits, and whether it is signed.
    Int(u32, bool),
    F32,
    F64,
    Char,
    String,
    List(Box<Ty>),
    Record(Vec<Ty>),
    Tuple(Vec<Ty>),
    Variant(Vec<Option<Ty>>),
    Enum(usize),
    Option(Box<Ty>),
    Result(Option<Box<Ty>>, Option<Box<Ty>>),
    Flags(u32),
    /// An owned resource that is made from a `u32`; outside of the component, it is that `u32`.
    Own,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Bool(bool),
    /// An integer, zero-extended.
    Int(u64),
    F32(u32),
    F64(u64),
    Char(char),
    String(String),
    List(Vec<Value>),
    Fields(Vec<Value>),
    /// A case of a variant, an enum, an option or a result, and its payload.
    Case(usize, Option<Box<Value>>),
    Flags(u32),
}

impl Ty {
    /// The payload types of the cases of a variant, an enum, an option or a result.
    pub fn cases(&self) -> Option<Vec<Option<Ty>>> {
        let inner = |ty: &Option<Box<Ty>>| ty.as_deref().cloned();
        match self {
            Ty::Variant(cases) => Some(cases.clone()),
            Ty::Enum(n) => Some(vec![None; *n]),
            Ty::Option(ty) => Some(vec![None, Some((**ty).clone())]),
            Ty::Result(ok, err) => Some(vec![inner(ok), inner(err)]),
            _ => None,
        }
    }

    /// The types of the fields of a record or a tuple.
    pub fn fields(&self) -> Option<&[Ty]> {
        match self {
            Ty::Record(fields) | Ty::Tuple(fields) => Some(fields),
            _ => None,
        }
    }

    /// Whether the type contains a resource.
    pub fn has_handles(&self) -> bool {
        let inside = |ty: &Option<Ty>| ty.as_ref().is_some_and(Ty::has_handles);
        match self {
            Ty::Own => true,
            Ty::List(ty) => ty.has_handles(),
            _ => {
                self.fields()
                    .is_some_and(|all| all.iter().any(Ty::has_handles))
                    || self.cases().is_some_and(|all| all.iter().any(inside))
            }
        }
    }

    /// Whether the type consists of numbers only.
    fn plain(&self) -> bool {
        match self {
            Ty::Int(..) | Ty::F32 | Ty::F64 => true,
            Ty::Record(fields) | Ty::Tuple(fields) => fields.iter().all(Ty::plain),
            _ => false,
        }
    }

    /// Makes a value from numbers; missing ones count as zero.
    pub fn value(&self, tape: &mut dyn Iterator<Item = u32>) -> Value {
        let mut next = || tape.next().unwrap_or(0);
        if let Some(cases) = self.cases() {
            let case = next() as usize % cases.len();
            let payload = cases[case].as_ref();
            return Value::Case(case, payload.map(|ty| Box::new(ty.value(tape))));
        }
        if let Some(fields) = self.fields() {
            return Value::Fields(fields.iter().map(|ty| ty.value(tape)).collect());
        }
        match self {
            Ty::Bool => Value::Bool(next() % 2 == 1),
            Ty::Int(bits, _) => {
                let value = u64::from(next()) | u64::from(next()) << 32;
                Value::Int(value & (u64::MAX >> (64 - bits)))
            }
            // Never a NaN, whose payload differs between engines.
            Ty::Own => Value::Int(next().into()),
            Ty::F32 => Value::F32((next() as f32 / 8.0).to_bits()),
            Ty::F64 => Value::F64((f64::from(next()) / -8.0).to_bits()),
            Ty::Char => Value::Char(char(next())),
            Ty::String => {
                let length = next() % 40;
                Value::String((0..length).map(|_| char(next())).collect())
            }
            Ty::List(ty) => {
                let number = next();
                // Sometimes a long one, made from a single number of the tape.
                if number % 8 == 7 && ty.plain() {
                    let seed = next();
                    let numbers = (1..).map(|i: u32| seed.wrapping_mul(i).rotate_left(i % 32));
                    let mut numbers = numbers.take(4000);
                    let length = number / 8 % 400;
                    return Value::List((0..length).map(|_| ty.value(&mut numbers)).collect());
                }
                Value::List((0..number % 5).map(|_| ty.value(tape)).collect())
            }
            Ty::Flags(count) => Value::Flags(next() & (u32::MAX >> (32 - count))),
            _ => Value::Bool(false),
        }
    }
}

/// A character; all lengths in all encodings occur.
fn char(number: u32) -> char {
    let code = match number % 5 {
        0 | 1 => 0x20 + number / 5 % 0x5f,
        2 => 0xa0 + number / 5 % 0x60,
        3 => 0x100 + number / 5 % 0xd700,
        _ => 0x1_0000 + number / 5 % 0x10_0000,
    };
    char::from_u32(code).unwrap_or('?')
}

/// Types up to a limited size: without resources, or lists of types with resources.
pub fn types() -> impl Strategy<Value = Ty> {
    let handles = types_with(3).prop_map(|ty| Ty::List(Box::new(ty)));
    prop_oneof![3 => types_with(0), 1 => handles]
}

/// Types that contain resources with this weight.
fn types_with(resources: u32) -> impl Strategy<Value = Ty> {
    let ints = (0..4u32, any::<bool>()).prop_map(|(n, signed)| Ty::Int(8 << n, signed));
    let number = prop_oneof![ints.clone(), Just(Ty::F32), Just(Ty::F64)];
    // Lists that are copied in bulk, and similar ones that are not.
    let numbers = prop_oneof![
        ints.clone(),
        prop::collection::vec(number, 1..5).prop_map(Ty::Record),
        (ints.clone(), 1..5usize).prop_map(|(ty, count)| Ty::Tuple(vec![ty; count])),
    ];
    let numbers = numbers.prop_map(|ty| Ty::List(Box::new(ty)));
    let leaf = prop_oneof![
        resources => Just(Ty::Own),
        2 => numbers,
        1 => Just(Ty::Bool),
        1 => ints,
        1 => Just(Ty::F32),
        1 => Just(Ty::F64),
        1 => Just(Ty::Char),
        2 => Just(Ty::String),
        1 => (1..40usize).prop_map(Ty::Enum),
        1 => (1..=32u32).prop_map(Ty::Flags),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let maybe = || prop::option::of(boxed());
        let fields = prop::collection::vec(inner.clone(), 1..6);
        let many = prop::collection::vec(inner.clone(), 1..20);
        let cases = prop::collection::vec(prop::option::of(inner.clone()), 1..6);
        prop_oneof![
            boxed().prop_map(Ty::List),
            fields.prop_map(Ty::Record),
            many.prop_map(Ty::Tuple),
            cases.prop_map(Ty::Variant),
            boxed().prop_map(Ty::Option),
            (maybe(), maybe()).prop_map(|(ok, err)| Ty::Result(ok, err)),
        ]
    })
}
