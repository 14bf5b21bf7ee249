"""Analysis tests of the actions that the rules declare."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")

_MnemonicsInfo = provider(
    doc = "The actions of a target and its dependencies.",
    fields = {"all": "depset[(string, string, int)], labels, mnemonics and the numbers of the actions in their targets."},
)

def _aspect_impl(target, ctx):
    own = [
        (str(target.label), action.mnemonic, index)
        for index, action in enumerate(target.actions)
    ]
    inherited = []
    for name in ("module", "deps", "srcs", "bindings", "component", "socket", "plugs"):
        value = getattr(ctx.rule.attr, name, None)
        targets = value if type(value) == "list" else [value]
        inherited += [dep[_MnemonicsInfo].all for dep in targets if type(dep) == "Target" and _MnemonicsInfo in dep]
    return [_MnemonicsInfo(all = depset(own, transitive = inherited))]

_mnemonics_aspect = aspect(
    implementation = _aspect_impl,
    attr_aspects = ["module", "deps", "srcs", "component", "socket", "plugs"],
)

def _actions_test_impl(ctx):
    env = analysistest.begin(ctx)
    found = {}
    for label, mnemonic, _ in analysistest.target_under_test(env)[_MnemonicsInfo].all.to_list():
        # All components share the runtime crate.
        if "//rules/runtime" not in label and "rules_wit_runtime_crates" not in label and mnemonic in ctx.attr.mnemonics:
            found[mnemonic] = found.get(mnemonic, 0) + 1
    for mnemonic, count in ctx.attr.mnemonics.items():
        asserts.equals(env, int(count), found.get(mnemonic, 0), "actions of " + mnemonic)
    return analysistest.end(env)

actions_test = analysistest.make(
    _actions_test_impl,
    doc = "Counts the actions of a target and of its dependencies, by mnemonic.",
    attrs = {"mnemonics": attr.string_dict(doc = "Mnemonic -> number of actions.")},
    extra_target_under_test_aspects = [_mnemonics_aspect],
)

def _own_actions_test_impl(ctx):
    env = analysistest.begin(ctx)
    actions = [
        action
        for action in analysistest.target_actions(env)
        if action.mnemonic == ctx.attr.mnemonic
    ]
    asserts.equals(env, 1, len(actions), "one action of " + ctx.attr.mnemonic)
    outputs = [file.basename for file in actions[0].outputs.to_list()]
    asserts.equals(env, ctx.attr.outputs, outputs)
    inputs = [file.basename for file in actions[0].inputs.to_list()]
    for name in ctx.attr.inputs:
        asserts.true(env, name in inputs, "{} is an input, of {}".format(name, inputs))
    for name in ctx.attr.not_inputs:
        asserts.false(env, name in inputs, "{} is no input, of {}".format(name, inputs))

    # Actions are hermetic: no environment and no shell.
    asserts.equals(env, {}, actions[0].env)
    asserts.false(env, any([arg.endswith("/bash") or arg.endswith("/sh") for arg in actions[0].argv[:1]]))
    return analysistest.end(env)

own_actions_test = analysistest.make(
    _own_actions_test_impl,
    doc = "Checks the one action with a mnemonic.",
    attrs = {
        "mnemonic": attr.string(mandatory = True),
        "outputs": attr.string_list(doc = "Base names, in order."),
        "inputs": attr.string_list(doc = "Base names of files that must be inputs."),
        "not_inputs": attr.string_list(doc = "Base names of files that must not be inputs."),
    },
)

def _failure_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.expect_failure(env, ctx.attr.message)
    return analysistest.end(env)

failure_test = analysistest.make(
    _failure_test_impl,
    doc = "Expects that the analysis of a target fails with a message.",
    attrs = {"message": attr.string(mandatory = True)},
    expect_failure = True,
)
