"""Rules for programs that run components."""

load("//rules/private:wit_host_bindgen_c.bzl", _wit_host_bindgen_c = "wit_host_bindgen_c")

wit_host_bindgen_c = _wit_host_bindgen_c
