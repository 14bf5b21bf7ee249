;; An interface with a resource.
(component
  (core module $m
    (func (export "read") (param i32) (result i32) (local.get 0)))
  (core instance $i (instantiate $m))
  (type $file (resource (rep i32)))
  (func $read (param "self" (borrow $file)) (result u32) (canon lift (core func $i "read")))
  (component $shim
    (import "import-file" (type $f (sub resource)))
    (import "import-read" (func $read (param "self" (borrow $f)) (result u32)))
    (export $e "file" (type $f))
    (export "[method]file.read" (func $read) (func (param "self" (borrow $e)) (result u32))))
  (instance $files
    (instantiate $shim (with "import-file" (type $file)) (with "import-read" (func $read))))
  (export "demo:res/files@1.0.0" (instance $files)))
