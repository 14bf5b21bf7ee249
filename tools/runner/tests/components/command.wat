;; A command. It prints its arguments, its environment, and its directories and whether they are
;; writable; then its last argument selects an action:
;;   EXIT  calls `exit` with an error    FAIL  returns an error    TRAP  traps
;;   STDERR  writes to the standard error    CAT  copies the standard input    MEM  asks for 1 GiB
;;   X  calls `exit-with-code` with 42
(component
  (import "wasi:io/error@0.2.0" (instance $io-error (export "error" (type (sub resource)))))
  (alias export $io-error "error" (type $error))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (export "output-stream" (type $out (sub resource)))
    (export "input-stream" (type $in (sub resource)))
    (alias outer 1 $error (type $outer-error))
    (export "error" (type $err (eq $outer-error)))
    (type $stream-error' (variant (case "last-operation-failed" (own $err)) (case "closed")))
    (export "stream-error" (type $stream-error (eq $stream-error')))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" (borrow $out)) (param "contents" (list u8))
        (result (result (error $stream-error)))))
    (export "[method]input-stream.blocking-read"
      (func (param "self" (borrow $in)) (param "len" u64)
        (result (result (list u8) (error $stream-error)))))))
  (alias export $streams "output-stream" (type $out))
  (alias export $streams "input-stream" (type $in))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (alias outer 1 $out (type $o)) (export "output-stream" (type $s (eq $o)))
    (export "get-stdout" (func (result (own $s))))))
  (import "wasi:cli/stderr@0.2.0" (instance $stderr
    (alias outer 1 $out (type $o)) (export "output-stream" (type $s (eq $o)))
    (export "get-stderr" (func (result (own $s))))))
  (import "wasi:cli/stdin@0.2.0" (instance $stdin
    (alias outer 1 $in (type $i)) (export "input-stream" (type $s (eq $i)))
    (export "get-stdin" (func (result (own $s))))))
  (import "wasi:cli/environment@0.2.0" (instance $environment
    (export "get-arguments" (func (result (list string))))
    (export "get-environment" (func (result (list (tuple string string)))))))
  (import "wasi:cli/exit@0.2.0" (instance $exit
    (export "exit" (func (param "status" (result))))
    (export "exit-with-code" (func (param "status-code" u8)))))
  (import "wasi:filesystem/types@0.2.0" (instance $fs
    (export "descriptor" (type $descriptor (sub resource)))
    (type $code' (enum
      "access" "would-block" "already" "bad-descriptor" "busy" "deadlock" "quota" "exist"
      "file-too-large" "illegal-byte-sequence" "in-progress" "interrupted" "invalid" "io"
      "is-directory" "loop" "too-many-links" "message-size" "name-too-long" "no-device"
      "no-entry" "no-lock" "insufficient-memory" "insufficient-space" "not-directory"
      "not-empty" "not-recoverable" "unsupported" "no-tty" "no-such-device" "overflow"
      "not-permitted" "pipe" "read-only" "invalid-seek" "text-file-busy" "cross-device"))
    (export "error-code" (type $code (eq $code')))
    (export "[method]descriptor.create-directory-at"
      (func (param "self" (borrow $descriptor)) (param "path" string)
        (result (result (error $code)))))))
  (alias export $fs "descriptor" (type $descriptor))
  (import "wasi:filesystem/preopens@0.2.0" (instance $preopens
    (alias outer 1 $descriptor (type $d)) (export "descriptor" (type $d' (eq $d)))
    (export "get-directories" (func (result (list (tuple (own $d') string)))))))

  (core module $libc
    (memory (export "memory") 16)
    (global $next (mut i32) (i32.const 8192))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $p i32)
      (local.set $p
        (i32.and
          (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1)))
          (i32.sub (i32.const 0) (local.get 2))))
      (global.set $next (i32.add (local.get $p) (local.get 3)))
      (local.get $p)))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (alias core export $libc "realloc" (core func $realloc))

  (core func $write
    (canon lower (func $streams "[method]output-stream.blocking-write-and-flush")
      (memory $memory) (realloc $realloc)))
  (core func $read
    (canon lower (func $streams "[method]input-stream.blocking-read")
      (memory $memory) (realloc $realloc)))
  (core func $get-stdout (canon lower (func $stdout "get-stdout")))
  (core func $get-stderr (canon lower (func $stderr "get-stderr")))
  (core func $get-stdin (canon lower (func $stdin "get-stdin")))
  (core func $args
    (canon lower (func $environment "get-arguments") (memory $memory) (realloc $realloc)))
  (core func $env
    (canon lower (func $environment "get-environment") (memory $memory) (realloc $realloc)))
  (core func $exit-func (canon lower (func $exit "exit")))
  (core func $exit-code (canon lower (func $exit "exit-with-code")))
  (core func $mkdir
    (canon lower (func $fs "[method]descriptor.create-directory-at") (memory $memory)))
  (core func $dirs
    (canon lower (func $preopens "get-directories") (memory $memory) (realloc $realloc)))

  (core module $main
    (import "libc" "memory" (memory 16))
    (import "host" "write" (func $write (param i32 i32 i32 i32)))
    (import "host" "read" (func $read (param i32 i64 i32)))
    (import "host" "get-stdout" (func $get-stdout (result i32)))
    (import "host" "get-stderr" (func $get-stderr (result i32)))
    (import "host" "get-stdin" (func $get-stdin (result i32)))
    (import "host" "args" (func $args (param i32)))
    (import "host" "env" (func $env (param i32)))
    (import "host" "exit" (func $exit (param i32)))
    (import "host" "exit-with-code" (func $exit-with-code (param i32)))
    (import "host" "mkdir" (func $mkdir (param i32 i32 i32 i32)))
    (import "host" "dirs" (func $dirs (param i32)))
    (global $out (mut i32) (i32.const 0))
    (data (i32.const 256) "arg \00env \00dir \00=\00\n\00 rw\n\00 ro\n\00made\00oops\n\00")
    (func $say (param $ptr i32) (param $len i32)
      (call $write (global.get $out) (local.get $ptr) (local.get $len) (i32.const 64)))
    ;; Prints the string whose pointer and length are at $at.
    (func $say-at (param $at i32)
      (call $say (i32.load (local.get $at)) (i32.load offset=4 (local.get $at))))
    (func $trap (unreachable))
    (func (export "run") (result i32)
      (local $at i32) (local $n i32) (local $last i32) (local $in i32)
      (global.set $out (call $get-stdout))
      (call $args (i32.const 16))
      (local.set $at (i32.load (i32.const 16)))
      (local.set $n (i32.load (i32.const 20)))
      (block $done (loop $next
        (br_if $done (i32.eqz (local.get $n)))
        (call $say (i32.const 256) (i32.const 4))
        (call $say-at (local.get $at))
        (call $say (i32.const 273) (i32.const 1))
        (local.set $last (i32.load8_u (i32.load (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
      (call $env (i32.const 16))
      (local.set $at (i32.load (i32.const 16)))
      (local.set $n (i32.load (i32.const 20)))
      (block $done (loop $next
        (br_if $done (i32.eqz (local.get $n)))
        (call $say (i32.const 261) (i32.const 4))
        (call $say-at (local.get $at))
        (call $say (i32.const 271) (i32.const 1))
        (call $say-at (i32.add (local.get $at) (i32.const 8)))
        (call $say (i32.const 273) (i32.const 1))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
      (call $dirs (i32.const 16))
      (local.set $at (i32.load (i32.const 16)))
      (local.set $n (i32.load (i32.const 20)))
      (block $done (loop $next
        (br_if $done (i32.eqz (local.get $n)))
        (call $say (i32.const 266) (i32.const 4))
        (call $say-at (i32.add (local.get $at) (i32.const 4)))
        (call $mkdir (i32.load (local.get $at)) (i32.const 285) (i32.const 4) (i32.const 32))
        (if (i32.load8_u (i32.const 32))
          (then (call $say (i32.const 280) (i32.const 4)))
          (else (call $say (i32.const 275) (i32.const 4))))
        (local.set $at (i32.add (local.get $at) (i32.const 12)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
      (if (i32.eq (local.get $last) (i32.const 69)) (then (call $exit (i32.const 1))))
      (if (i32.eq (local.get $last) (i32.const 88)) (then (call $exit-with-code (i32.const 42))))
      (if (i32.eq (local.get $last) (i32.const 70)) (then (return (i32.const 1))))
      (if (i32.eq (local.get $last) (i32.const 84)) (then (call $trap)))
      (if (i32.eq (local.get $last) (i32.const 83))
        (then (call $write (call $get-stderr) (i32.const 290) (i32.const 5) (i32.const 64))))
      (if (i32.eq (local.get $last) (i32.const 77))
        (then (if (i32.eq (memory.grow (i32.const 16384)) (i32.const -1)) (then (call $trap)))))
      (if (i32.eq (local.get $last) (i32.const 67))
        (then
          (local.set $in (call $get-stdin))
          (block $done (loop $next
            (call $read (local.get $in) (i64.const 4096) (i32.const 32))
            (br_if $done (i32.load8_u (i32.const 32)))
            (call $say-at (i32.const 36))
            (br $next)))))
      (i32.const 0)))
  (core instance $main (instantiate $main
    (with "libc" (instance $libc))
    (with "host" (instance
      (export "write" (func $write))
      (export "read" (func $read))
      (export "get-stdout" (func $get-stdout))
      (export "get-stderr" (func $get-stderr))
      (export "get-stdin" (func $get-stdin))
      (export "args" (func $args))
      (export "env" (func $env))
      (export "exit" (func $exit-func))
      (export "exit-with-code" (func $exit-code))
      (export "mkdir" (func $mkdir))
      (export "dirs" (func $dirs))))))
  (func $run (result (result)) (canon lift (core func $main "run")))
  (instance $run-instance (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $run-instance)))
