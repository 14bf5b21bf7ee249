;; Accesses that are checked together with those that follow, and not with those that may not.
;; checked
;; call: two(65435) -> 7
;; call: two(65436) -> trap
;; call: two(4294967295) -> trap
;; call: back(65435) -> 7
;; call: back(65436) -> trap
;; call: reset(65535) -> 7
;; call: reset(65536) -> trap
;; call: branch(65000) -> 7
;; call: branch(65500) -> 1
;; call: branch(65536) -> trap
;; call: calls(65435) -> 7
;; call: calls(65535) -> trap
;; call: stores(65432) -> 14
;; call: stores(65433) -> trap
;; call: far(0) -> trap
;; call: loop(65436) -> 100
;; call: loop(65437) -> trap
;; call: big(5) -> 12
;; call: big(4294967295) -> trap
;; call: maybe(65500) -> 7
;; call: maybe(65536) -> trap
;; call: deep(65535) -> 7
;; call: grows(65536) -> 7
;; call: far(0) -> trap
;; call: grows(65536) -> trap
;; call: grows(65535) -> 7
;; call: grows(65536) -> 7
(component
  (component $other
    (core module $m (memory 1)
      (func (export "page") (result i32) (i32.store (i32.const 8) (i32.const -1)) (memory.grow (i32.const 1))))
    (core instance $i (instantiate $m))
    (func (export "page") (result u32) (canon lift (core func $i "page"))))
  (core module $m
    (memory 1)
    (func $set (param $at i32)
      (if (i32.le_u (local.get $at) (i32.const 65535))
        (then (i32.store8 (local.get $at) (i32.const 7)))))
    (func (export "two") (param $p i32) (result i32)
      (call $set (i32.const 65535))
      (drop (i32.load8_u (local.get $p)))
      (i32.load8_u offset=100 (local.get $p)))
    (func (export "back") (param $p i32) (result i32)
      (call $set (i32.add (local.get $p) (i32.const 100)))
      (i32.add (i32.load8_u offset=100 (local.get $p)) (i32.load8_u (local.get $p))))
    ;; The second address is another one.
    (func (export "reset") (param $p i32) (result i32)
      (call $set (i32.const 100))
      (drop (i32.load8_u (local.get $p)))
      (local.set $p (i32.const 0))
      (i32.load8_u offset=100 (local.get $p)))
    (func (export "branch") (param $p i32) (result i32)
      (call $set (i32.const 65100))
      (drop (i32.load8_u (local.get $p)))
      (if (i32.gt_u (local.get $p) (i32.const 65435)) (then (return (i32.const 1))))
      (i32.load8_u offset=100 (local.get $p)))
    (func (export "calls") (param $p i32) (result i32)
      (drop (i32.load8_u (local.get $p)))
      (call $set (i32.add (local.get $p) (i32.const 100)))
      (i32.load8_u offset=100 (local.get $p)))
    ;; There is more of it by then.
    (func (export "grows") (param $p i32) (result i32)
      (drop (i32.load8_u (local.get $p)))
      (drop (memory.grow (i32.const 1)))
      (i32.store8 offset=100 (local.get $p) (i32.const 7))
      (i32.load8_u offset=100 (local.get $p)))
    (func (export "maybe") (param $p i32) (result i32)
      (call $set (local.get $p))
      (drop (i32.load8_u (local.get $p)))
      (if (i32.lt_u (local.get $p) (i32.const 65000)) (then (drop (i32.load8_u offset=100 (local.get $p)))))
      (i32.load8_u (local.get $p)))
    (func $more (drop (memory.grow (i32.const 1))))
    (func $mid (call $more))
    (func (export "deep") (param $p i32) (result i32)
      (i32.store8 (local.get $p) (i32.const 7))
      (drop (i32.load8_u (i32.sub (local.get $p) (i32.const 1))))
      (drop (i32.load8_u (i32.sub (local.get $p) (i32.const 2))))
      (call $mid)
      (drop (i32.load8_u (i32.add (local.get $p) (i32.const 1))))
      (i32.load8_u (local.get $p)))
    (func (export "stores") (param $p i32) (result i32)
      (i32.store8 (local.get $p) (i32.const 7))
      (i32.store offset=100 align=1 (local.get $p) (i32.load8_u (local.get $p)))
      (i32.add (i32.load8_u (local.get $p)) (i32.load offset=100 align=1 (local.get $p))))
    (func (export "far") (param $p i32) (result i32)
      (drop (i32.load8_u (local.get $p)))
      (i32.load8_u offset=4294967295 (local.get $p)))
    (func (export "loop") (param $p i32) (result i32) (local $n i32)
      (loop $more
        (i32.store8 (local.get $p) (i32.const 7))
        (i32.store8 offset=1 align=1 (local.get $p) (i32.const 7))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $more (i32.lt_u (local.get $n) (i32.const 99))))
      (i32.store8 (local.get $p) (i32.const 7))
      (i32.add (local.get $n) (i32.const 1)))
    (func (export "big") (param $p i32) (result i32)
      (i32.store8 offset=3 (local.get $p) (i32.const 5))
      (i32.store8 offset=2 (local.get $p) (i32.const 4))
      (i32.store8 offset=1 (local.get $p) (i32.const 3))
      (i32.add
        (i32.load8_u offset=1 (local.get $p))
        (i32.add (i32.load8_u offset=2 (local.get $p)) (i32.load8_u offset=3 (local.get $p))))))
  (core instance $i (instantiate $m))
  (instance $other (instantiate $other))
  (export "page" (func $other "page"))
  (func (export "two") (param "n" u32) (result u32) (canon lift (core func $i "two")))
  (func (export "back") (param "n" u32) (result u32) (canon lift (core func $i "back")))
  (func (export "reset") (param "n" u32) (result u32) (canon lift (core func $i "reset")))
  (func (export "branch") (param "n" u32) (result u32) (canon lift (core func $i "branch")))
  (func (export "calls") (param "n" u32) (result u32) (canon lift (core func $i "calls")))
  (func (export "grows") (param "n" u32) (result u32) (canon lift (core func $i "grows")))
  (func (export "maybe") (param "n" u32) (result u32) (canon lift (core func $i "maybe")))
  (func (export "deep") (param "n" u32) (result u32) (canon lift (core func $i "deep")))
  (func (export "stores") (param "n" u32) (result u32) (canon lift (core func $i "stores")))
  (func (export "far") (param "n" u32) (result u32) (canon lift (core func $i "far")))
  (func (export "loop") (param "n" u32) (result u32) (canon lift (core func $i "loop")))
  (func (export "big") (param "n" u32) (result u32) (canon lift (core func $i "big"))))
