"""WitBindgenRuntimeInfo: a crate that generated bindings call."""

DOC = "A runtime crate: the crate `wit_bindgen` that generated bindings call."

FIELDS = {
    "label": "Label, the target.",
    "version": "string, the version of the crate, or `embedded`; empty if its target has no `version`.",
}

WitBindgenRuntimeInfo = provider(doc = DOC, fields = FIELDS)

def wit_bindgen_runtime_info(*, label, version):
    """Makes a WitBindgenRuntimeInfo.

    Args:
      label: Label, the target.
      version: string, the version of the crate, `embedded`, or empty.

    Returns:
      WitBindgenRuntimeInfo
    """
    return WitBindgenRuntimeInfo(label = label, version = version)
