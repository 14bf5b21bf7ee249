//! Validates UTF-8.

/// Traps unless all up to `$end` is UTF-8. ASCII is read in words or vectors, and other characters
/// one at a time: the four bytes at `$p` are matched against the patterns of characters of two,
/// three and four bytes. Near the end, `NEXT` reads them.
const VALIDATE: &str = r#"
  (func $validate (param $p i32) (param $end i32)
    (local $w i32) (local $m MASK)
    (block $done
      (block $near
        (loop $more
          (block $other
            (loop $ascii
              (br_if $near (i32.lt_u (i32.sub (local.get $end) (local.get $p)) (i32.const WIDTH)))
              (local.set $m READ)
              (if (i32.eqz SOME)
                (then
                  (local.set $p (i32.add (local.get $p) (i32.const WIDTH)))
                  (block $mixed
                    (loop $large
                      (br_if $ascii (i32.lt_u (i32.sub (local.get $end) (local.get $p)) (i32.const LARGE)))
                      (br_if $mixed MANY)
                      (local.set $p (i32.add (local.get $p) (i32.const LARGE)))
                      (br $large)))
                  (br $ascii))))
            (local.set $p (i32.add (local.get $p) COUNT)))
          (loop $char
            (br_if $near (i32.lt_u (i32.sub (local.get $end) (local.get $p)) (i32.const 4)))
            (local.set $w (i32.load 0 align=1 (local.get $p)))
            (block $next
              (if (i32.eq (i32.and (local.get $w) (i32.const 0xc0e0)) (i32.const 0x80c0))
                (then
                  ;; A code point below 0x80 would be overlong.
                  (if (i32.eqz (i32.and (local.get $w) (i32.const 0x1e))) (then (unreachable)))
                  (local.set $p (i32.add (local.get $p) (i32.const 2)))
                  (br $next)))
              (if (i32.eq (i32.and (local.get $w) (i32.const 0xc0c0f0)) (i32.const 0x8080e0))
                (then
                  ;; Without the lowest six bits: at least 0x800, and not a surrogate.
                  (local.set $w (i32.or (i32.shl (i32.and (local.get $w) (i32.const 0xf)) (i32.const 6))
                    (i32.and (i32.shr_u (local.get $w) (i32.const 8)) (i32.const 0x3f))))
                  (if (i32.or (i32.lt_u (local.get $w) (i32.const 0x20))
                              (i32.eq (i32.and (local.get $w) (i32.const 0x3e0)) (i32.const 0x360)))
                    (then (unreachable)))
                  (local.set $p (i32.add (local.get $p) (i32.const 3)))
                  (br $next)))
              (if (i32.ne (i32.and (local.get $w) (i32.const 0xc0c0c0f8)) (i32.const 0x808080f0))
                (then (unreachable)))
              ;; Without the lowest twelve bits: from 0x10000 to 0x10ffff.
              (local.set $w (i32.or (i32.shl (i32.and (local.get $w) (i32.const 7)) (i32.const 6))
                (i32.and (i32.shr_u (local.get $w) (i32.const 8)) (i32.const 0x3f))))
              (if (i32.ge_u (i32.sub (local.get $w) (i32.const 0x10)) (i32.const 0x100))
                (then (unreachable)))
              (local.set $p (i32.add (local.get $p) (i32.const 4))))
            (br_if $done (i32.ge_u (local.get $p) (local.get $end)))
            (br_if $char (i32.ge_u (i32.load8_u 0 (local.get $p)) (i32.const 0x80))))
          (br $more)))
      (loop $last
        (br_if $done (i32.ge_u (local.get $p) (local.get $end)))
        (if (i32.lt_u (i32.load8_u 0 (local.get $p)) (i32.const 0x80))
          (then (local.set $p (i32.add (local.get $p) (i32.const 1))))
          (else
            (drop (call $NEXT (local.get $p) (local.get $end)))
            (local.set $p (i32.add (local.get $p) (global.get $len)))))
        (br $last))))
"#;

/// The number of words or vectors that are checked together.
const TOGETHER: u32 = 8;

/// The text of `$validate`. Of the words or vectors that are checked together, the last one is read
/// first: it covers the bounds check of the others.
pub fn validate(vectors: bool) -> String {
    let read = |at: u32| match vectors {
        true => format!("(v128.load 0 offset={at} align=1 (local.get $p))"),
        false => format!("(i64.load 0 offset={at} align=1 (local.get $p))"),
    };
    let (or, width) = if vectors {
        ("v128.or", 16)
    } else {
        ("i64.or", 8)
    };
    let last = TOGETHER - 1;
    let all = (0..last).rev().fold(read(last * width), |all, i| {
        format!("({or} {all} {})", read(i * width))
    });
    let first = read(0);
    let [mask, read, some, many, count] = match vectors {
        true => [
            "i32".to_owned(),
            format!("(i8x16.bitmask {first})"),
            "(local.get $m)".to_owned(),
            format!("(i8x16.bitmask {all})"),
            "(i32.ctz (local.get $m))".to_owned(),
        ],
        false => {
            let high = "(i64.const 0x8080808080808080)";
            let none = "(i64.const 0)";
            [
                "i64".to_owned(),
                format!("(i64.and {first} {high})"),
                format!("(i64.ne (local.get $m) {none})"),
                format!("(i64.ne (i64.and {all} {high}) {none})"),
                "(i32.shr_u (i32.wrap_i64 (i64.ctz (local.get $m))) (i32.const 3))".to_owned(),
            ]
        }
    };
    VALIDATE
        .replace("MASK", &mask)
        .replace("READ", &read)
        .replace("SOME", &some)
        .replace("MANY", &many)
        .replace("COUNT", &count)
        .replace("WIDTH", &width.to_string())
        .replace("LARGE", &(TOGETHER * width).to_string())
}
