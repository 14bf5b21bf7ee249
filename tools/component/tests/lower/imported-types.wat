;; An exported interface with a record of an imported one.
;; call: test:t/api#next({n: 4}) -> 5
(component
  (import "test:t/types" (instance $types
    (type $p' (record (field "n" u32)))
    (export "point" (type $p (eq $p')))))
  (alias export $types "point" (type $p))
  (core module $m
    (func (export "next") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))
  (core instance $m (instantiate $m))
  (type $next (func (param "p" $p) (result u32)))
  (func $next (type $next) (canon lift (core func $m "next")))
  (component $shape
    (type $p' (record (field "n" u32)))
    (import "import-point" (type $p (eq $p')))
    (import "import-next" (func $next (param "p" $p) (result u32)))
    (export $q "point" (type $p))
    (export "next" (func $next) (func (param "p" $q) (result u32))))
  (instance $api (instantiate $shape
    (with "import-point" (type $p)) (with "import-next" (func $next))))
  (export "test:t/api" (instance $api)))
