"""Labels in messages and on command lines."""

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
