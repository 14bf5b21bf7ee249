;; Imports that the host does not provide.
(component
  (import "demo:log/sink@1.0.0" (instance (export "log" (func (param "text" u32)))))
  (import "wasi:keyvalue/store@0.2.0" (instance (export "f" (func))))
  (import "wasi:cli/stdout@0.4.0" (instance (export "f" (func))))
  (import "wasi:io/error@0.2.6" (instance))
  ;; Only types, which need no implementation.
  (import "demo:log/types@1.0.0" (instance
    (type $id string)
    (export "id" (type (eq $id)))))
  (import "alone" (func)))
