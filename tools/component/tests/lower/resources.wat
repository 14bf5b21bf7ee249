;; A component that defines a resource, one that passes it on, with imports of the host between.
;; call: run(7) -> 1070; made 7; gone 7
;; call: run(9) -> 1090; made 9; gone 9
;; call: leak(1) -> trap
;; call: twice(1) -> trap
;; call: forged(5) -> trap
(component
  (import "test:t/host" (instance $host
    (export "log" (func (param "s" string)))))
  (component $giver
    (import "log" (func $log (param "s" string)))
    (core module $libc (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 512)))
    (core instance $libc (instantiate $libc))
    (core func $log (canon lower (func $log) (memory (core memory $libc "memory"))))
    (core module $drop
      (import "l" "memory" (memory 1))
      (import "l" "log" (func $log (param i32 i32)))
      (data (i32.const 16) "made ?gone ?")
      (func (export "made") (param i32)
        (i32.store8 (i32.const 21) (i32.add (i32.const 48) (local.get 0)))
        (call $log (i32.const 16) (i32.const 6)))
      (func (export "gone") (param i32)
        (i32.store8 (i32.const 27) (i32.add (i32.const 48) (local.get 0)))
        (call $log (i32.const 22) (i32.const 6))))
    (core instance $drop (instantiate $drop (with "l" (instance
      (export "memory" (memory $libc "memory"))
      (export "log" (func $log))))))
    (type $r' (resource (rep i32) (dtor (core func $drop "gone"))))
    (export $r "r" (type $r'))
    (core func $new (canon resource.new $r'))
    (core module $m
      (import "l" "new" (func $new (param i32) (result i32)))
      (import "l" "made" (func $made (param i32)))
      (func (export "make") (param i32) (result i32)
        (call $made (local.get 0))
        (call $new (local.get 0)))
      (func (export "get") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 10))))
    (core instance $m (instantiate $m (with "l" (instance
      (export "new" (func $new))
      (export "made" (func $drop "made"))))))
    (func (export "make") (param "n" u32) (result (own $r)) (canon lift (core func $m "make")))
    (func (export "get") (param "r" (borrow $r)) (result u32) (canon lift (core func $m "get"))))
  (component $middle
    (import "r" (type $r (sub resource)))
    (import "get" (func $get (param "r" (borrow $r)) (result u32)))
    (core func $get (canon lower (func $get)))
    (core func $drop (canon resource.drop $r))
    (core module $m
      (import "l" "get" (func $get (param i32) (result i32)))
      (import "l" "drop" (func $drop (param i32)))
      (func (export "peek") (param i32) (result i32) (local $n i32)
        (local.set $n (call $get (local.get 0)))
        (call $drop (local.get 0))
        (i32.add (local.get $n) (i32.const 1000)))
      (func (export "keep") (param i32) (result i32) (i32.const 1)))
    (core instance $m (instantiate $m (with "l" (instance
      (export "get" (func $get)) (export "drop" (func $drop))))))
    (func (export "peek") (param "r" (borrow $r)) (result u32) (canon lift (core func $m "peek")))
    (func (export "keep") (param "r" (borrow $r)) (result u32) (canon lift (core func $m "keep"))))
  (component $taker
    (import "r" (type $r (sub resource)))
    (import "make" (func $make (param "n" u32) (result (own $r))))
    (import "peek" (func $peek (param "r" (borrow $r)) (result u32)))
    (import "keep" (func $keep (param "r" (borrow $r)) (result u32)))
    (core func $make (canon lower (func $make)))
    (core func $peek (canon lower (func $peek)))
    (core func $keep (canon lower (func $keep)))
    (core func $drop (canon resource.drop $r))
    (core module $m
      (import "l" "make" (func $make (param i32) (result i32)))
      (import "l" "peek" (func $peek (param i32) (result i32)))
      (import "l" "keep" (func $keep (param i32) (result i32)))
      (import "l" "drop" (func $drop (param i32)))
      (func (export "run") (param i32) (result i32) (local $r i32) (local $n i32)
        (local.set $r (call $make (local.get 0)))
        (local.set $n (call $peek (local.get $r)))
        (call $drop (local.get $r))
        (local.get $n))
      ;; The callee must not keep what it borrows.
      (func (export "leak") (param i32) (result i32) (call $keep (call $make (local.get 0))))
      (func (export "twice") (param i32) (result i32) (local $r i32)
        (local.set $r (call $make (local.get 0)))
        (call $drop (local.get $r))
        (call $drop (local.get $r))
        (i32.const 0))
      (func (export "forged") (param i32) (result i32) (call $peek (local.get 0))))
    (core instance $m (instantiate $m (with "l" (instance
      (export "make" (func $make)) (export "peek" (func $peek))
      (export "keep" (func $keep)) (export "drop" (func $drop))))))
    (func (export "run") (param "n" u32) (result u32) (canon lift (core func $m "run")))
    (func (export "leak") (param "n" u32) (result u32) (canon lift (core func $m "leak")))
    (func (export "twice") (param "n" u32) (result u32) (canon lift (core func $m "twice")))
    (func (export "forged") (param "n" u32) (result u32) (canon lift (core func $m "forged"))))
  (instance $g (instantiate $giver (with "log" (func $host "log"))))
  (alias export $g "r" (type $r))
  (instance $m (instantiate $middle (with "r" (type $r)) (with "get" (func $g "get"))))
  (instance $t (instantiate $taker (with "r" (type $r)) (with "make" (func $g "make"))
    (with "peek" (func $m "peek")) (with "keep" (func $m "keep"))))
  (export "run" (func $t "run"))
  (export "leak" (func $t "leak"))
  (export "twice" (func $t "twice"))
  (export "forged" (func $t "forged")))
