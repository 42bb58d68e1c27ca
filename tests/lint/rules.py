"""What the lints that search the sources share. A lint's `problems(name, text)` yields its violations in one file."""

import sys
from pathlib import Path


def violation(name, text, at, what):
    """The line of a violation at the offset `at` of the text."""
    number = text.count("\n", 0, at) + 1
    return f"{name}:{number}: {what}: {text.splitlines()[number - 1].strip()}"


def sources(folders):
    """(name, text) of each source and header below the folders."""
    for folder in map(Path, folders):
        for path in sorted(folder.rglob("*.[ch]pp")):
            yield f"{folder.name}/{path.relative_to(folder)}", path.read_text()


def blind_spots(problems, broken, sound):
    """Examples that a rule should report and does not, or reports wrongly: a rule may no longer match anything."""
    return [f"does not report: {text}" for text in broken if not list(problems("example", text))] + \
        [f"reports wrongly: {text}" for text in sound if list(problems("example", text))]


def finish(found):
    """Prints the violations and ends the program: with 1 if there are any."""
    print("\n".join(found))
    sys.exit(bool(found))


def check(problems, broken, sound, folders):
    finish(blind_spots(problems, broken, sound) + [each for name, text in sources(folders) for each in problems(name, text)])
