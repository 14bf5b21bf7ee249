"""Rules for programs that run components."""

load("//rules/private:wit_host_bindgen_c.bzl", _wit_host_bindgen_c = "wit_host_bindgen_c")
load("//rules/private:wit_host_bindgen_moonbit.bzl", _wit_host_bindgen_moonbit = "wit_host_bindgen_moonbit")

wit_host_bindgen_c = _wit_host_bindgen_c
wit_host_bindgen_moonbit = _wit_host_bindgen_moonbit
