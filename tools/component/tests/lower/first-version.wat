;; What the first version of the language lacks: conversions that saturate, sign extension, blocks
;; with several values, functions with several results, several tables.
;; call: saturate(1) -> 2147483647
;; call: saturate(2) -> 2147483648
;; call: saturate(3) -> 0
;; call: saturate(4) -> 4294967295
;; call: saturate(5) -> 0
;; call: saturate(6) -> 2147483648
;; call: saturate(7) -> 4294967295
;; call: saturate(8) -> 2147483647
;; call: saturate(9) -> 4294967295
;; call: saturate(10) -> 0
;; call: saturate(0) -> 7
;; call: extend(128) -> 4294967168
;; call: extend(32896) -> 4294967168
;; call: extend(127) -> 127
;; call: wide(32768) -> 4294934528
;; call: several(0) -> 321
;; call: several(5) -> 826
;; call: twice(3) -> 24
;; call: twice(0) -> 3
;; call: cases(0) -> 21
;; call: cases(1) -> 12
;; call: cases(2) -> 3
;; call: cases(9) -> 3
;; call: early(0) -> 3
;; call: early(1) -> 7
;; call: first(0) -> 10
;; call: first(1) -> 11
;; call: first(2) -> trap
;; call: first(3) -> trap
;; call: second(0) -> trap
;; call: second(1) -> 21
;; call: second(2) -> trap
;; call: second(4294967295) -> trap
(component
  (core module $m
    (table $a 2 funcref)
    (table $b 3 funcref)
    (type $f (func (result i32)))
    (func $ten (result i32) (i32.const 10))
    (func $eleven (result i32) (i32.const 11))
    (func $other (result i64) (i64.const 11))
    (func $twenty (result i32) (i32.const 21))
    (elem (table $a) (i32.const 0) func $ten $eleven)
    (elem (table $b) (i32.const 0) funcref (ref.null func) (ref.func $twenty) (ref.func $other))
    (func (export "first") (param i32) (result i32) (call_indirect $a (type $f) (local.get 0)))
    (func (export "second") (param i32) (result i32) (call_indirect $b (type $f) (local.get 0)))
    (func (export "saturate") (param i32) (result i32)
      (if (i32.eq (local.get 0) (i32.const 1)) (then (return (i32.trunc_sat_f32_s (f32.const inf)))))
      (if (i32.eq (local.get 0) (i32.const 2)) (then (return (i32.trunc_sat_f64_s (f64.const -1e300)))))
      (if (i32.eq (local.get 0) (i32.const 3)) (then (return (i32.trunc_sat_f64_s (f64.const nan)))))
      (if (i32.eq (local.get 0) (i32.const 4)) (then (return (i32.trunc_sat_f32_u (f32.const 4294967296)))))
      (if (i32.eq (local.get 0) (i32.const 5)) (then (return (i32.trunc_sat_f64_u (f64.const -0.9)))))
      (if (i32.eq (local.get 0) (i32.const 6)) (then (return (i32.trunc_sat_f64_s (f64.const -2147483648.9)))))
      (if (i32.eq (local.get 0) (i32.const 7)) (then (return (i32.trunc_sat_f64_u (f64.const 4294967295.9)))))
      (if (i32.eq (local.get 0) (i32.const 8)) (then (return (i32.wrap_i64 (i64.shr_s (i64.trunc_sat_f32_s (f32.const 9223372036854775808)) (i64.const 32))))))
      (if (i32.eq (local.get 0) (i32.const 9)) (then (return (i32.wrap_i64 (i64.trunc_sat_f64_u (f64.const 1e20))))))
      (if (i32.eq (local.get 0) (i32.const 10)) (then (return (i32.wrap_i64 (i64.trunc_sat_f64_s (f64.const -9223372036854775808))))))
      (i32.trunc_sat_f32_s (f32.const 7.9)))
    (func (export "extend") (param i32) (result i32) (i32.extend8_s (local.get 0)))
    (func (export "wide") (param i32) (result i32)
      (i32.wrap_i64 (i64.extend16_s (i64.extend_i32_u (local.get 0)))))
    (func $three (param i32) (result i32 i64 i32)
      (if (result i32 i64 i32) (local.get 0)
        (then (i32.const 6) (i64.const 2) (i32.const 8))
        (else (i32.const 1) (i64.const 2) (i32.const 3) (return))))
    ;; The digits of what is returned, last first.
    (func (export "several") (param i32) (result i32) (local i32 i64)
      (call $three (local.get 0))
      (i32.mul (i32.const 100))
      (local.set 1)
      (local.set 2)
      (i32.add (local.get 1))
      (i32.add (i32.mul (i32.const 10) (i32.wrap_i64 (local.get 2)))))
    ;; A loop with a parameter and a result: doubles as often as is said.
    (func (export "twice") (param i32) (result i32)
      (i32.const 3)
      (loop (param i32) (result i32)
        (if (param i32) (result i32 i32) (local.get 0)
          (then (i32.mul (i32.const 2)) (i32.const 1))
          (else (i32.const 0)))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_if 0)))
    (func (export "cases") (param i32) (result i32)
      (block (result i32 i32)
        (block (result i32 i32)
          (block (result i32 i32)
            (i32.const 1) (i32.const 2)
            (br_table 0 1 2 (local.get 0)))
          (i32.mul (i32.const 10)) (i32.add) (i32.const 0) (br 1))
        (i32.mul (i32.const 1)) (local.set 0) (i32.mul (i32.const 10)) (local.get 0) (br 0))
      (i32.add))
    (func (export "early") (param i32) (result i32)
      (i32.const 3) (i32.const 4)
      (block (param i32 i32) (result i32 i32)
        (br_if 0 (local.get 0))
        (drop) (i32.const 0))
      (i32.add)))
  (core instance $i (instantiate $m))
  (func (export "saturate") (param "n" u32) (result u32) (canon lift (core func $i "saturate")))
  (func (export "extend") (param "n" u32) (result u32) (canon lift (core func $i "extend")))
  (func (export "wide") (param "n" u32) (result u32) (canon lift (core func $i "wide")))
  (func (export "several") (param "n" u32) (result u32) (canon lift (core func $i "several")))
  (func (export "twice") (param "n" u32) (result u32) (canon lift (core func $i "twice")))
  (func (export "cases") (param "n" u32) (result u32) (canon lift (core func $i "cases")))
  (func (export "early") (param "n" u32) (result u32) (canon lift (core func $i "early")))
  (func (export "first") (param "n" u32) (result u32) (canon lift (core func $i "first")))
  (func (export "second") (param "n" u32) (result u32) (canon lift (core func $i "second"))))
