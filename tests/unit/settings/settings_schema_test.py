#!/usr/bin/env python3
"""The JSON Schemas of config/ accept and refuse the same documents as the parser: both read the
examples beside this file. Also: every sample is valid, every key is in the reference, with its default and an
example."""

import json
import re
import sys
import unittest
from pathlib import Path

from jsonschema import Draft202012Validator

CONFIG = Path(sys.argv.pop(1))
EXAMPLES = Path(__file__).parent / "examples"
# Strings first, so that what looks like a comment or a comma inside a string stays.
COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.S)
TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])', re.S)


def read(path):
    """JSON as people may write it: with comments and trailing commas."""
    text = COMMENT.sub(lambda m: m[1] or " ", path.read_text())
    return json.loads(TRAILING_COMMA.sub(lambda m: m[1] or "", text))


def schema(name):
    document = json.loads((CONFIG / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(document)
    return Draft202012Validator(document)


def problems(public, protected):
    """The errors of a pair of documents according to the schemas; the protected one may be absent."""
    errors = list(schema("settings").iter_errors(read(public)))
    if protected.exists():
        errors += schema("protected-settings").iter_errors(read(protected))
    return [f"/{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in errors]


def pairs(folder, protected_ending):
    publics = sorted(p for p in folder.glob("*.json") if not p.name.endswith(protected_ending))
    assert publics, f"no examples in {folder}"
    return [(p, p.with_name(p.stem + protected_ending)) for p in publics]


def keys(document, prefix=""):
    """Every key of a schema with its path, such as docker.install.version, and its own schema; again for each further rule."""
    for name, member in document.get("properties", {}).items():
        yield prefix + name, member
        yield from keys(member, f"{prefix}{name}.")
    for branch in document.get("anyOf", []):
        yield from keys(branch, prefix)


def reference_rows(name):
    """By key of a document, the cells of its row in the reference: type, default, example, meaning."""
    public, protected = (CONFIG / "settings.md").read_text().split("\n## Protected settings\n")
    lines = {"settings": public, "protected-settings": protected}[name].splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| `")]
    return {name.strip("`"): cells for name, *cells in rows}


class SettingsSchema(unittest.TestCase):
    def check(self, folder, accepted, protected_ending=".protected.json"):
        for public, protected in pairs(folder, protected_ending):
            with self.subTest(public.name):
                found = problems(public, protected)
                self.assertEqual(accepted, not found, found)

    def test_accepts_what_the_parser_accepts(self):
        self.check(EXAMPLES / "good", True)

    def test_refuses_what_the_parser_refuses(self):
        self.check(EXAMPLES / "bad", False)

    def test_accepts_errors_that_a_schema_cannot_express(self):
        self.check(EXAMPLES / "bad-beyond-schema", True)

    def test_accepts_every_sample(self):
        self.check(CONFIG / "examples", True, "-protected.json")

    def test_the_reference_has_every_key_with_default_and_example(self):
        for name in ["settings", "protected-settings"]:
            rows = reference_rows(name)
            validator = schema(name)
            document = validator.schema
            login = document["$defs"].get("login", {}).get("properties", {})
            members = {f"login.{key}": member for key, member in login.items()}
            members.update(reversed([*keys(document)]))  # the key's own schema, not a rule on it
            for key, member in members.items():
                with self.subTest(key):
                    self.assertIn(key, rows)
                    kind, default, example, meaning = rows.pop(key)
                    self.assertTrue(kind and meaning)
                    if "default" in member:
                        self.assertEqual(json.loads(default.strip("`")), member["default"])
                    if example != "see below":
                        found = validator.evolve(schema=member).iter_errors(json.loads(example.strip("`")))
                        self.assertEqual([], [error.message for error in found])
            self.assertEqual([], list(rows), "in the reference, but in no schema")


class StatusSchema(unittest.TestCase):
    def setUp(self):
        self.status = json.loads((EXAMPLES / "status.json").read_text())

    def problems(self):
        return [error.message for error in schema("status").iter_errors(self.status)]

    def test_accepts_a_status(self):
        self.assertEqual(self.problems(), [])

    def test_accepts_a_status_without_a_swarm(self):
        self.status["swarm"] = None
        self.assertEqual(self.problems(), [])

    def test_refuses_other_forms(self):
        changes = {
            "another version": lambda s: s.update(version=2),
            "unknown state": lambda s: s.update(state="fine"),
            "unknown member": lambda s: s["engine"].update(colour="blue"),
            "missing member": lambda s: s["services"][0].pop("drift"),
            "unknown role": lambda s: s["swarm"]["nodes"][0].update(role="leader"),
            "swarm without nodes": lambda s: s["swarm"].pop("nodes"),
            "invalid time": lambda s: s["services"][0].update(since="yesterday"),
            "count as text": lambda s: s["lastCycle"].update(engineCalls="3"),
        }
        for name, change in changes.items():
            with self.subTest(name):
                self.setUp()
                change(self.status)
                self.assertNotEqual(self.problems(), [])


if __name__ == "__main__":
    unittest.main()
