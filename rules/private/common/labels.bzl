"""Labels and errors as users read them."""

def label_text(label):
    """Formats a label as its user writes it.

    Args:
      label: Label.

    Returns:
      string: `//package:name`, or `@repository//package:name` outside the main repository.
    """
    text = str(label).lstrip("@")
    repository, _, rest = text.partition("//")
    return ("@" + repository if repository else "") + "//" + rest

def error_text(label, error):
    """Formats an error of a target for `fail`.

    Args:
      label: Label, the target.
      error: string, what failed, and `hint: ` on a line of its own.

    Returns:
      string
    """
    return "\nerror: {}: {}".format(label_text(label), error)
