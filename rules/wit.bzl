"""Rules for WIT packages."""

load("//rules/private:wit_breaking_test.bzl", _wit_breaking_test = "wit_breaking_test")
load("//rules/private:wit_docs.bzl", _wit_docs = "wit_docs")
load("//rules/private:wit_graph.bzl", _wit_graph = "wit_graph")
load("//rules/private:wit_library.bzl", _wit_library = "wit_library")

wit_breaking_test = _wit_breaking_test
wit_docs = _wit_docs
wit_graph = _wit_graph
wit_library = _wit_library
