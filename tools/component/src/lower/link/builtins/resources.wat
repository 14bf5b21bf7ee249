  ;; Handles of 16 bytes: the number of the table plus 1 (0 if free); the representation (or the next
  ;; free handle); the number of lends (or, of a borrow, the call that borrows it); 1 for a borrow.
  (memory $slots 1)
  ;; Calls, innermost last: the enclosing call, the number of borrows, the handles that are lent to it.
  (memory $calls 1)
  (global $free (mut i32) (i32.const 0))
  (global $count (mut i32) (i32.const 1))
  (global $call (mut i32) (i32.const 0))
  (global $top (mut i32) (i32.const 8))
  (global $rep (mut i32) (i32.const 0))

  (func $insert (param $ty i32) (param $rep i32) (param $extra i32) (param $borrow i32) (result i32)
    (local $i i32) (local $at i32)
    (if (global.get $free)
      (then
        (local.set $i (global.get $free))
        (global.set $free (i32.load $slots offset=4 (i32.shl (local.get $i) (i32.const 4)))))
      (else
        (local.set $i (global.get $count))
        (if (i32.ge_u (i32.shr_u (local.get $i) (i32.const 12)) (memory.size $slots))
          (then
            (if (i32.eq (memory.grow $slots (i32.const 1)) (i32.const -1)) (then (unreachable)))))
        (global.set $count (i32.add (local.get $i) (i32.const 1)))))
    (local.set $at (i32.shl (local.get $i) (i32.const 4)))
    (i32.store $slots (local.get $at) (i32.add (local.get $ty) (i32.const 1)))
    (i32.store $slots offset=4 (local.get $at) (local.get $rep))
    (i32.store $slots offset=8 (local.get $at) (local.get $extra))
    (i32.store $slots offset=12 (local.get $at) (local.get $borrow))
    (local.get $i))

  ;; The address of a handle; traps if it is not in the table.
  (func $slot (param $i i32) (param $ty i32) (result i32)
    (local $at i32)
    (if (i32.ge_u (local.get $i) (global.get $count)) (then (unreachable)))
    (local.set $at (i32.shl (local.get $i) (i32.const 4)))
    (if (i32.ne (i32.load $slots (local.get $at)) (i32.add (local.get $ty) (i32.const 1)))
      (then (unreachable)))
    (local.get $at))

  (func $release (param $i i32)
    (local $at i32)
    (local.set $at (i32.shl (local.get $i) (i32.const 4)))
    (i32.store $slots (local.get $at) (i32.const 0))
    (i32.store $slots offset=4 (local.get $at) (global.get $free))
    (global.set $free (local.get $i)))

  ;; Removes a handle. Returns 1 if it owned the resource, whose representation is then in $rep.
  (func $remove (param $i i32) (param $ty i32) (result i32)
    (local $at i32) (local $call i32)
    (local.set $at (call $slot (local.get $i) (local.get $ty)))
    (if (i32.load $slots offset=12 (local.get $at))
      (then
        (local.set $call (i32.load $slots offset=8 (local.get $at)))
        (i32.store $calls offset=4 (local.get $call)
          (i32.sub (i32.load $calls offset=4 (local.get $call)) (i32.const 1)))
        (call $release (local.get $i))
        (return (i32.const 0))))
    (if (i32.load $slots offset=8 (local.get $at)) (then (unreachable)))
    (global.set $rep (i32.load $slots offset=4 (local.get $at)))
    (call $release (local.get $i))
    (i32.const 1))

  (func $take (param $i i32) (param $ty i32) (result i32)
    (if (i32.load $slots offset=12 (call $slot (local.get $i) (local.get $ty))) (then (unreachable)))
    (drop (call $remove (local.get $i) (local.get $ty)))
    (global.get $rep))

  (func $own (param $ty i32) (param $rep i32) (result i32)
    (call $insert (local.get $ty) (local.get $rep) (i32.const 0) (i32.const 0)))

  (func $push (param $value i32)
    (if (i32.ge_u (i32.shr_u (global.get $top) (i32.const 16)) (memory.size $calls))
      (then (if (i32.eq (memory.grow $calls (i32.const 1)) (i32.const -1)) (then (unreachable)))))
    (i32.store $calls (global.get $top) (local.get $value))
    (global.set $top (i32.add (global.get $top) (i32.const 4))))

  (func $enter (param i32 i32)
    (local $call i32)
    (local.set $call (global.get $top))
    (call $push (global.get $call))
    (call $push (i32.const 0))
    (global.set $call (local.get $call)))

  ;; Traps if a borrow was not dropped.
  (func $exit
    (local $at i32) (local $p i32)
    (if (i32.load $calls offset=4 (global.get $call)) (then (unreachable)))
    (local.set $p (i32.add (global.get $call) (i32.const 8)))
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (local.get $p) (global.get $top)))
        (local.set $at (i32.shl (i32.load $calls (local.get $p)) (i32.const 4)))
        (i32.store $slots offset=8 (local.get $at)
          (i32.sub (i32.load $slots offset=8 (local.get $at)) (i32.const 1)))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (br $more)))
    (global.set $top (global.get $call))
    (global.set $call (i32.load $calls (global.get $call))))

  (func $transfer_own (param $i i32) (param $from i32) (param $to i32) (result i32)
    (call $lower_own (call $lift_own (local.get $i) (local.get $from)) (local.get $to)))

  (func $transfer_borrow (param $i i32) (param $from i32) (param $to i32) (result i32)
    (local $at i32)
    (local.set $at (call $slot (local.get $i) (local.get $from)))
    (if (i32.eqz (i32.load $slots offset=12 (local.get $at)))
      (then
        (i32.store $slots offset=8 (local.get $at)
          (i32.add (i32.load $slots offset=8 (local.get $at)) (i32.const 1)))
        (call $push (local.get $i))))
    (if (call $defines (local.get $to))
      (then (return (i32.load $slots offset=4 (local.get $at)))))
    (i32.store $calls offset=4 (global.get $call)
      (i32.add (i32.load $calls offset=4 (global.get $call)) (i32.const 1)))
    (call $insert (local.get $to) (i32.load $slots offset=4 (local.get $at))
      (global.get $call) (i32.const 1)))

  (func $rep_of (param $i i32) (param $ty i32) (result i32)
    (i32.load $slots offset=4 (call $slot (local.get $i) (local.get $ty))))
