;; Imports that no host has.
(component
  (import "demo:log/sink@1.0.0" (instance (export "log" (func (param "text" u32)))))
  (import "wasi:http/types@0.2.0" (instance))
  (import "wasi:cli/stdout@0.3.0" (instance))
  (import "wasi:io/error@0.2.6" (instance))
  (import "alone" (func)))
