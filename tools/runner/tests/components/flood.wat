;; A command that writes 16388 * 4096 bytes to the standard output, 16 KiB more than 64 MiB, in lines of 16
;; bytes. It traps if a write fails.
(component
  (import "wasi:io/error@0.2.0" (instance $io-error (export "error" (type (sub resource)))))
  (alias export $io-error "error" (type $error))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (export "output-stream" (type $out (sub resource)))
    (alias outer 1 $error (type $outer-error))
    (export "error" (type $err (eq $outer-error)))
    (type $stream-error' (variant (case "last-operation-failed" (own $err)) (case "closed")))
    (export "stream-error" (type $stream-error (eq $stream-error')))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" (borrow $out)) (param "contents" (list u8))
        (result (result (error $stream-error)))))))
  (alias export $streams "output-stream" (type $out))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (alias outer 1 $out (type $o)) (export "output-stream" (type $s (eq $o)))
    (export "get-stdout" (func (result (own $s))))))
  (core module $libc (memory (export "memory") 1))
  (core instance $libc (instantiate $libc))
  (core func $write
    (canon lower (func $streams "[method]output-stream.blocking-write-and-flush")
      (memory (core memory $libc "memory"))))
  (core func $get-stdout (canon lower (func $stdout "get-stdout")))
  (core module $main
    (import "libc" "memory" (memory 1))
    (import "host" "write" (func $write (param i32 i32 i32 i32)))
    (import "host" "get-stdout" (func $get-stdout (result i32)))
    (data (i32.const 4096) "0123456789abcde\n")
    (func (export "run") (result i32)
      (local $at i32) (local $n i32) (local $out i32)
      (local.set $at (i32.const 4112))
      (loop $fill
        (memory.copy (local.get $at) (i32.const 4096) (i32.const 16))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $fill (i32.lt_u (local.get $at) (i32.const 8192))))
      (local.set $out (call $get-stdout))
      (loop $chunk
        (call $write (local.get $out) (i32.const 4096) (i32.const 4096) (i32.const 0))
        (if (i32.load8_u (i32.const 0)) (then unreachable))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $chunk (i32.lt_u (local.get $n) (i32.const 16388))))
      (i32.const 0)))
  (core instance $main (instantiate $main
    (with "libc" (instance $libc))
    (with "host" (instance
      (export "write" (func $write))
      (export "get-stdout" (func $get-stdout))))))
  (func $run (result (result)) (canon lift (core func $main "run")))
  (component $command
    (import "run" (func $run (result (result))))
    (export "run" (func $run)))
  (instance $command (instantiate $command (with "run" (func $run))))
  (export "wasi:cli/run@0.2.0" (instance $command)))
