#!/usr/bin/env python3
"""Checks config/release/sbom: that its document is SPDX 2.3 in itself, and that it has what the programs are made of and nothing of
the tests. Usage: sbom.py SOURCE BUILD"""

import json
import re
import subprocess
import sys
from pathlib import Path

source, build = map(Path, sys.argv[1:])
document = json.loads(subprocess.run([source / "config/release/sbom", build], check=True, capture_output=True, text=True).stdout)
ids = [package["SPDXID"] for package in document["packages"]]
related = {(each["relationshipType"], each["relatedSpdxElement"]) for each in document["relationships"]}

assert document["spdxVersion"] == "SPDX-2.3" and document["SPDXID"] == "SPDXRef-DOCUMENT" and document["dataLicense"] == "CC0-1.0"
assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", document["creationInfo"]["created"]), document["creationInfo"]
assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", document["documentNamespace"]), document["documentNamespace"]
assert len(set(ids)) == len(ids) and all(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", each) for each in ids), ids
assert {element for _, element in related} == set(ids), "each package has a relationship, and nothing else has one"
for each in document["packages"]:
    assert {"name", "versionInfo", "downloadLocation", "licenseDeclared", "licenseConcluded", "copyrightText"} <= set(each), each

for wanted in ("libboost", "rapidjson-dev", "libyaml-dev", "libzstd-dev", "libspdlog-dev", "libstdc"):
    assert any(kind == "STATIC_LINK" and element.startswith(f"SPDXRef-{wanted}") for kind, element in related), wanted
for wanted in ("libssl3", "libsystemd0", "libc6"):
    assert ("DYNAMIC_LINK", f"SPDXRef-{wanted}") in related, wanted
assert not [each for each in ids if "gtest" in each or "gmock" in each or "benchmark" in each], ids
