//! Compares the copies of strings with UTF-8 validation by the standard library.

use super::{module, FixedEncoding, Transcode};
use wasmtime::{Config, Engine, Instance, Memory, MemoryType, Module, Store, TypedFunc};

/// A copy between two memories of one page.
struct Copy {
    store: Store<()>,
    from: Memory,
    to: Memory,
    call: TypedFunc<(u32, u32, u32), ()>,
}

impl Copy {
    fn new(engine: &Engine, module: &Module) -> Copy {
        let mut store = Store::new(engine, ());
        let mut memory = || Memory::new(&mut store, MemoryType::new(1, Some(1))).expect("memory");
        let (from, to) = (memory(), memory());
        let imports = [from.into(), to.into()];
        let instance = Instance::new(&mut store, module, &imports).expect("an instance");
        let call = instance.get_typed_func(&mut store, "f").expect("f");
        Copy {
            store,
            from,
            to,
            call,
        }
    }

    /// Copies bytes from the end of the first memory; `None` if that traps.
    fn copy(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let at = 0x1_0000 - bytes.len();
        self.from
            .write(&mut self.store, at, bytes)
            .expect("written");
        let length = bytes.len() as u32;
        let args = (at as u32, length, 0x1_0000 - length);
        self.call.call(&mut self.store, args).ok()?;
        let mut result = vec![0; bytes.len()];
        self.to.read(&self.store, at, &mut result).expect("read");
        Some(result)
    }
}

fn compare(copies: &mut [Copy], bytes: &[u8]) {
    let expected = std::str::from_utf8(bytes).is_ok().then(|| bytes.to_vec());
    for copy in copies {
        assert_eq!(copy.copy(bytes), expected, "{bytes:x?}");
    }
}

#[test]
fn invalid_text_traps() {
    let mut config = Config::new();
    // Backtraces of traps would take most of the time.
    config.wasm_backtrace_max_frames(None);
    let engine = Engine::new(&config).expect("an engine");
    let mut copies: Vec<Copy> = [true, false]
        .into_iter()
        .map(|vectors| {
            let text = module(Transcode::Copy(FixedEncoding::Utf8), vectors);
            let wasm = wat::parse_str(text).expect("wat");
            Copy::new(&engine, &Module::new(&engine, wasm).expect("a module"))
        })
        .collect();
    let edges = [
        0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xf4, 0xff,
    ];
    // Each first byte with valid and invalid following bytes, near the end and far from it.
    for first in 0x80..=0xff_u8 {
        for second in edges {
            for (third, fourth) in edges.iter().map(|t| (*t, 0x80)).chain([(0x80, 0x20)]) {
                let bytes = [first, second, third, fourth];
                for length in 1..=4 {
                    compare(&mut copies, &bytes[..length]);
                }
                compare(&mut copies, &[&bytes[..], b"xxxxxxxxx"].concat());
            }
        }
    }
    // Text of all lengths with one character in it, and the same with one byte removed.
    for character in [
        "",
        "\u{e9}",
        "\u{7ff}",
        "\u{d7ff}",
        "\u{ffff}",
        "\u{1f980}\u{20ac}",
    ] {
        for before in (0..40).chain([63, 64, 65, 127, 128, 129, 145, 200, 255, 300]) {
            for behind in (0..20).chain([63, 64, 65]) {
                let text = format!("{}{character}{}", "a".repeat(before), "b".repeat(behind));
                compare(&mut copies, text.as_bytes());
                let mut bytes = text.into_bytes();
                if !bytes.is_empty() {
                    bytes.remove(before.min(bytes.len() - 1));
                    compare(&mut copies, &bytes);
                }
            }
        }
    }
    // An invalid byte at every position of a long text.
    let text = "plain \u{e9}\u{20ac}\u{1f980} ".repeat(25);
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 0x80;
        compare(&mut copies, &bytes);
    }
}
