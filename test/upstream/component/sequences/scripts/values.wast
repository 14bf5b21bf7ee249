;; Values that pass through two components with memories and string encodings of their own.
(component definition $Echo
  (core module $Libc
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32)
      (result i32)
      (local $at i32)
      (local.set $at
        (i32.and
          (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
          (i32.sub (i32.const 0) (local.get $align))))
      (global.set $next (i32.add (local.get $at) (local.get $new)))
      (memory.copy (local.get $at) (local.get $old)
        (select (local.get $size) (local.get $new)
          (i32.lt_u (local.get $size) (local.get $new))))
      (local.get $at)))

  (component $Inner
    (alias outer 1 $Libc (core module $Libc))
    (core instance $libc (instantiate $Libc))
    (core module $m
      (import "libc" "memory" (memory 1))
      ;; Returns the string at an address.
      (func $at (export "at") (param i32 i32) (result i32)
        (i32.store (i32.const 16) (local.get 0))
        (i32.store (i32.const 20) (local.get 1))
        (i32.const 16))
      (func (export "number") (param i32 i64) (result i32)
        (i32.store8 (i32.const 32) (local.get 0))
        (i64.store (i32.const 40) (local.get 1))
        (i32.const 32))
      (export "text" (func $at))
      (data (i32.const 64) "\ff\fe"))
    (core instance $i (instantiate $m (with "libc" (instance $libc))))
    (type $r (result u64 (error f64)))
    (func (export "text") (param "x" string) (result string)
      (canon lift (core func $i "text") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc"))))
    (func (export "at") (param "at" u32) (param "bytes" u32) (result string)
      (canon lift (core func $i "at") (memory (core memory $libc "memory"))))
    (func (export "number") (param "x" $r) (result $r)
      (canon lift (core func $i "number") (memory (core memory $libc "memory")))))
  (instance $inner (instantiate $Inner))

  (component $Outer
    (import "text" (func $text (param "x" string) (result string)))
    (import "at" (func $at (param "at" u32) (param "bytes" u32) (result string)))
    (alias outer 1 $Libc (core module $Libc))
    (core instance $libc (instantiate $Libc))
    (core func $text (canon lower (func $text) string-encoding=utf16
      (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
    (core func $at (canon lower (func $at) string-encoding=utf16
      (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
    (core module $m
      (import "" "text" (func $text (param i32 i32 i32)))
      (import "" "at" (func $at (param i32 i32 i32)))
      (func (export "text") (param i32 i32) (result i32)
        (call $text (local.get 0) (local.get 1) (i32.const 16))
        (i32.const 16))
      (func (export "at") (param i32 i32) (result i32)
        (call $at (local.get 0) (local.get 1) (i32.const 16))
        (i32.const 16)))
    (core instance $i (instantiate $m
      (with "" (instance (export "text" (func $text)) (export "at" (func $at))))))
    (func (export "text") (param "x" string) (result string)
      (canon lift (core func $i "text") string-encoding=utf16
        (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
    (func (export "at") (param "at" u32) (param "bytes" u32) (result string)
      (canon lift (core func $i "at") string-encoding=utf16
        (memory (core memory $libc "memory")))))
  (instance $outer (instantiate $Outer
    (with "text" (func $inner "text"))
    (with "at" (func $inner "at"))))
  (func (export "text") (alias export $outer "text"))
  (func (export "at") (alias export $outer "at"))
  (export "number" (func $inner "number")))

(component instance $a $Echo)
(assert_return (invoke "text" (str.const "")) (str.const ""))
(assert_return (invoke "text" (str.const "könnte 🦀")) (str.const "könnte 🦀"))
(assert_return
  (invoke "number" (result.ok (u64.const 0xffff_ffff_ffff)))
  (result.ok (u64.const 0xffff_ffff_ffff)))
(assert_return
  (invoke "number" (result.err (f64.const -0x1p-3)))
  (result.err (f64.const -0.125)))
(assert_return (invoke "at" (u32.const 0) (u32.const 3)) (str.const "\00\00\00"))
(assert_trap (invoke "at" (u32.const 65535) (u32.const 2)) "out-of-bounds")

(component instance $b $Echo)
(assert_trap (invoke "at" (u32.const 64) (u32.const 1)) "invalid utf")
