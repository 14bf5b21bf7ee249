"""Which versions work together."""

def runtime_error(generator, runtime):
    """Tells whether bindings of a generator work with a runtime crate.

    Args:
      generator: string, the version of the generator.
      runtime: string, `embedded` or the version of the crate `wit-bindgen`.

    Returns:
      string or None: what is wrong, with a hint.
    """
    return None
