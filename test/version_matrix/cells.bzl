"""The cells of the matrix and their tests."""

load("@rules_shell//shell:sh_test.bzl", "sh_test")
load("//toolchains:tool_versions.bzl", "SOURCE_VERSIONS", "TOOL_VERSIONS")
load(":cell.bzl", "matrix_cell")

# The cases for combinations of different versions; measuring all cases would take too long.
_ACROSS_RUNTIMES = ["strings", "exported-resources"]
_ACROSS_ENCODERS = "resources"

# Cases that require generators with asynchronous functions and maps -> the runtimes that support them.
_NEW_CASES = {
    "async": ["official"],
    "maps": ["embedded", "official"],
}

GENERATORS = SOURCE_VERSIONS["wit-bindgen"]
ENCODERS = SOURCE_VERSIONS["wit-component"]

# The tests that `//...` contains; each further generator takes a minute to compile.
_SAMPLE = [
    "{}_{}".format(generator, runtime)
    for generator in (GENERATORS[0], TOOL_VERSIONS["wit-bindgen"])
    for runtime in ("official", "embedded")
]

def _is_supported(case, generator, runtime):
    return case not in _NEW_CASES or generator in SOURCE_VERSIONS["async-runtime"] and runtime in _NEW_CASES[case]

def _groups(cases):
    """Returns the cells of each test: dict[string, list[(generator, runtime, encoder, case)]]."""
    groups = {}
    for generator in GENERATORS:
        for runtime in ("official", "embedded"):
            groups["{}_{}".format(generator, runtime)] = [
                (generator, runtime, ENCODERS[-1], case)
                for case in cases
                if _is_supported(case, generator, runtime)
            ]
        groups[generator + "_across_runtimes"] = [
            (generator, runtime, ENCODERS[-1], case)
            for runtime in SOURCE_VERSIONS["old-runtime"] + SOURCE_VERSIONS["runtime"] + SOURCE_VERSIONS["async-runtime"]
            if runtime != generator
            for case in _ACROSS_RUNTIMES
        ]
    for encoder in ENCODERS[:-1]:
        groups["wit-component_" + encoder] = [(generator, "official", encoder, _ACROSS_ENCODERS) for generator in GENERATORS]
    return groups

def _runtime_crate(generator, runtime):
    if runtime == "embedded":
        return "//rules/runtime:embedded"
    return "//third_party/wit_bindgen:runtime_" + (generator if runtime == "official" else runtime)

def cell(name, generator, runtime, encoder, case, **kwargs):
    """Declares a cell.

    Args:
      name: string.
      generator: string, the version of the generator.
      runtime: string, `official`, `embedded`, or a version.
      encoder: string, the version of wit-component.
      case: string, the name of the case.
      **kwargs: further attributes of `matrix_cell`.
    """
    directory = "cases/" + case
    matrix_cell(
        name = name,
        case = case,
        encoder = encoder,
        encoder_tool = "//third_party/wit_bindgen:encoder_" + encoder,
        expected = directory + "/expected.txt",
        generator = generator,
        generator_tool = "//third_party/wit_bindgen:wit_bindgen_" + generator,
        provider = directory + "/provider.rs",
        runtime = runtime,
        runtime_crate = _runtime_crate(generator, runtime),
        tags = ["manual"],
        user = directory + "/user.rs",
        wit = directory + "/case.wit",
        **kwargs
    )

def matrix_cells(name, cases):
    """Declares the cells, and a suite of tests that compare them with matrix.json.

    Args:
      name: string, the name of the test suite.
      cases: list[string], the directories of the cases.

    Returns:
      list[string]: the targets of the cells.
    """
    targets = []
    groups = _groups([path.split("/")[1] for path in cases])
    for group, cells in groups.items():
        for generator, runtime, encoder, case in cells:
            cell("_".join([generator, runtime, encoder, case]), generator, runtime, encoder, case)
        results = ["_".join(cell) for cell in cells]
        sh_test(
            name = group + "_test",
            size = "small",
            srcs = ["rows_test.sh"],
            args = ["$(rootpath matrix.json)"] + ["$(rootpath %s)" % result for result in results],
            data = ["matrix.json"] + results,
            tags = [] if group in _SAMPLE else ["manual"],
        )
        targets += results
    native.test_suite(
        name = name,
        tags = ["manual"],
        tests = [group + "_test" for group in groups] + ["matrix_test"],
    )
    return targets
