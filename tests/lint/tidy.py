#!/usr/bin/python3
"""clang-tidy 14 over what is compiled: tidy.py BUILD [--junit-xml FILE] [--jobs N] [PART...]. BUILD is a folder that meson
has set up with CXX=clang++; a PART is part of a path, such as `dockerextd-plan`. Checks the files that meson puts together for its
unity build, because most of the time goes into the headers of libraries. What was clean is remembered by what the compiler reads
of it, so that only what has changed is checked again."""

import argparse
import hashlib
import json
import os
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLEAN = Path("/var/cache/dockerextd-tests/tidy")  # an empty file for each translation unit that was clean, named by its fingerprint
TIDY = "clang-tidy-14"
CHECKS = "-bugprone-suspicious-include"  # the files of a unity build include sources
# Tests: tables may be long, speed does not matter, and a destructor that throws ends the test.
TEST_CHECKS = CHECKS + ",-readability-function-size,-performance-*,-bugprone-exception-escape"


def commands(build, parts):
    """path → the compiler's arguments."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = os.path.normpath(Path(entry["directory"], entry["file"]))
        if path.endswith(".cpp") and any(part in path for part in parts or [""]):
            found[path] = shlex.split(entry["command"])
    return dict(sorted(found.items()))


def rules():
    """The configuration and the version of the program, which decide about every outcome."""
    return (ROOT / ".clang-tidy").read_bytes() + TEST_CHECKS.encode() + subprocess.check_output([TIDY, "--version"])


def fingerprint(build, arguments, the_rules):
    """Of the rules and the preprocessed text, with its comments: they may say NOLINT."""
    end = arguments.index("-o")
    preprocessed = subprocess.run([*arguments[:end], "-E", "-C", *arguments[end + 2:]], cwd=build, capture_output=True, check=True).stdout
    return hashlib.sha256(preprocessed + the_rules).hexdigest()


def check(build, path, arguments, the_rules):
    """What clang-tidy says of the file; "" when it is clean."""
    clean = CLEAN / fingerprint(build, arguments, the_rules)
    if clean.exists():
        return ""
    checks = TEST_CHECKS if Path(path).is_relative_to(build / "tests") else CHECKS
    done = subprocess.run([TIDY, "--quiet", f"--config-file={ROOT}/.clang-tidy", f"--checks={checks}", "-p", build, path], capture_output=True, text=True)
    if done.returncode == 0:
        clean.touch()
        return ""
    return done.stdout or done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=lambda path: Path(path).resolve())
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--junit-xml", type=Path)
    given = parser.parse_intermixed_args()
    CLEAN.mkdir(parents=True, exist_ok=True)
    compiled, the_rules = commands(given.build, given.parts), rules()
    with ThreadPoolExecutor(given.jobs) as pool:
        complaints = dict(zip(compiled, pool.map(lambda path: check(given.build, path, compiled[path], the_rules), compiled)))
    suite = ElementTree.Element("testsuite", name="tidy", tests=str(len(complaints)))
    for path, complaint in complaints.items():
        case = ElementTree.SubElement(suite, "testcase", classname="tidy", name=os.path.relpath(path, ROOT))
        if complaint:
            ElementTree.SubElement(case, "failure", message="clang-tidy").text = complaint
            print(complaint)
    if given.junit_xml:
        ElementTree.ElementTree(suite).write(given.junit_xml, encoding="utf-8", xml_declaration=True)
    unclean = sum(map(bool, complaints.values()))
    print(f"{len(complaints)} files, {unclean} not clean")
    sys.exit(unclean > 0 or not complaints)


main()
