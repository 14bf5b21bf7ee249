;; Instances of a component have their own state, in one component and in a script.
(component definition $Counters
  (component $Counter
    (core module $m
      (memory 1)
      (func (export "bump") (param i32) (result i32)
        (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (local.get 0)))
        (i32.load (i32.const 8))))
    (core instance $i (instantiate $m))
    (func (export "bump") (param "by" u32) (result u32) (canon lift (core func $i "bump"))))
  (instance $a (instantiate $Counter))
  (instance $b (instantiate $Counter))
  (func (export "bump-a") (alias export $a "bump"))
  (func (export "bump-b") (alias export $b "bump")))

(component instance $one $Counters)
(assert_return (invoke "bump-a" (u32.const 1)) (u32.const 1))
(assert_return (invoke "bump-a" (u32.const 2)) (u32.const 3))
(component instance $two $Counters)
(assert_return (invoke "bump-b" (u32.const 0xffffffff)) (u32.const 0xffffffff))
(assert_return (invoke "bump-b" (u32.const 2)) (u32.const 1))
(assert_return (invoke $one "bump-b" (u32.const 5)) (u32.const 5))
(assert_return (invoke $one "bump-a" (u32.const 1)) (u32.const 4))

;; A start function that traps.
(assert_trap
  (component
    (core module $m (func $f unreachable) (start $f))
    (core instance (instantiate $m)))
  "unreachable")

;; No instance can be used after a trap.
(component
  (core module $m
    (global $calls (mut i32) (i32.const 0))
    (func (export "run") (result i32)
      (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
      (if (i32.eq (global.get $calls) (i32.const 3)) (then (unreachable)))
      (global.get $calls)))
  (core instance $i (instantiate $m))
  (func (export "run") (result s8) (canon lift (core func $i "run"))))
(invoke "run")
(assert_return (invoke "run") (s8.const 2))
(assert_trap (invoke "run") "unreachable")
(assert_trap (invoke "run") "cannot enter component instance")
