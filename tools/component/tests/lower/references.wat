;; References to functions that no segment declares, only an export does; tables that are looked at.
;; error with mvp: `set` reads or changes a table
;; call: set(7) -> 107
;; call: size(0) -> 3
(component
  (core module $m
    (type $f (func (param i32) (result i32)))
    (table $one 2 funcref)
    (table $other 3 funcref)
    (func $hundred (export "hundred") (param i32) (result i32) (i32.add (local.get 0) (i32.const 100)))
    (func $set (export "set") (param i32) (result i32)
      (table.set $other (i32.const 1) (ref.func $hundred))
      (call_indirect $other (type $f) (local.get 0) (i32.const 1)))
    (func (export "size") (param i32) (result i32) (table.size $other)))
  (core instance $i (instantiate $m))
  (func (export "set") (param "n" u32) (result u32) (canon lift (core func $i "set")))
  (func (export "size") (param "n" u32) (result u32) (canon lift (core func $i "size"))))
