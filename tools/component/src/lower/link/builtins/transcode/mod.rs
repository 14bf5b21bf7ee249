//! Copies strings from one memory to another, from any encoding to any other; invalid strings trap.
//!
//! The adapters have already checked that the source and the destination are within their memories.
//! What each copy takes and returns: `wasmtime_environ::component::Transcode`.

mod utf8;

use wasmtime_environ::component::{FixedEncoding, Transcode};

const HEAD: &str = r#"
(module $transcode
  (memory (import "m" "from") 0)
  (memory (import "m" "to") 0)
  (global $len (mut i32) (i32.const 0))
"#;

/// Returns the code point at `$p`; its length in bytes is in `$len`.
const NEXT_UTF8: &str = r#"
  (func $next_utf8 (param $p i32) (param $end i32) (result i32)
    (local $b i32) (local $n i32) (local $c i32) (local $i i32)
    (local.set $b (i32.load8_u 0 (local.get $p)))
    (if (i32.lt_u (local.get $b) (i32.const 0x80))
      (then (global.set $len (i32.const 1)) (return (local.get $b))))
    (if (i32.or (i32.lt_u (local.get $b) (i32.const 0xc2)) (i32.gt_u (local.get $b) (i32.const 0xf4)))
      (then (unreachable)))
    (local.set $n (i32.add (i32.const 1)
      (i32.add (i32.ge_u (local.get $b) (i32.const 0xe0)) (i32.ge_u (local.get $b) (i32.const 0xf0)))))
    (local.set $c (i32.and (local.get $b) (i32.shr_u (i32.const 0x3f) (local.get $n))))
    (if (i32.ge_u (local.get $n) (i32.sub (local.get $end) (local.get $p))) (then (unreachable)))
    (local.set $i (i32.const 1))
    (loop $more
      (local.set $b (i32.load8_u 0 (i32.add (local.get $p) (local.get $i))))
      (if (i32.ne (i32.and (local.get $b) (i32.const 0xc0)) (i32.const 0x80)) (then (unreachable)))
      (local.set $c (i32.or (i32.shl (local.get $c) (i32.const 6))
                            (i32.and (local.get $b) (i32.const 0x3f))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.le_u (local.get $i) (local.get $n))))
    (if (i32.eq (local.get $n) (i32.const 2))
      (then
        (if (i32.or (i32.lt_u (local.get $c) (i32.const 0x800))
                    (i32.lt_u (i32.sub (local.get $c) (i32.const 0xd800)) (i32.const 0x800)))
          (then (unreachable)))))
    (if (i32.eq (local.get $n) (i32.const 3))
      (then
        (if (i32.ge_u (i32.sub (local.get $c) (i32.const 0x10000)) (i32.const 0x100000))
          (then (unreachable)))))
    (global.set $len (i32.add (local.get $n) (i32.const 1)))
    (local.get $c))
"#;

const NEXT_UTF16: &str = r#"
  (func $next_utf16 (param $p i32) (param $end i32) (result i32)
    (local $u i32) (local $l i32)
    (global.set $len (i32.const 2))
    (local.set $u (i32.load16_u 0 (local.get $p)))
    (if (i32.ge_u (i32.sub (local.get $u) (i32.const 0xd800)) (i32.const 0x800))
      (then (return (local.get $u))))
    (if (i32.or (i32.ge_u (local.get $u) (i32.const 0xdc00))
                (i32.lt_u (i32.sub (local.get $end) (local.get $p)) (i32.const 4)))
      (then (unreachable)))
    (local.set $l (i32.sub (i32.load16_u 0 offset=2 (local.get $p)) (i32.const 0xdc00)))
    (if (i32.ge_u (local.get $l) (i32.const 0x400)) (then (unreachable)))
    (global.set $len (i32.const 4))
    (i32.add (i32.const 0x10000)
      (i32.or (i32.shl (i32.sub (local.get $u) (i32.const 0xd800)) (i32.const 10)) (local.get $l))))
"#;

const NEXT_LATIN1: &str = r#"
  (func $next_latin1 (param $p i32) (param $end i32) (result i32)
    (global.set $len (i32.const 1))
    (i32.load8_u 0 (local.get $p)))
"#;

/// Writes a code point; returns the address after it.
const PUT_UTF16: &str = r#"
  (func $put_utf16 (param $p i32) (param $c i32) (result i32)
    (if (i32.lt_u (local.get $c) (i32.const 0x10000))
      (then (i32.store16 1 (local.get $p) (local.get $c))
            (return (i32.add (local.get $p) (i32.const 2)))))
    (local.set $c (i32.sub (local.get $c) (i32.const 0x10000)))
    (i32.store16 1 (local.get $p) (i32.add (i32.const 0xd800) (i32.shr_u (local.get $c) (i32.const 10))))
    (i32.store16 1 offset=2 (local.get $p)
      (i32.add (i32.const 0xdc00) (i32.and (local.get $c) (i32.const 0x3ff))))
    (i32.add (local.get $p) (i32.const 4)))
"#;

const PUT_UTF8: &str = r#"
  (func $size_utf8 (param $c i32) (result i32)
    (i32.add (i32.const 1)
      (i32.add (i32.ge_u (local.get $c) (i32.const 0x80))
        (i32.add (i32.ge_u (local.get $c) (i32.const 0x800))
                 (i32.ge_u (local.get $c) (i32.const 0x10000))))))
  (func $put_utf8 (param $p i32) (param $c i32) (result i32)
    (local $n i32) (local $i i32)
    (local.set $n (call $size_utf8 (local.get $c)))
    (if (i32.eq (local.get $n) (i32.const 1))
      (then (i32.store8 1 (local.get $p) (local.get $c))
            (return (i32.add (local.get $p) (i32.const 1)))))
    (local.set $i (i32.sub (local.get $n) (i32.const 1)))
    (loop $more
      (i32.store8 1 (i32.add (local.get $p) (local.get $i))
        (i32.or (i32.const 0x80) (i32.and (local.get $c) (i32.const 0x3f))))
      (local.set $c (i32.shr_u (local.get $c) (i32.const 6)))
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (br_if $more (local.get $i)))
    (i32.store8 1 (local.get $p)
      (i32.or (local.get $c) (i32.shr_s (i32.const 0xffffff80) (i32.sub (local.get $n) (i32.const 1)))))
    (i32.add (local.get $p) (local.get $n)))
"#;

/// Reads all code points up to `$end` with `NEXT`; returns the bitwise or of them.
const VALIDATE: &str = r#"
  (func $validate (param $p i32) (param $end i32) (result i32)
    (local $all i32)
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (local.get $p) (local.get $end)))
        (local.set $all (i32.or (local.get $all) (call $NEXT (local.get $p) (local.get $end))))
        (local.set $p (i32.add (local.get $p) (global.get $len)))
        (br $more)))
    (local.get $all))
"#;

/// Widens the first `$n` characters at `$at`, which are Latin-1, starting with the last one.
const INFLATE: &str = r#"
  (func $inflate (param $at i32) (param $n i32)
    (block $done
      (loop $more
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (i32.store16 1 (i32.add (local.get $at) (i32.shl (local.get $n) (i32.const 1)))
          (i32.load8_u 1 (i32.add (local.get $at) (local.get $n))))
        (br $more))))
"#;

const TO_UTF16: &str = r#"
  (func $to_utf16 (param $src i32) (param $end i32) (param $dst i32) (result i32)
    (local $p i32)
    (local.set $p (local.get $dst))
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (local.get $src) (local.get $end)))
        (local.set $p (call $put_utf16 (local.get $p) (call $NEXT (local.get $src) (local.get $end))))
        (local.set $src (i32.add (local.get $src) (global.get $len)))
        (br $more)))
    (i32.shr_u (i32.sub (local.get $p) (local.get $dst)) (i32.const 1)))
"#;

const COPY: &str = r#"
  (func (export "f") (param $src i32) (param $len i32) (param $dst i32)
    (local.set $len (i32.shl (local.get $len) (i32.const SHIFT)))
    CHECK
    (memory.copy 1 0 (local.get $dst) (local.get $src) (local.get $len)))
"#;

const WIDEN: &str = r#"
  (func (export "f") (param $src i32) (param $len i32) (param $dst i32) RESULT
    (call $to_utf16 (local.get $src) (i32.add (local.get $src) (local.get $len)) (local.get $dst)) DROP)
"#;

const TO_UTF8: &str = r#"
  (func (export "f") (param $src i32) (param $len i32) (param $dst i32) (param $room i32) (param $first i32)
    (result i32 i32)
    (local $p i32) (local $q i32) (local $end i32) (local $c i32)
    (local.set $p (local.get $src))
    (local.set $q (local.get $dst))
    (local.set $end (i32.add (local.get $src) (i32.shl (local.get $len) (i32.const SHIFT))))
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (local.get $p) (local.get $end)))
        (local.set $c (call $NEXT (local.get $p) (local.get $end)))
        ;; The first pass stops where a character needs more than one byte.
        (br_if $done (i32.and (i32.ne (local.get $first) (i32.const 0))
                              (i32.ge_u (local.get $c) (i32.const 0x80))))
        (br_if $done (i32.gt_u (call $size_utf8 (local.get $c))
          (i32.sub (local.get $room) (i32.sub (local.get $q) (local.get $dst)))))
        (local.set $q (call $put_utf8 (local.get $q) (local.get $c)))
        (local.set $p (i32.add (local.get $p) (global.get $len)))
        (br $more)))
    (i32.shr_u (i32.sub (local.get $p) (local.get $src)) (i32.const SHIFT))
    (i32.sub (local.get $q) (local.get $dst)))
"#;

const PROBABLY_UTF16: &str = r#"
  (func (export "f") (param $src i32) (param $len i32) (param $dst i32) (result i32)
    (local $i i32) (local $all i32)
    (local.set $all (call $validate (local.get $src)
      (i32.add (local.get $src) (i32.shl (local.get $len) (i32.const 1)))))
    (if (i32.gt_u (local.get $all) (i32.const 0xff))
      (then
        (memory.copy 1 0 (local.get $dst) (local.get $src) (i32.shl (local.get $len) (i32.const 1)))
        (return (i32.or (local.get $len) (i32.const 0x80000000)))))
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (local.get $i) (local.get $len)))
        (i32.store8 1 (i32.add (local.get $dst) (local.get $i))
          (i32.load8_u 0 (i32.add (local.get $src) (i32.shl (local.get $i) (i32.const 1)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $more)))
    (local.get $len))
"#;

/// Stops before a character outside of Latin-1, or invalid text; the second pass tells these apart.
const UTF8_TO_LATIN1: &str = r#"
  (func (export "f") (param $src i32) (param $len i32) (param $dst i32) (result i32 i32)
    (local $i i32) (local $o i32) (local $b i32) (local $c i32)
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (local.get $i) (local.get $len)))
        (local.set $b (i32.load8_u 0 (i32.add (local.get $src) (local.get $i))))
        (if (i32.lt_u (local.get $b) (i32.const 0x80))
          (then (local.set $i (i32.add (local.get $i) (i32.const 1))))
          (else
            (br_if $done (i32.ne (i32.and (local.get $b) (i32.const 0xfe)) (i32.const 0xc2)))
            (br_if $done (i32.lt_u (i32.sub (local.get $len) (local.get $i)) (i32.const 2)))
            (local.set $c (i32.load8_u 0 offset=1 (i32.add (local.get $src) (local.get $i))))
            (br_if $done (i32.ne (i32.and (local.get $c) (i32.const 0xc0)) (i32.const 0x80)))
            (local.set $b (i32.or (i32.shl (i32.and (local.get $b) (i32.const 3)) (i32.const 6))
                                  (i32.and (local.get $c) (i32.const 0x3f))))
            (local.set $i (i32.add (local.get $i) (i32.const 2)))))
        (i32.store8 1 (i32.add (local.get $dst) (local.get $o)) (local.get $b))
        (local.set $o (i32.add (local.get $o) (i32.const 1)))
        (br $more)))
    (local.get $i)
    (local.get $o))
"#;

const UTF16_TO_LATIN1: &str = r#"
  (func (export "f") (param $src i32) (param $len i32) (param $dst i32) (result i32 i32)
    (local $i i32) (local $u i32)
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (local.get $i) (local.get $len)))
        (local.set $u (i32.load16_u 0 (i32.add (local.get $src) (i32.shl (local.get $i) (i32.const 1)))))
        (br_if $done (i32.gt_u (local.get $u) (i32.const 0xff)))
        (i32.store8 1 (i32.add (local.get $dst) (local.get $i)) (local.get $u))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $more)))
    (local.get $i)
    (local.get $i))
"#;

const TO_COMPACT: &str = r#"
  (func (export "f") (param $src i32) (param $len i32) (param $dst i32) (param $room i32) (param $done i32)
    (result i32)
    (call $inflate (local.get $dst) (local.get $done))
    (i32.add (local.get $done)
      (call $to_utf16 (local.get $src)
        (i32.add (local.get $src) (i32.shl (local.get $len) (i32.const SHIFT)))
        (i32.add (local.get $dst) (i32.shl (local.get $done) (i32.const 1))))))
"#;

/// The text of a module whose export `f` copies strings in one of these ways. With `vectors`, it
/// uses vector instructions.
pub fn module(op: Transcode, vectors: bool) -> String {
    let validate = "(call $validate (local.get $src) (i32.add (local.get $src) (local.get $len)))";
    let (next, parts): (&str, Vec<String>) = match op {
        Transcode::Copy(FixedEncoding::Utf8) => (
            "utf8",
            vec![
                utf8::validate(vectors),
                COPY.replace("SHIFT", "0").replace("CHECK", validate),
            ],
        ),
        Transcode::Copy(FixedEncoding::Utf16) => (
            "utf16",
            vec![
                VALIDATE.into(),
                COPY.replace("SHIFT", "1")
                    .replace("CHECK", &format!("(drop {validate})")),
            ],
        ),
        Transcode::Copy(FixedEncoding::Latin1) => (
            "latin1",
            vec![COPY.replace("SHIFT", "0").replace("CHECK", "")],
        ),
        Transcode::Latin1ToUtf16 => (
            "latin1",
            vec![
                PUT_UTF16.into(),
                TO_UTF16.into(),
                WIDEN.replace("RESULT", "").replace("DROP", "(drop)"),
            ],
        ),
        Transcode::Utf8ToUtf16 => (
            "utf8",
            vec![
                PUT_UTF16.into(),
                TO_UTF16.into(),
                WIDEN.replace("RESULT", "(result i32)").replace("DROP", ""),
            ],
        ),
        Transcode::Latin1ToUtf8 => (
            "latin1",
            vec![PUT_UTF8.into(), TO_UTF8.replace("SHIFT", "0")],
        ),
        Transcode::Utf16ToUtf8 => (
            "utf16",
            vec![PUT_UTF8.into(), TO_UTF8.replace("SHIFT", "1")],
        ),
        Transcode::Utf16ToCompactProbablyUtf16 => {
            ("utf16", vec![VALIDATE.into(), PROBABLY_UTF16.into()])
        }
        Transcode::Utf8ToLatin1 => ("latin1", vec![UTF8_TO_LATIN1.into()]),
        Transcode::Utf16ToLatin1 => ("latin1", vec![UTF16_TO_LATIN1.into()]),
        Transcode::Utf8ToCompactUtf16 => (
            "utf8",
            vec![
                PUT_UTF16.into(),
                TO_UTF16.into(),
                INFLATE.into(),
                TO_COMPACT.replace("SHIFT", "0"),
            ],
        ),
        Transcode::Utf16ToCompactUtf16 => (
            "utf16",
            vec![
                PUT_UTF16.into(),
                TO_UTF16.into(),
                INFLATE.into(),
                TO_COMPACT.replace("SHIFT", "1"),
            ],
        ),
    };
    let reader = match next {
        "utf8" => NEXT_UTF8,
        "utf16" => NEXT_UTF16,
        _ => NEXT_LATIN1,
    };
    let parts = parts.concat().replace("$NEXT", &format!("$next_{next}"));
    format!("{HEAD}{reader}{parts})")
}

#[cfg(test)]
mod tests;
