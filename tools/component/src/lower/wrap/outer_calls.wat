  ;; The resource that is being taken back from the host, or -1.
  (global $taking (mut i32) (i32.const -1))
  (export "cabi_realloc" (func $realloc))
  ;; The host runs unless a call has trapped.
  (func $host
    (if (global.get $running) (then (unreachable))))
  (func $enter
    (call $host)
    (global.set $running (i32.const 1)))
  (func $host_realloc (param i32 i32 i32 i32) (result i32)
    (call $host)
    (call $realloc (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
