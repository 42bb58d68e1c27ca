#!/usr/bin/env python3
"""Checks that every C++ source is compiled: that the meson.build of its folder or of one above names it. Prints each
violation; exits 1 if there are any. Usage: sources.py ROOT"""

import re
import sys
from pathlib import Path

ROOT = Path(sys.argv[1])
FOLDERS = ["daemon", "shim", "tests"]


def named(build):
    """The files that a meson.build may name; the fuzz targets are named without their ending."""
    for text in re.findall(r"'([^']+)'", re.sub(r"#.*", "", build.read_text())):
        for name in (text, text + "_fuzz.cpp"):
            yield (build.parent / name).resolve()


builds = [path for folder in FOLDERS for path in (ROOT / folder).rglob("meson.build")]
compiled = {path for build in builds for path in named(build)}
forgotten = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.cpp")) if path.resolve() not in compiled]
for path in forgotten:
    print(f"{path.relative_to(ROOT)}: no meson.build names it")
sys.exit(bool(forgotten))
