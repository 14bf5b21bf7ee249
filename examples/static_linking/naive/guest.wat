;; Calls the dependency with the address of a name in a memory that the dependency cannot access.
(module
  (import "dependency" "greet" (func $greet (param i32 i32)))
  (memory 1)
  (data (i32.const 1024) "World")
  (func (export "loaded") (call $greet (i32.const 1024) (i32.const 5))))
