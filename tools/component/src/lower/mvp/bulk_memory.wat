  (func $memory_copy (export "copy") (param $to i32) (param $from i32) (param $n i32)
    (if (i64.gt_u
          (i64.add (i64.extend_i32_u (select (local.get $to) (local.get $from)
                     (i32.gt_u (local.get $to) (local.get $from))))
                   (i64.extend_i32_u (local.get $n)))
          (i64.shl (i64.extend_i32_u (memory.size)) (i64.const 16)))
      (then (unreachable)))
    (if (i32.le_u (local.get $to) (local.get $from))
      (then
        ;; Forwards: a store overwrites only words that have been read already.
        (block $done
          (loop $more
            (br_if $done (i32.lt_u (local.get $n) (i32.const 32)))
            (i64.store align=1 (local.get $to) (i64.load align=1 (local.get $from)))
            (i64.store offset=8 align=1 (local.get $to) (i64.load offset=8 align=1 (local.get $from)))
            (i64.store offset=16 align=1 (local.get $to) (i64.load offset=16 align=1 (local.get $from)))
            (i64.store offset=24 align=1 (local.get $to) (i64.load offset=24 align=1 (local.get $from)))
            (local.set $to (i32.add (local.get $to) (i32.const 32)))
            (local.set $from (i32.add (local.get $from) (i32.const 32)))
            (local.set $n (i32.sub (local.get $n) (i32.const 32)))
            (br $more)))
        (block $done
          (loop $more
            (br_if $done (i32.lt_u (local.get $n) (i32.const 8)))
            (i64.store align=1 (local.get $to) (i64.load align=1 (local.get $from)))
            (local.set $to (i32.add (local.get $to) (i32.const 8)))
            (local.set $from (i32.add (local.get $from) (i32.const 8)))
            (local.set $n (i32.sub (local.get $n) (i32.const 8)))
            (br $more)))
        (block $done
          (loop $more
            (br_if $done (i32.eqz (local.get $n)))
            (i32.store8 (local.get $to) (i32.load8_u (local.get $from)))
            (local.set $to (i32.add (local.get $to) (i32.const 1)))
            (local.set $from (i32.add (local.get $from) (i32.const 1)))
            (local.set $n (i32.sub (local.get $n) (i32.const 1)))
            (br $more))))
      (else
        (block $done
          (loop $more
            (br_if $done (i32.lt_u (local.get $n) (i32.const 8)))
            (local.set $n (i32.sub (local.get $n) (i32.const 8)))
            (i64.store align=1 (i32.add (local.get $to) (local.get $n))
              (i64.load align=1 (i32.add (local.get $from) (local.get $n))))
            (br $more)))
        (block $done
          (loop $more
            (br_if $done (i32.eqz (local.get $n)))
            (local.set $n (i32.sub (local.get $n) (i32.const 1)))
            (i32.store8 (i32.add (local.get $to) (local.get $n))
              (i32.load8_u (i32.add (local.get $from) (local.get $n))))
            (br $more))))))
  (func $memory_fill (export "fill") (param $to i32) (param $value i32) (param $n i32)
    (local $wide i64)
    (if (i64.gt_u
          (i64.add (i64.extend_i32_u (local.get $to)) (i64.extend_i32_u (local.get $n)))
          (i64.shl (i64.extend_i32_u (memory.size)) (i64.const 16)))
      (then (unreachable)))
    (local.set $wide (i64.mul
      (i64.extend_i32_u (i32.and (local.get $value) (i32.const 0xff)))
      (i64.const 0x0101010101010101)))
    (block $done
      (loop $more
        (br_if $done (i32.lt_u (local.get $n) (i32.const 8)))
        (i64.store align=1 (local.get $to) (local.get $wide))
        (local.set $to (i32.add (local.get $to) (i32.const 8)))
        (local.set $n (i32.sub (local.get $n) (i32.const 8)))
        (br $more)))
    (block $done
      (loop $more
        (br_if $done (i32.eqz (local.get $n)))
        (i32.store8 (local.get $to) (local.get $value))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $more))))
