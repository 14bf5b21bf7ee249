;; Memories that grow: what is in them stays, what is new is zero, and what is outside traps.
;; checked
;; call: b-poke(65535) -> 65535
;; call: b-poke(0) -> 0
;; call: a-grow(2) -> 1
;; call: a-size(0) -> 3
;; call: b-size(0) -> 1
;; call: a-peek(65536) -> 0
;; call: a-peek(131071) -> 0
;; call: a-peek(196607) -> 0
;; call: b-peek(65535) -> 77
;; call: b-peek(0) -> 77
;; call: a-poke(196607) -> 196607
;; call: b-grow(3) -> 1
;; call: b-peek(65536) -> 0
;; call: a-grow(1) -> 3
;; call: a-grow(0) -> 4
;; call: a-peek(196607) -> 77
;; call: a-peek(196608) -> 0
;; call: b-peek(65535) -> 77
;; call: b-grow(4) -> 4294967295
;; call: b-grow(65536) -> 4294967295
;; call: a-grow(4294967295) -> 4294967295
;; call: b-size(0) -> 4
;; call: a-fill(5) -> 1285
;; call: b-peek(0) -> 77
;; call: a-peek(262144) -> trap
;; call: b-poke(65535) -> 65535
;; call: a-peek(65536) -> trap
;; call: a-poke(65536) -> trap
;; call: a-peek(4294967295) -> trap
;; call: b-peek(65536) -> trap
;; call: a-far(0) -> trap
;; call: a-far(4294967295) -> trap
;; call: a-wide(65528) -> 0
;; call: a-wide(65529) -> trap
;; call: a-wide(4294967289) -> trap
;; call: a-fill(65536) -> trap
;; call: a-fill(65530) -> trap
;; call: a-copy(65000) -> trap
;; call: a-copy(1000) -> 1
;; call: a-again(5385) -> 0
;; call: a-again(5486) -> trap
;; call: a-walk(65536) -> 65536
;; call: a-walk(65537) -> trap
;; call: a-skip(65526) -> 0
;; call: a-skip(65527) -> trap
;; call: a-either(65526) -> 0
;; call: a-either(65527) -> trap
;; call: a-overlap(1000) -> 4159260865
;; call: a-overlap(1003) -> 3492904863
;; call: a-overlap(997) -> 1690511839
;; call: a-overlap(1011) -> 3128724710
;; call: a-overlap(985) -> 433521610
;; call: c-peek(65535) -> 0
;; call: c-peek(65536) -> trap
;; call: b-init(0) -> 104
;; call: b-init(2) -> trap
;; call: b-drop(0) -> 0
;; call: b-init(0) -> trap
(component
  (component $a
    (core module $m
      (memory 1)
      (data (i32.const 8) "\01")
      (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
      (func (export "size") (param i32) (result i32) (memory.size))
      (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0)))
      (func (export "poke") (param i32) (result i32)
        (i32.store8 (local.get 0) (i32.const 77)) (local.get 0))
      (func (export "far") (param i32) (result i32) (i32.load8_u offset=4294967295 (local.get 0)))
      (func (export "wide") (param i32) (result i32) (i32.wrap_i64 (i64.load (local.get 0))))
      (func (export "fill") (param i32) (result i32)
        (memory.fill (local.get 0) (i32.const 5) (i32.const 7))
        (i32.load16_u offset=5 (local.get 0)))
      ;; The same local with another value.
      (func (export "again") (param i32) (result i32)
        (drop (i32.load8_u offset=100 (local.get 0)))
        (drop (i32.load8_u offset=50 (local.get 0)))
        (local.set 0 (i32.add (local.get 0) (i32.const 60000)))
        (i32.load8_u offset=50 (local.get 0)))
      (func (export "walk") (param i32) (result i32) (local $p i32)
        (drop (i32.load8_u (local.get $p)))
        (loop $more
          (drop (i32.load8_u (local.get $p)))
          (local.set $p (i32.add (local.get $p) (i32.const 4096)))
          (br_if $more (i32.lt_u (local.get $p) (local.get 0))))
        (local.get $p))
      ;; An access that is passed by, and one after it.
      (func (export "skip") (param i32) (result i32)
        (block
          (br_if 0 (i32.gt_u (local.get 0) (i32.const 9)))
          (i32.store8 offset=9 (local.get 0) (i32.const 0)))
        (i32.load8_u offset=9 (local.get 0)))
      (func (export "either") (param i32) (result i32)
        (if (result i32) (i32.lt_u (local.get 0) (i32.const 9))
          (then (i32.load8_u offset=9 (local.get 0)))
          (else (i32.load8_u offset=9 (local.get 0)))))
      ;; A hash of what is left of 64 bytes, after 21 were filled and 40 copied over each other.
      (func (export "overlap") (param i32) (result i32) (local $p i32) (local $sum i32)
        (local.set $p (i32.const 960))
        (loop $more
          (i32.store8 (local.get $p) (i32.mul (local.get $p) (i32.const 7)))
          (local.set $p (i32.add (local.get $p) (i32.const 1)))
          (br_if $more (i32.lt_u (local.get $p) (i32.const 1088))))
        (memory.fill (i32.const 1010) (i32.const 0x1a5) (i32.const 21))
        (memory.copy (local.get 0) (i32.const 1000) (i32.const 40))
        (loop $more
          (local.set $p (i32.sub (local.get $p) (i32.const 1)))
          (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31)) (i32.load8_u (local.get $p))))
          (br_if $more (i32.gt_u (local.get $p) (i32.const 960))))
        (local.get $sum))
      (func (export "copy") (param i32) (result i32)
        (memory.copy (local.get 0) (i32.const 8) (i32.const 600))
        (i32.load8_u (local.get 0))))
    (core instance $i (instantiate $m))
    (func (export "grow") (param "n" u32) (result u32) (canon lift (core func $i "grow")))
    (func (export "size") (param "n" u32) (result u32) (canon lift (core func $i "size")))
    (func (export "peek") (param "n" u32) (result u32) (canon lift (core func $i "peek")))
    (func (export "poke") (param "n" u32) (result u32) (canon lift (core func $i "poke")))
    (func (export "far") (param "n" u32) (result u32) (canon lift (core func $i "far")))
    (func (export "wide") (param "n" u32) (result u32) (canon lift (core func $i "wide")))
    (func (export "fill") (param "n" u32) (result u32) (canon lift (core func $i "fill")))
    (func (export "again") (param "n" u32) (result u32) (canon lift (core func $i "again")))
    (func (export "walk") (param "n" u32) (result u32) (canon lift (core func $i "walk")))
    (func (export "skip") (param "n" u32) (result u32) (canon lift (core func $i "skip")))
    (func (export "either") (param "n" u32) (result u32) (canon lift (core func $i "either")))
    (func (export "overlap") (param "n" u32) (result u32) (canon lift (core func $i "overlap")))
    (func (export "copy") (param "n" u32) (result u32) (canon lift (core func $i "copy"))))
  (component $b
    (core module $m
      (memory 1 5)
      (data $d "hello")
      (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
      (func (export "size") (param i32) (result i32) (memory.size))
      (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0)))
      (func (export "poke") (param i32) (result i32)
        (i32.store8 (local.get 0) (i32.const 77)) (local.get 0))
      (func (export "init") (param i32) (result i32)
        (memory.init $d (i32.const 16) (local.get 0) (i32.const 4))
        (i32.load8_u (i32.const 16)))
      (func (export "drop") (param i32) (result i32) (data.drop $d) (i32.const 0)))
    (core instance $i (instantiate $m))
    (func (export "grow") (param "n" u32) (result u32) (canon lift (core func $i "grow")))
    (func (export "size") (param "n" u32) (result u32) (canon lift (core func $i "size")))
    (func (export "peek") (param "n" u32) (result u32) (canon lift (core func $i "peek")))
    (func (export "poke") (param "n" u32) (result u32) (canon lift (core func $i "poke")))
    (func (export "init") (param "n" u32) (result u32) (canon lift (core func $i "init")))
    (func (export "drop") (param "n" u32) (result u32) (canon lift (core func $i "drop"))))
  ;; A memory that nothing makes grow.
  (component $c
    (core module $m
      (memory 1)
      (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0))))
    (core instance $i (instantiate $m))
    (func (export "peek") (param "n" u32) (result u32) (canon lift (core func $i "peek"))))
  (instance $c (instantiate $c))
  (instance $a (instantiate $a))
  (instance $b (instantiate $b))
  (export "a-grow" (func $a "grow"))
  (export "a-size" (func $a "size"))
  (export "a-peek" (func $a "peek"))
  (export "a-poke" (func $a "poke"))
  (export "a-far" (func $a "far"))
  (export "a-wide" (func $a "wide"))
  (export "a-fill" (func $a "fill"))
  (export "a-again" (func $a "again"))
  (export "a-walk" (func $a "walk"))
  (export "a-skip" (func $a "skip"))
  (export "a-either" (func $a "either"))
  (export "a-overlap" (func $a "overlap"))
  (export "c-peek" (func $c "peek"))
  (export "a-copy" (func $a "copy"))
  (export "b-grow" (func $b "grow"))
  (export "b-size" (func $b "size"))
  (export "b-peek" (func $b "peek"))
  (export "b-poke" (func $b "poke"))
  (export "b-init" (func $b "init"))
  (export "b-drop" (func $b "drop")))
