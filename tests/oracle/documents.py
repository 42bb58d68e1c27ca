"""The tables: rows of `models/`, each a small model, and of `applications/`, and the documents that run them."""

import copy
import json
from dataclasses import dataclass, field
from pathlib import Path

import yaml

HERE = Path(__file__).parent
IMAGE = "local/busybox:1"
SECTIONS = ("services", "networks", "volumes", "configs", "secrets")
# Themes that need networks. The others go without, which halves the cost of a container.
ABOUT_NETWORKS = {"application", "build", "document", "networks", "ports", "refusal"}
NETWORKED = {"links", "networks", "ports", "sysctls"}  # keys that need one in any theme
CONDITIONS = "x-oracle"  # what a row needs besides its model, from which it is removed


@dataclass
class Row:
    """A model, and what it needs besides."""
    name: str
    theme: str
    model: dict
    environment: dict = field(default_factory=dict)  # of the interpolation
    files: dict = field(default_factory=dict)  # in the project directory
    existing: list = field(default_factory=list)  # [target, body] of requests to the engine
    ends: list = field(default_factory=list)  # services that end by themselves
    may_fail: bool = False  # it needs what not every machine has: then both must fail
    engine: int = 0  # the oldest engine that can run it

    @property
    def id(self):
        return f"{self.theme}/{self.name}"

    @property
    def shares(self):
        """Whether it can share a document with other rows: all its names begin with the row's own."""
        names = [name for section in SECTIONS for name in self.model.get(section) or {}]
        return not any(name.startswith("COMPOSE_") for name in self.environment) and \
            set(self.model) <= set(SECTIONS) and not self.may_fail and \
            all(name == self.name or name.startswith(self.name + "-") for name in names)


@dataclass
class Document:
    """What runs at once: the rows that share it, or one row."""
    name: str
    rows: list
    file: Path = None  # where it was written

    @property
    def model(self):
        model = {"name": self.name}  # unless a row sets another
        for row in self.rows:
            for section, value in row.model.items():
                if section in SECTIONS and isinstance(value, dict):
                    model.setdefault(section, {}).update(value)
                else:
                    model[section] = value
        if "COMPOSE_PROJECT_NAME" in self.environment:
            del model["name"]
        return model

    @property
    def text(self):
        return json.dumps(self.model, indent=1)

    @property
    def settings(self):
        # On a busy machine, health checks may time out: Compose does not restart the container then, so we must not either.
        return {"compose": self.model, "compose-environment": self.environment, "reconcile": {"unhealthy": "report"}}

    def merged(self, field_name):
        merged = {}
        for row in self.rows:
            for name, value in getattr(row, field_name).items():
                assert merged.setdefault(name, value) == value, f"{row.id}: {name} is something else in another row"
        return merged

    @property
    def may_fail(self):
        return any(row.may_fail for row in self.rows)

    @property
    def environment(self):
        return self.merged("environment")

    @property
    def files(self):
        return self.merged("files")

    @property
    def existing(self):
        requests = []
        for row in self.rows:
            requests += [request for request in row.existing if request not in requests]
        return requests

    @property
    def ends(self):
        return [service for row in self.rows for service in row.ends]

    def without(self, rows):
        return Document(self.name, [row for row in self.rows if row not in rows])

    def owner(self, name):
        """The row that a service, network or volume belongs to; None for the document's own."""
        if len(self.rows) == 1:
            return self.rows[0]
        found = [row for row in self.rows if name == row.name or name.startswith(row.name + "-")]
        return max(found, key=lambda row: len(row.name), default=None)


def complete(service, theme):
    """Fills in what every row would otherwise repeat: an image, a lasting command, a quick stop, the cheapest network."""
    whole = dict(service or {})
    if {"extends", "provider"} & set(whole):
        return whole
    if "build" not in whole:
        whole.setdefault("image", IMAGE)
    if "entrypoint" not in whole:
        whole.setdefault("command", "sleep 1000")
    whole.setdefault("stop_grace_period", "0s")
    if theme not in ABOUT_NETWORKS and not NETWORKED & set(whole):
        whole.setdefault("network_mode", "host")
    return whole


def to_row(theme, name, body):
    body = copy.deepcopy(body or {})
    conditions = body.pop(CONDITIONS, {})
    model = body if "services" in body else {"services": {name: body}}
    model["services"] = {key: complete(service, theme) for key, service in model["services"].items()}
    return Row(name, theme, model, **conditions)


def load(path):
    return yaml.safe_load(path.read_text())


def rows(folder="models"):
    return [to_row(path.stem, name, body)
            for path in sorted((HERE / folder).glob("*.yml")) for name, body in load(path).items()]


def applications():
    found = []
    for path in sorted((HERE / "applications").glob("*.yml")):
        model = load(path)
        conditions = model.pop(CONDITIONS, {})
        found.append(Row(path.stem, "application", model, **conditions))
    return found


def to_document(name, body):
    """The document `document`, or one with a valid service to which `service` is added."""
    model = body.get("document") or {"services": {"web": {"image": IMAGE, **body["service"]}}}
    return Document(name.replace("_", "-"), [Row(name, "refusal", model, body.get("environment", {}))])


def refusals():
    """(name, document) of each model that Compose refuses."""
    return [(name, to_document(name, body)) for name, body in load(HERE / "refusals.yml").items()]


def unsupported():
    """(key, document) of each model that we refuse on purpose though Compose accepts it."""
    return [(body["key"], to_document(name, body)) for name, body in load(HERE / "unsupported.yml").items()]


def everything():
    """All rows, including those of refusals."""
    return [*rows(), *applications(), *(document.rows[0] for _, document in refusals() + unsupported())]


def documents(all_rows):
    """A document per theme for the rows that can share one, and one for each other row."""
    made = {}
    for row in all_rows:
        name = row.theme if row.shares and row.theme != "application" else row.name
        made.setdefault((row.theme, name), Document(name.replace("_", "-"), [])).rows.append(row)
    return list(made.values())


def images(all_rows):
    """Every image that the rows name, except those that the tests make themselves."""
    return sorted({service["image"] for row in all_rows for service in row.model["services"].values()
                   if "$" not in service.get("image", "$") and not service["image"].startswith("local/")
                   and "build" not in service})
