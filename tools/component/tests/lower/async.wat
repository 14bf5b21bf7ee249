;; error: `slow` is asynchronous
(component
  (core module $m
    (func (export "slow") (result i32) (i32.const 0))
    (func (export "callback") (param i32 i32 i32) (result i32) (i32.const 0)))
  (core instance $m (instantiate $m))
  (func (export "slow") async
    (canon lift (core func $m "slow") async (callback (core func $m "callback")))))
