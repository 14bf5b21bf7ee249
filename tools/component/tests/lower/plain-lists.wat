;; Lists of plain data, which are copied at once, and one whose elements have room between their
;; fields: what is there is the receiver's own. At the end of a memory, and past it.
;; call: padded((64, 3)) -> 2556724489
;; call: plain((64, 3)) -> 3284538041
;; call: plain((64, 0)) -> 17
;; call: plain((64, 1)) -> 4285485129
;; call: plain((64, 1000)) -> 2867177681
;; call: plain((131056, 1)) -> 3248275785
;; call: plain((131072, 0)) -> 17
;; call: bytes((65, 5)) -> 679687847
;; call: bytes((131071, 1)) -> 779
;; call: words((64, 9)) -> 3772541040
;; call: flags((64, 9)) -> 4206614294
;; call: nested((64, 2)) -> 1997113143
;; call: plain((131064, 1)) -> trap
;; call: plain((131056, 2)) -> trap
;; call: plain((131088, 0)) -> trap
;; call: plain((68, 1)) -> trap
;; call: plain((64, 268435455)) -> trap
;; call: plain((64, 268435456)) -> trap
;; call: plain((64, 268435457)) -> trap
;; call: plain((64, 4294967295)) -> trap
;; call: bytes((131072, 1)) -> trap
;; call: bytes((1, 131072)) -> trap
;; call: bytes((1, 4294967295)) -> trap
;; call: words((64, 2147483649)) -> trap
;; call: plain((64, 2)) -> 4004004225
(component
  (component $giver
    (core module $m
      (memory (export "memory") 1)
      (global $next (mut i32) (i32.const 4096))
      ;; What is fresh is not empty.
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $p i32)
        (local.set $p (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
        (global.set $next (i32.add (local.get $p) (local.get 3)))
        (memory.fill (local.get $p) (i32.const 0x55) (local.get 3))
        (local.get $p))
      (func $hash (param $p i32) (param $n i32) (result i32) (local $h i32)
        (local.set $h (i32.const 17))
        (block $done
          (loop $more
            (br_if $done (i32.eqz (local.get $n)))
            (local.set $h (i32.add (i32.mul (local.get $h) (i32.const 31)) (i32.load8_u (local.get $p))))
            (local.set $p (i32.add (local.get $p) (i32.const 1)))
            (local.set $n (i32.sub (local.get $n) (i32.const 1)))
            (br $more)))
        (global.set $next (i32.const 4096))
        (local.get $h))
      (func (export "1") (param i32 i32) (result i32) (call $hash (local.get 0) (local.get 1)))
      (func (export "2") (param i32 i32) (result i32)
        (call $hash (local.get 0) (i32.shl (local.get 1) (i32.const 1))))
      (func (export "8") (param i32 i32) (result i32)
        (call $hash (local.get 0) (i32.shl (local.get 1) (i32.const 3))))
      (func (export "16") (param i32 i32) (result i32)
        (call $hash (local.get 0) (i32.shl (local.get 1) (i32.const 4))))
      ;; The addresses of what is in the list are its own.
      (func (export "nested") (param i32 i32) (result i32)
        (i32.add
          (call $hash (i32.load (local.get 0)) (i32.shl (i32.load offset=4 (local.get 0)) (i32.const 1)))
          (call $hash (i32.load offset=8 (local.get 0)) (i32.shl (i32.load offset=12 (local.get 0)) (i32.const 1))))))
    (core instance $i (instantiate $m))
    (type $padded (record (field "a" u8) (field "b" u32)))
    (type $plain (record (field "a" u32) (field "b" s16) (field "c" u8) (field "d" s8) (field "e" f64)))
    (type $flags (flags "a" "b" "c"))
    (func $padded (param "l" (list $padded)) (result u32)
      (canon lift (core func $i "8") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
    (func $plain (param "l" (list $plain)) (result u32)
      (canon lift (core func $i "16") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
    (func $bytes (param "l" (list u8)) (result u32)
      (canon lift (core func $i "1") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
    (func $words (param "l" (list s16)) (result u32)
      (canon lift (core func $i "2") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
    (func $flags (param "l" (list $flags)) (result u32)
      (canon lift (core func $i "1") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
    (func $nested (param "l" (list (list (tuple u8 u8)))) (result u32)
      (canon lift (core func $i "nested") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
    (instance $x
      (export "p" (type $padded)) (export "q" (type $plain)) (export "r" (type $flags))
      (export "padded" (func $padded)) (export "plain" (func $plain)) (export "bytes" (func $bytes))
      (export "words" (func $words)) (export "flags" (func $flags)) (export "nested" (func $nested)))
    (export "test:t/lists" (instance $x)))
  (component $taker
    (import "test:t/lists" (instance $in
      (type $p0 (record (field "a" u8) (field "b" u32)))
      (export "p" (type $p (eq $p0)))
      (type $q0 (record (field "a" u32) (field "b" s16) (field "c" u8) (field "d" s8) (field "e" f64)))
      (export "q" (type $q (eq $q0)))
      (type $r0 (flags "a" "b" "c"))
      (export "r" (type $r (eq $r0)))
      (export "padded" (func (param "l" (list $p)) (result u32)))
      (export "plain" (func (param "l" (list $q)) (result u32)))
      (export "bytes" (func (param "l" (list u8)) (result u32)))
      (export "words" (func (param "l" (list s16)) (result u32)))
      (export "flags" (func (param "l" (list $r)) (result u32)))
      (export "nested" (func (param "l" (list (list (tuple u8 u8)))) (result u32)))))
    (core module $libc (memory (export "memory") 2)
      (func $fill (local $p i32)
        (loop $more
          (i32.store8 (local.get $p) (i32.add (i32.mul (local.get $p) (i32.const 7)) (i32.const 3)))
          (local.set $p (i32.add (local.get $p) (i32.const 1)))
          (br_if $more (i32.lt_u (local.get $p) (i32.const 131072))))
        ;; Two lists of three and of none.
        (i32.store (i32.const 32) (i32.const 129)) (i32.store (i32.const 36) (i32.const 3))
        (i32.store (i32.const 40) (i32.const 131)) (i32.store (i32.const 44) (i32.const 0)))
      (start $fill))
    (core instance $libc (instantiate $libc))
    (core func $padded (canon lower (func $in "padded") (memory (core memory $libc "memory"))))
    (core func $plain (canon lower (func $in "plain") (memory (core memory $libc "memory"))))
    (core func $bytes (canon lower (func $in "bytes") (memory (core memory $libc "memory"))))
    (core func $words (canon lower (func $in "words") (memory (core memory $libc "memory"))))
    (core func $flags (canon lower (func $in "flags") (memory (core memory $libc "memory"))))
    (core func $nested (canon lower (func $in "nested") (memory (core memory $libc "memory"))))
    (core module $m
      (import "l" "padded" (func $padded (param i32 i32) (result i32)))
      (import "l" "plain" (func $plain (param i32 i32) (result i32)))
      (import "l" "bytes" (func $bytes (param i32 i32) (result i32)))
      (import "l" "words" (func $words (param i32 i32) (result i32)))
      (import "l" "flags" (func $flags (param i32 i32) (result i32)))
      (import "l" "nested" (func $nested (param i32 i32) (result i32)))
      (func (export "padded") (param i32 i32) (result i32) (call $padded (local.get 0) (local.get 1)))
      (func (export "plain") (param i32 i32) (result i32) (call $plain (local.get 0) (local.get 1)))
      (func (export "bytes") (param i32 i32) (result i32) (call $bytes (local.get 0) (local.get 1)))
      (func (export "words") (param i32 i32) (result i32) (call $words (local.get 0) (local.get 1)))
      (func (export "flags") (param i32 i32) (result i32) (call $flags (local.get 0) (local.get 1)))
      (func (export "nested") (param i32 i32) (result i32) (call $nested (i32.const 32) (local.get 1))))
    (core instance $i (instantiate $m (with "l" (instance
      (export "padded" (func $padded)) (export "plain" (func $plain)) (export "bytes" (func $bytes))
      (export "words" (func $words)) (export "flags" (func $flags)) (export "nested" (func $nested))))))
    (func (export "padded") (param "v" (tuple u32 u32)) (result u32) (canon lift (core func $i "padded")))
    (func (export "plain") (param "v" (tuple u32 u32)) (result u32) (canon lift (core func $i "plain")))
    (func (export "bytes") (param "v" (tuple u32 u32)) (result u32) (canon lift (core func $i "bytes")))
    (func (export "words") (param "v" (tuple u32 u32)) (result u32) (canon lift (core func $i "words")))
    (func (export "flags") (param "v" (tuple u32 u32)) (result u32) (canon lift (core func $i "flags")))
    (func (export "nested") (param "v" (tuple u32 u32)) (result u32) (canon lift (core func $i "nested"))))
  (instance $a (instantiate $giver))
  (alias export $a "test:t/lists" (instance $api))
  (instance $b (instantiate $taker (with "test:t/lists" (instance $api))))
  (export "padded" (func $b "padded"))
  (export "plain" (func $b "plain"))
  (export "bytes" (func $b "bytes"))
  (export "words" (func $b "words"))
  (export "flags" (func $b "flags"))
  (export "nested" (func $b "nested")))
