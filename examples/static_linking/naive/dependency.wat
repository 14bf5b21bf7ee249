;; Prints a greeting with the name at an address, which it reads from its own memory.
(module
  (import "example:linking/console" "print" (func $print (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "Hello, ")
  (func (export "greet") (param $name i32) (param $length i32)
    (memory.copy (i32.const 2048) (i32.const 1024) (i32.const 7))
    (memory.copy (i32.const 2055) (local.get $name) (local.get $length))
    (i32.store8 (i32.add (i32.const 2055) (local.get $length)) (i32.const 33))
    (call $print (i32.const 2048) (i32.add (local.get $length) (i32.const 8)))))
