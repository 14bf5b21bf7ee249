  ;; Memory $slots has, for each type of handle, the address of a table and the kind of the type; then the
  ;; tables, one for each component instance; then their handles.
  ;; Kinds: 0; 1 if the instance defines the resource; 2 if its handles are those of the host; 3 plus the
  ;; number of a resource that the components export to the host.
  ;; Tables of 16 bytes: the address of the handles; how many fit there; how many were ever used; the first
  ;; free one, or 0.
  ;; Handles of 16 bytes: the number of the type plus 1 (0 if free); the representation (or the next free
  ;; handle); the number of lends (or, of a borrow, the call that borrows it); 1 for a borrow.
  ;; Calls, innermost last: the enclosing call, the number of borrows, the handles that are lent to it with
  ;; their types.
  (memory $calls 1)
  (global $call (mut i32) (i32.const 0))
  (global $top (mut i32) (i32.const 8))
  (global $rep (mut i32) (i32.const 0))

  (func $table (param $ty i32) (result i32)
    (i32.load $slots (i32.shl (local.get $ty) (i32.const 3))))
  (func $kind (param $ty i32) (result i32)
    (i32.load $slots offset=4 (i32.shl (local.get $ty) (i32.const 3))))

  ;; The address of a handle of a table. Handles begin at 1.
  (func $at (param $table i32) (param $i i32) (result i32)
    (i32.add (i32.load $slots (local.get $table))
             (i32.shl (i32.sub (local.get $i) (i32.const 1)) (i32.const 4))))

  ;; Doubles a table. The last one in memory grows in place, others move to the end.
  (func $grow (param $table i32)
    (local $old i32) (local $size i32) (local $new i32) (local $end i32) (local $pages i32)
    (local.set $old (i32.load $slots (local.get $table)))
    (local.set $size (i32.shl (i32.load $slots offset=4 (local.get $table)) (i32.const 4)))
    (if (i32.gt_u (local.get $size) (i32.const 0x3fffffff)) (then (unreachable)))
    (local.set $new
      (select (local.get $old) (global.get $end)
        (i32.eq (i32.add (local.get $old) (local.get $size)) (global.get $end))))
    (local.set $end (i32.add (local.get $new)
      (select (i32.shl (local.get $size) (i32.const 1)) (i32.const 256) (local.get $size))))
    (if (i32.lt_u (local.get $end) (local.get $new)) (then (unreachable)))
    (local.set $pages (i32.sub
      (i32.add (i32.shr_u (i32.sub (local.get $end) (i32.const 1)) (i32.const 16)) (i32.const 1))
      (memory.size $slots)))
    (if (i32.gt_s (local.get $pages) (i32.const 0))
      (then
        (if (i32.eq (memory.grow $slots (local.get $pages)) (i32.const -1)) (then (unreachable)))))
    (if (i32.ne (local.get $new) (local.get $old))
      (then (memory.copy $slots $slots (local.get $new) (local.get $old) (local.get $size))))
    (i32.store $slots (local.get $table) (local.get $new))
    (i32.store $slots offset=4 (local.get $table)
      (i32.shr_u (i32.sub (local.get $end) (local.get $new)) (i32.const 4)))
    (global.set $end (local.get $end)))

  (func $insert (param $ty i32) (param $rep i32) (param $extra i32) (param $borrow i32) (result i32)
    (local $table i32) (local $i i32) (local $at i32)
    (local.set $table (call $table (local.get $ty)))
    (local.set $i (i32.load $slots offset=12 (local.get $table)))
    (if (local.get $i)
      (then
        (local.set $at (call $at (local.get $table) (local.get $i)))
        (i32.store $slots offset=12 (local.get $table) (i32.load $slots offset=4 (local.get $at))))
      (else
        (local.set $i (i32.add (i32.load $slots offset=8 (local.get $table)) (i32.const 1)))
        (if (i32.gt_u (local.get $i) (i32.load $slots offset=4 (local.get $table)))
          (then (call $grow (local.get $table))))
        (i32.store $slots offset=8 (local.get $table) (local.get $i))
        (local.set $at (call $at (local.get $table) (local.get $i)))))
    (i32.store $slots (local.get $at) (i32.add (local.get $ty) (i32.const 1)))
    (i32.store $slots offset=4 (local.get $at) (local.get $rep))
    (i32.store $slots offset=8 (local.get $at) (local.get $extra))
    (i32.store $slots offset=12 (local.get $at) (local.get $borrow))
    (local.get $i))

  ;; The address of a handle; traps if there is none of this type.
  (func $slot (param $i i32) (param $ty i32) (result i32)
    (local $table i32) (local $at i32)
    (local.set $table (call $table (local.get $ty)))
    (if (i32.ge_u (i32.sub (local.get $i) (i32.const 1)) (i32.load $slots offset=8 (local.get $table)))
      (then (unreachable)))
    (local.set $at (call $at (local.get $table) (local.get $i)))
    (if (i32.ne (i32.load $slots (local.get $at)) (i32.add (local.get $ty) (i32.const 1)))
      (then (unreachable)))
    (local.get $at))

  (func $release (param $i i32) (param $ty i32) (param $at i32)
    (local $table i32)
    (local.set $table (call $table (local.get $ty)))
    (i32.store $slots (local.get $at) (i32.const 0))
    (i32.store $slots offset=4 (local.get $at) (i32.load $slots offset=12 (local.get $table)))
    (i32.store $slots offset=12 (local.get $table) (local.get $i)))

  ;; Removes a handle. Returns 1 if it owned the resource, whose representation is then in $rep.
  (func $remove (param $i i32) (param $ty i32) (result i32)
    (local $at i32) (local $call i32)
    (local.set $at (call $slot (local.get $i) (local.get $ty)))
    (if (i32.load $slots offset=12 (local.get $at))
      (then
        (local.set $call (i32.load $slots offset=8 (local.get $at)))
        (i32.store $calls offset=4 (local.get $call)
          (i32.sub (i32.load $calls offset=4 (local.get $call)) (i32.const 1)))
        (call $release (local.get $i) (local.get $ty) (local.get $at))
        (return (i32.const 0))))
    (if (i32.load $slots offset=8 (local.get $at)) (then (unreachable)))
    (global.set $rep (i32.load $slots offset=4 (local.get $at)))
    (call $release (local.get $i) (local.get $ty) (local.get $at))
    (i32.const 1))

  (func $take (param $i i32) (param $ty i32) (result i32)
    (if (i32.load $slots offset=12 (call $slot (local.get $i) (local.get $ty))) (then (unreachable)))
    (drop (call $remove (local.get $i) (local.get $ty)))
    (global.get $rep))

  (func $own (param $ty i32) (param $rep i32) (result i32)
    (call $insert (local.get $ty) (local.get $rep) (i32.const 0) (i32.const 0)))

  (func $push (param $first i32) (param $second i32)
    (if (i32.ge_u (i32.shr_u (global.get $top) (i32.const 16)) (memory.size $calls))
      (then (if (i32.eq (memory.grow $calls (i32.const 1)) (i32.const -1)) (then (unreachable)))))
    (i32.store $calls (global.get $top) (local.get $first))
    (i32.store $calls offset=4 (global.get $top) (local.get $second))
    (global.set $top (i32.add (global.get $top) (i32.const 8))))

  (func $enter (param i32 i32)
    (local $call i32)
    (local.set $call (global.get $top))
    (call $push (global.get $call) (i32.const 0))
    (global.set $call (local.get $call)))

  ;; Traps if a borrow was not dropped.
  (func $exit
    (local $at i32) (local $p i32) (local $i i32) (local $ty i32)
    (if (i32.load $calls offset=4 (global.get $call)) (then (unreachable)))
    (local.set $p (i32.add (global.get $call) (i32.const 8)))
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (local.get $p) (global.get $top)))
        (local.set $i (i32.load $calls (local.get $p)))
        (local.set $ty (i32.load $calls offset=4 (local.get $p)))
        (if (i32.eq (call $kind (local.get $ty)) (i32.const 2))
          (then (call $return_to_host (local.get $i) (local.get $ty)))
          (else
            (local.set $at (call $slot (local.get $i) (local.get $ty)))
            (i32.store $slots offset=8 (local.get $at)
              (i32.sub (i32.load $slots offset=8 (local.get $at)) (i32.const 1)))))
        (local.set $p (i32.add (local.get $p) (i32.const 8)))
        (br $more)))
    (global.set $top (global.get $call))
    (global.set $call (i32.load $calls (global.get $call))))

  (func $transfer_own (param $i i32) (param $from i32) (param $to i32) (result i32)
    (call $lower_own (call $lift_own (local.get $i) (local.get $from)) (local.get $to)))

  (func $transfer_borrow (param $i i32) (param $from i32) (param $to i32) (result i32)
    (local $at i32) (local $rep i32)
    (if (i32.eq (call $kind (local.get $from)) (i32.const 2))
      (then
        (call $push (local.get $i) (local.get $from))
        (local.set $rep (local.get $i)))
      (else
        (local.set $at (call $slot (local.get $i) (local.get $from)))
        (local.set $rep (i32.load $slots offset=4 (local.get $at)))
        (if (i32.eqz (i32.load $slots offset=12 (local.get $at)))
          (then
            (i32.store $slots offset=8 (local.get $at)
              (i32.add (i32.load $slots offset=8 (local.get $at)) (i32.const 1)))
            (call $push (local.get $i) (local.get $from))))))
    ;; The instance that defines the resource, or the host, receives its representation.
    (if (i32.lt_u (i32.sub (call $kind (local.get $to)) (i32.const 1)) (i32.const 2))
      (then (return (local.get $rep))))
    (i32.store $calls offset=4 (global.get $call)
      (i32.add (i32.load $calls offset=4 (global.get $call)) (i32.const 1)))
    (call $insert (local.get $to) (local.get $rep) (global.get $call) (i32.const 1)))

  (func $rep_of (param $i i32) (param $ty i32) (result i32)
    (i32.load $slots offset=4 (call $slot (local.get $i) (local.get $ty))))
