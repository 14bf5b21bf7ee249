"""How versions and names compare."""

def version_key(version):
    """What to sort versions by, in the order of semantic versioning.

    Versions with fewer than three numbers count as if the others were 0. What is no version, such as the rolling tag
    `canary`, comes before all that are.

    Args:
      version: string.

    Returns:
      tuple: greater for later versions.
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
    """Whether this is the name of a tag that moves, rather than a version.

    Args:
      version: string.

    Returns:
      bool.
    """
    return version_key(version)[0] == 0

def highest_first(versions):
    """Sorts versions.

    Args:
      versions: iterable of strings.

    Returns:
      list[string]: the highest first, rolling tags last.
    """
    return sorted(versions, key = version_key, reverse = True)

def nearest_first(version, versions):
    """Sorts versions by how near they are to one.

    Args:
      version: string.
      versions: iterable of strings.

    Returns:
      list[string]: the nearest first; where two are equally near, the higher one.
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

def nearest_name(name, names):
    """The name that was meant, if one is near.

    Args:
      name: string, misspelt.
      names: list[string].

    Returns:
      string or None.
    """
    best = sorted([(_edits(name, other), other) for other in names])
    if best and best[0][0] <= max(1, len(name) // 3):
        return best[0][1]
    return None

def _distance(a, b):
    return a - b if a > b else b - a

def _edits(a, b):
    """The number of characters to insert, drop or replace."""
    row = list(range(len(b) + 1))
    for i in range(len(a)):
        last = row
        row = [i + 1]
        for j in range(len(b)):
            row.append(min(row[j] + 1, last[j + 1] + 1, last[j] + (0 if a[i] == b[j] else 1)))
    return row[-1]
