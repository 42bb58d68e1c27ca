"""The records of what Docker Compose made of each row on one engine: recorded/ENGINE/THEME.json.

In a theme's file, `most` is what most of its containers have in common. Each container is stored as its difference from
that, a JSON merge patch (RFC 7396); networks, volumes and images are stored in full."""

import hashlib
import json
from dataclasses import asdict

import compose
import documents
from snapshot import Snapshot

HOME = documents.HERE / "recorded"
COMMAND = "sudo tests/oracle/record"
WIDTH = 120


def digest(row):
    """A digest of everything that Compose's result depends on, except the engine."""
    return hashlib.sha256(json.dumps([compose.VERSION, asdict(row)]).encode()).hexdigest()[:12]


def text_of(value, indent=0):
    """JSON for reading and comparing line by line: a value is on one line if it fits."""
    line = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(line) + indent <= WIDTH or not isinstance(value, (dict, list)):
        return line
    inner = "\n" + " " * (indent + 1)
    if isinstance(value, list):
        return "[" + inner + ("," + inner).join(text_of(item, indent + 1) for item in value) + "]"
    return "{" + inner + ("," + inner).join(
        f"{json.dumps(key, ensure_ascii=False)}: {text_of(item, indent + 1)}" for key, item in sorted(value.items())) + "}"


def most_common(values):
    """The members that more than half of the objects have, recursively."""
    common = {}
    for key in sorted({key for value in values for key in value}):
        held = [value[key] for value in values if key in value]
        if all(isinstance(item, dict) for item in held):
            inner = most_common(held) if 2 * len(held) > len(values) else {}
            if inner:
                common[key] = inner
            continue
        favourite = max(held, key=held.count)
        if 2 * held.count(favourite) > len(values):
            common[key] = favourite
    return common


def patch(base, value):
    """The merge patch that turns `base` into `value`."""
    changes = {key: None for key in base if key not in value}
    for key, item in value.items():
        if isinstance(item, dict) and isinstance(base.get(key), dict):
            if inner := patch(base[key], item):
                changes[key] = inner
        elif key not in base or base[key] != item:
            changes[key] = item
    return changes


def patched(base, changes):
    value = dict(base)
    for key, item in changes.items():
        if item is None:
            del value[key]
        elif isinstance(item, dict):
            inner = value.get(key)
            value[key] = patched(inner if isinstance(inner, dict) else {}, item)
        else:
            value[key] = item
    return value


def is_container(key):
    return key.startswith("container ")


class Records:
    """The records of one engine, given by its version. A theme is row name → {"digest", "objects"}, with "failed" if Compose
    failed; objects are "KIND NAME" → what the engine reports of it. Row "" has the objects that belong to no row."""

    def __init__(self, engine):
        self.engine = engine
        self.themes = {}

    def path(self, theme):
        return HOME / self.engine / f"{theme}.json"

    def theme(self, name):
        if name not in self.themes:
            path = self.path(name)
            self.themes[name] = self.read(path) if path.exists() else {}
        return self.themes[name]

    def read(self, path):
        stored = json.loads(path.read_text())
        for record in stored["rows"].values():
            record["objects"] = {key: patched(stored["most"], item) if is_container(key) else item
                                 for key, item in record["objects"].items()}
        return stored["rows"]

    def missing(self, row):
        """Why there is no valid record of the row; "" if there is one."""
        record = self.theme(row.theme).get(row.name)
        if record and record["digest"] == digest(row):
            return ""
        why = "an outdated record" if record else "no record"
        return f"there is {why} of {row.id} on engine {self.engine}: run {COMMAND}"

    def of(self, document):
        """What Compose made of the document, and whether it failed."""
        theme = self.theme(document.rows[0].theme)
        made = Snapshot({}, {})
        for row in document.rows:
            self.add(made, theme[row.name], row.name)
        if all(row.shares for row in document.rows):
            self.add(made, self.used(theme.get("", {"objects": {}}), made), "")
        return made, any("failed" in theme[row.name] for row in document.rows)

    @staticmethod
    def used(record, made):
        """The part of a record that the objects refer to; what other rows need is left out."""
        names = json.dumps(list(made.objects.values()), ensure_ascii=False)
        return {"objects": {key: item for key, item in record["objects"].items() if key.partition(" ")[2] in names}}

    @staticmethod
    def add(made, record, owner):
        for key, item in record["objects"].items():
            kind, _, name = key.partition(" ")
            made.objects[kind, name] = item
            made.owners[kind, name] = owner

    def write(self, document, made, failed):
        theme = self.theme(document.rows[0].theme)
        for row in document.rows:
            theme[row.name] = {"digest": digest(row), "objects": {}, **({"failed": True} if failed else {})}
        for (kind, name), item in made.objects.items():
            owner = document.owner(made.owners[kind, name])
            record = theme.setdefault(owner.name if owner else "", {"objects": {}})
            record["objects"][f"{kind} {name}"] = item
        self.store(document.rows[0].theme)

    def store(self, theme):
        """Writes a theme's file, without rows that no longer exist."""
        known = {row.name for row in documents.everything() if row.theme == theme} | {""}
        rows = {name: record for name, record in self.themes[theme].items() if name in known}
        most = most_common([item for record in rows.values() for key, item in record["objects"].items() if is_container(key)])
        stored = {name: {**record, "objects": {key: patch(most, item) if is_container(key) else item
                                               for key, item in record["objects"].items()}}
                  for name, record in rows.items()}
        self.path(theme).parent.mkdir(parents=True, exist_ok=True)
        self.path(theme).write_text(text_of({"most": most, "rows": stored}) + "\n")
