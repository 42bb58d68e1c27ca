#!/usr/bin/env python3
"""Adds up the results: summary.py FOLDER. FOLDER has a file `ended` with a line "NAME EXIT_CODE" for each run, and a JUnit
report NAME.xml for each. Lists failed and skipped tests, and ends with "N passed, N failed, N skipped". Exits 1 if a test
failed or none passed."""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def results(folder, name, code):
    """(outcome, text) for each test, and for a run that failed without a failed test."""
    found = []
    report = folder / f"{name}.xml"
    for case in ElementTree.parse(report).getroot().iter("testcase") if report.exists() else []:
        bad, skipped = [case.find("failure"), case.find("error")], case.find("skipped")
        outcome = "failed" if any(each is not None for each in bad) else "skipped" if skipped is not None else "passed"
        why = f": {skipped.get('message') or ''}" if outcome == "skipped" else ""
        found.append((outcome, f"{name}: {case.get('classname')} {case.get('name')}{why}"))
    if code != 0 and not any(outcome == "failed" for outcome, _ in found):
        found.append(("failed", f"{name}: the run did not start or did not finish: exit code {code}"))
    return found


folder = Path(sys.argv[1])
ended = [line.split() for line in (folder / "ended").read_text().splitlines()]
found = [result for name, code in ended for result in results(folder, name, int(code))]
for outcome, text in found:
    if outcome != "passed":
        print(f"{outcome}: {text}")
count = {outcome: sum(each == outcome for each, _ in found) for outcome in ("passed", "failed", "skipped")}
print("{passed} passed, {failed} failed, {skipped} skipped".format(**count))
sys.exit(count["failed"] > 0 or count["passed"] == 0)
