"""Rules for WIT packages."""

load("//rules/private:wit_library.bzl", _wit_library = "wit_library")

wit_library = _wit_library
