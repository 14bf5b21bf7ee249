;; A resource of the host, kept by one component and used by it.
;; call: use(5) -> 105; drop 5
;; call: use(6) -> 106; drop 6
;; call: say(3) -> 8; answer 3
(component
  (import "test:t/host" (instance $host
    (export "thing" (type $thing (sub resource)))
    (export "[constructor]thing" (func (param "n" u32) (result (own $thing))))
    (export "[method]thing.get" (func (param "self" (borrow $thing)) (result u32)))
    (export "log" (func (param "s" string)))
    (export "ask" (func (param "n" u32) (result string)))))
  (alias export $host "thing" (type $thing))
  (core module $libc (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 512)))
  (core instance $libc (instantiate $libc))
  (core func $new (canon lower (func $host "[constructor]thing")))
  (core func $get (canon lower (func $host "[method]thing.get")))
  (core func $drop (canon resource.drop $thing))
  (core func $log (canon lower (func $host "log") (memory (core memory $libc "memory"))))
  (core func $ask (canon lower (func $host "ask") (memory (core memory $libc "memory"))
    (realloc (core func $libc "realloc"))))
  (core module $m
    (import "l" "memory" (memory 1))
    (import "l" "new" (func $new (param i32) (result i32)))
    (import "l" "get" (func $get (param i32) (result i32)))
    (import "l" "drop" (func $drop (param i32)))
    (import "l" "log" (func $log (param i32 i32)))
    (import "l" "ask" (func $ask (param i32 i32)))
    (func (export "use") (param i32) (result i32) (local $h i32) (local $n i32)
      (local.set $h (call $new (local.get 0)))
      (local.set $n (call $get (local.get $h)))
      (call $drop (local.get $h))
      (local.get $n))
    (func (export "say") (param i32) (result i32)
      (call $ask (local.get 0) (i32.const 64))
      (call $log (i32.load (i32.const 64)) (i32.load (i32.const 68)))
      (i32.load (i32.const 68))))
  (core instance $m (instantiate $m (with "l" (instance
    (export "memory" (memory $libc "memory"))
    (export "new" (func $new)) (export "get" (func $get)) (export "drop" (func $drop))
    (export "log" (func $log)) (export "ask" (func $ask))))))
  (func (export "use") (param "n" u32) (result u32) (canon lift (core func $m "use")))
  (func (export "say") (param "n" u32) (result u32) (canon lift (core func $m "say"))))
