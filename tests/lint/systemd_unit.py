#!/usr/bin/env python3
"""Checks the unit and the catalog: systemd accepts the unit, its exposure is at most 3.0, and
the catalog explains every message id of the daemon once. Usage: systemd_unit.py UNIT CATALOG MESSAGE_IDS TIMER"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

THRESHOLD = "30"  # tenths


def catalog_problems(catalog, header):
    explained = re.findall(r"^-- ([0-9a-f]{32})$", catalog, re.M)
    used = re.findall(r'"MESSAGE_ID", "([^"]*)"', header)
    for name in sorted(set(explained) ^ set(used)):
        yield f"{name} is only in the {'catalog' if name in explained else 'header'}"
    for where, ids in (("catalog", explained), ("header", used)):
        if len(set(ids)) != len(ids):
            yield f"an id occurs twice in the {where}"


def analyze(*arguments):
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=240)
    output = done.stdout + done.stderr
    # `verify` only prints what it ignores; its messages about other units do not matter.
    ignored = [line for line in output.splitlines() if arguments[0] == "verify" and "dockerextd.service" in line]
    if done.returncode != 0 or ignored:
        yield f"systemd-analyze {arguments[0]}: {output.strip()}"


def unit_problems(text):
    """Checks the unit with another program, as ours may not be installed yet."""
    with tempfile.TemporaryDirectory() as folder:
        unit = Path(folder) / "dockerextd.service"
        timer = Path(sys.argv[4])
        (Path(folder) / timer.name).write_text(timer.read_text())
        unit.write_text(re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", text, flags=re.M))
        yield from analyze("verify", "--man=no", str(unit))
        yield from analyze("security", "--offline=yes", f"--threshold={THRESHOLD}", "--no-pager", str(unit))


unit, catalog, header = (Path(name).read_text() for name in sys.argv[1:4])
problems = list(catalog_problems(catalog, header))
if not re.search(r"^ExecStart=/", unit, re.M):
    problems.append("ExecStart= is not an absolute path")
analyzable = shutil.which("systemd-analyze") is not None
if analyzable:
    problems += unit_problems(unit)
print("\n".join(problems))
sys.exit(1 if problems else 0 if analyzable else 77)
