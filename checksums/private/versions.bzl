"""Orders versions, and finds the version or name nearest to another. Pure functions."""

def version_key(version):
    """Returns the sort key of a version, in the precedence of Semantic Versioning 2.0.0, section 11.

    Missing minor and patch numbers count as 0. A rolling tag, such as `canary`, is lower than any version.

    Args:
      version: string.

    Returns:
      tuple: keys compare as the versions do.
    """
    core, _, pre = version.partition("+")[0].partition("-")
    parts = core.split(".")
    if len(parts) > 3 or not all([part.isdigit() for part in parts]):
        return (0, version)
    numbers = [int(part) for part in parts] + [0] * (3 - len(parts))
    identifiers = tuple([
        (0, int(part), "") if part.isdigit() else (1, 0, part)
        for part in pre.split(".")
    ]) if pre else ()
    return (1, numbers[0], numbers[1], numbers[2], 0 if pre else 1, identifiers)

def is_rolling(version):
    """Returns whether a name is a rolling tag, that is, not a version.

    Args:
      version: string.

    Returns:
      bool.
    """
    return version_key(version)[0] == 0

def highest_first(versions):
    """Sorts versions in descending order.

    Args:
      versions: iterable of strings.

    Returns:
      list[string]: the versions, highest first, then rolling tags.
    """
    return sorted(versions, key = version_key, reverse = True)

def nearest_first(version, versions):
    """Sorts versions by their distance to another one.

    The major number counts first, then the minor number, then the patch number.

    Args:
      version: string, from which the distance is measured.
      versions: iterable of strings.

    Returns:
      list[string]: the versions, nearest first; of two with the same distance, the higher one first.
    """
    wanted = version_key(version)

    def distance(other):
        key = version_key(other)
        if key[0] == 0 or wanted[0] == 0:
            return (1 - key[0], 0, 0, 0)
        result = [0]
        side = 0
        for i in (1, 2, 3):
            # Below a lower major version, the highest minor version is nearest; below a higher one, the lowest.
            result.append(side * key[i] if side else _distance(key[i], wanted[i]))
            side = side or (1 if key[i] > wanted[i] else -1 if key[i] < wanted[i] else 0)
        return tuple(result)

    return sorted(highest_first(versions), key = distance)

def nearest_name(name, names, *, most = None):
    """Returns the name that a misspelled one probably stands for.

    Args:
      name: string, the misspelled name.
      names: list[string], the known names.
      most: int, the largest edit distance. Default: 1, or a third of the length of `name`.

    Returns:
      string or None: the name with the smallest edit distance, if that is at most `most`.
    """
    best = sorted([(_edits(name, other), other) for other in names])
    if best and best[0][0] <= (most or max(1, len(name) // 3)):
        return best[0][1]
    return None

def _distance(a, b):
    return a - b if a > b else b - a

def _edits(a, b):
    """Returns the Levenshtein distance: the minimum number of characters to insert, delete or replace."""
    row = list(range(len(b) + 1))
    for i in range(len(a)):
        last = row
        row = [i + 1]
        for j in range(len(b)):
            row.append(min(row[j] + 1, last[j + 1] + 1, last[j] + (0 if a[i] == b[j] else 1)))
    return row[-1]
