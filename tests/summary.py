#!/usr/bin/env python3
"""Adds up what ran: summary.py FOLDER, which holds a JUnit report NAME.xml for each NAME in `ended`, a line of name and exit
code. Names what failed and what was skipped, and ends with "N passed, N failed, N skipped"; fails unless all is well."""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def results(folder, name, code):
    """(what, words) for each test, and for a run that came to nothing."""
    found = []
    report = folder / f"{name}.xml"
    for case in ElementTree.parse(report).getroot().iter("testcase") if report.exists() else []:
        bad, skipped = [case.find("failure"), case.find("error")], case.find("skipped")
        what = "failed" if any(each is not None for each in bad) else "skipped" if skipped is not None else "passed"
        why = f": {skipped.get('message') or ''}" if what == "skipped" else ""
        found.append((what, f"{name}: {case.get('classname')} {case.get('name')}{why}"))
    if code != 0 and not any(what == "failed" for what, _ in found):
        found.append(("failed", f"{name}: it could not run, or not to its end: exit code {code}"))
    return found


folder = Path(sys.argv[1])
ended = [line.split() for line in (folder / "ended").read_text().splitlines()]
found = [result for name, code in ended for result in results(folder, name, int(code))]
for what, words in found:
    if what != "passed":
        print(f"{what}: {words}")
count = {what: sum(each == what for each, _ in found) for what in ("passed", "failed", "skipped")}
print("{passed} passed, {failed} failed, {skipped} skipped".format(**count))
sys.exit(count["failed"] > 0 or count["passed"] == 0)
