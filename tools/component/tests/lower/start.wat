;; A start function that reads a memory before a later instance writes to it, a table that is
;; filled later, and a constant of another instance as an offset.
;; error with mvp: `_start_instances` reads or changes a table
;; call: seen(0) -> 1
;; call: now(0) -> 42
;; call: table(2) -> 12
;; call: table(9) -> trap
(component
  (core module $base
    (memory (export "memory") 1)
    (table (export "table") 4 funcref)
    (global (export "at") i32 (i32.const 100))
    (data (i32.const 100) "\01"))
  (core instance $base (instantiate $base))
  (core module $first
    (import "b" "memory" (memory 1))
    (global $seen (mut i32) (i32.const 0))
    (func $start (global.set $seen (i32.load8_u (i32.const 100))))
    (start $start)
    (func (export "seen") (param i32) (result i32) (global.get $seen))
    (func (export "now") (param i32) (result i32) (i32.load8_u (i32.const 100))))
  (core instance $first (instantiate $first (with "b" (instance $base))))
  (core module $second
    (import "b" "memory" (memory 1))
    (import "b" "table" (table 4 funcref))
    (import "b" "at" (global $at i32))
    (type $f (func (result i32)))
    (func $ten (result i32) (i32.const 10))
    (func $twelve (result i32) (i32.const 12))
    (elem (i32.const 1) $ten $twelve)
    (data (global.get $at) "\2a")
    (func (export "table") (param i32) (result i32) (call_indirect (type $f) (local.get 0))))
  (core instance $second (instantiate $second (with "b" (instance $base))))
  (func (export "seen") (param "n" u32) (result u32) (canon lift (core func $first "seen")))
  (func (export "now") (param "n" u32) (result u32) (canon lift (core func $first "now")))
  (func (export "table") (param "n" u32) (result u32) (canon lift (core func $second "table"))))
