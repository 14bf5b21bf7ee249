"""Rules for WIT packages."""

load("//rules/private:wit_breaking_test.bzl", _wit_breaking_test = "wit_breaking_test")
load("//rules/private:wit_library.bzl", _wit_library = "wit_library")

wit_breaking_test = _wit_breaking_test
wit_library = _wit_library
