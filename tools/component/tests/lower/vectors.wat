;; Accesses of 16 bytes, and of a lane, which the first version of the language cannot do.
;; checked
;; error with mvp: SIMD support is not enabled in `sum`
;; call: sum(8) -> 10
;; call: sum(65520) -> 10
;; call: sum(65521) -> trap
;; call: lane(65535) -> 7
;; call: lane(65536) -> trap
(component
  (component $other
    (core module $m (memory 1) (func (export "page") (result i32) (memory.grow (i32.const 1))))
    (core instance $i (instantiate $m))
    (func (export "page") (result u32) (canon lift (core func $i "page"))))
  (core module $m
    (memory 1)
    (func $sum (export "sum") (param i32) (result i32) (local $v v128)
      (v128.store (local.get 0) (v128.const i32x4 1 2 3 4))
      (local.set $v (v128.load (local.get 0)))
      (i32.add
        (i32.add (i32x4.extract_lane 0 (local.get $v)) (i32x4.extract_lane 1 (local.get $v)))
        (i32.add (i32x4.extract_lane 2 (local.get $v)) (i32x4.extract_lane 3 (local.get $v)))))
    (func (export "lane") (param i32) (result i32)
      (v128.store8_lane 3 (local.get 0) (i8x16.splat (i32.const 7)))
      (i8x16.extract_lane_u 5
        (v128.load8_lane 5 (local.get 0) (v128.const i64x2 0 0)))))
  (core instance $i (instantiate $m))
  (instance $other (instantiate $other))
  (export "page" (func $other "page"))
  (func (export "sum") (param "n" u32) (result u32) (canon lift (core func $i "sum")))
  (func (export "lane") (param "n" u32) (result u32) (canon lift (core func $i "lane"))))
