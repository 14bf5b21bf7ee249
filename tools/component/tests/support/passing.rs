//! A component that passes a value through another component.

/// The text of a component whose function `f` takes and returns a tuple of a value and 17 numbers.
/// Arguments and results of that many parts are passed in memory, in the same layout, so that the
/// functions only pass on an address.
pub fn passing(named: &[(&str, &str)], ty: &str, inner: &str, outer: &str) -> String {
    let mut import = String::new();
    let (mut give, mut alias, mut types) = (String::new(), String::new(), String::new());
    for (name, def) in named {
        import +=
            &format!("(type ${name}0 {def}) (export \"{name}\" (type ${name} (eq ${name}0)))\n");
        types += &format!("(type ${name} {def})\n");
        give += &format!("(export \"{name}\" (type ${name}))\n");
        alias += &format!("(alias export $in \"{name}\" (type ${name}))\n");
    }
    let tuple = format!("(tuple {ty}{})", " u32".repeat(17));
    let pages = r#"(func $page (param i32) (result i32) (i32.shl (memory.grow (i32.const 1)) (i32.const 16)))"#;
    let realloc = r#"
      (global $next (mut i32) (i32.const 1024))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $p i32)
        (local.set $p (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
        (global.set $next (i32.add (local.get $p) (local.get 3)))
        (if (i32.gt_u (global.get $next) (i32.shl (memory.size) (i32.const 16)))
          (then (if (i32.eq (memory.grow (i32.const 4)) (i32.const -1)) (then (unreachable)))))
        (memory.copy (local.get $p) (local.get 0) (local.get 1))
        (local.get $p))"#;
    format!(
        r#"(component
  (component $giver
    (core module $m (memory (export "memory") 1) {realloc}
      (func (export "f") (param i32) (result i32) (local.get 0))
      (func (export "post") (param i32) (global.set $next (i32.const 1024))))
    (core instance $i (instantiate $m))
    {types}
    (type $f (func (param "v" {tuple}) (result {tuple})))
    (func $f (type $f) (canon lift (core func $i "f") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))
      (post-return (core func $i "post")) string-encoding={inner}))
    (instance $x {give} (export "f" (func $f)))
    (export "test:t/api" (instance $x)))
  (component $taker
    (import "test:t/api" (instance $in
      {import}
      (type $f (func (param "v" {tuple}) (result {tuple})))
      (export "f" (func (type $f)))))
    {alias}
    (core module $libc (memory (export "memory") 1) {realloc}
      (global (export "next") (mut i32) (i32.const 7)))
    (core instance $libc (instantiate $libc))
    (core func $f (canon lower (func $in "f") (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc")) string-encoding={outer}))
    (core module $m
      (import "l" "memory" (memory 0))
      (import "l" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
      (import "l" "f" (func $f (param i32 i32)))
      {pages}
      (func (export "f") (param i32) (result i32) (local $r i32)
        (drop (call $page (i32.const 0)))
        (local.set $r (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 1024)))
        (call $f (local.get 0) (local.get $r))
        (local.get $r)))
    (core instance $i (instantiate $m (with "l" (instance
      (export "memory" (memory $libc "memory"))
      (export "realloc" (func $libc "realloc"))
      (export "f" (func $f))))))
    (type $g (func (param "v" {tuple}) (result {tuple})))
    (func $g (type $g) (canon lift (core func $i "f") (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc")) string-encoding={outer}))
    (instance $x {give} (export "f" (func $g)))
    (export "test:t/api" (instance $x)))
  (instance $a (instantiate $giver))
  (alias export $a "test:t/api" (instance $api))
  (instance $b (instantiate $taker (with "test:t/api" (instance $api))))
  (alias export $b "test:t/api" (instance $out))
  (export "test:t/api" (instance $out)))
"#
    )
}
