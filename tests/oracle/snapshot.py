"""All containers, networks, volumes and built images of an engine, normalised, and the differences of two such pictures."""

import json
from dataclasses import dataclass
from urllib.parse import quote

import harness
import normalise

PREDEFINED = ("bridge", "host", "none")
LABEL = "com.docker.compose."


def ask(engine, target):
    """In the newest words of the engine."""
    status, answer = harness.call(engine.socket, "GET", target)
    assert status == 200, f"GET {target}: {status} {answer}"
    return answer


def containers(engine):
    return [ask(engine, f"/containers/{entry['Id']}/json") for entry in ask(engine, "/containers/json?all=1")]


def built_images(engine):
    """Those that were built, not brought by the tests."""
    listed = ask(engine, f"/images/json?filters={quote(json.dumps({'label': [LABEL + 'image.builder']}))}")
    return [ask(engine, f"/images/{quote(tag)}/json") | {"Tag": tag}
            for entry in listed for tag in entry["RepoTags"] or [] if "<none>" not in tag]


@dataclass
class Picture:
    objects: dict  # (kind, name) → the object
    owners: dict  # (kind, name) → its service, network key or volume key, "" when unknown


def names_of(found, networks):
    names = {entry["Id"]: entry["Name"][1:] for entry in found}
    return {**names, **{entry["Id"]: entry["Name"] for entry in networks}}


def take(engine, model):
    found = containers(engine)
    networks = [ask(engine, f"/networks/{entry['Id']}") for entry in ask(engine, "/networks")
                if entry["Name"] not in PREDEFINED]
    volumes = [ask(engine, f"/volumes/{quote(entry['Name'])}") for entry in ask(engine, "/volumes")["Volumes"] or []]
    built = built_images(engine)
    names = {**names_of(found, networks), **{entry["Id"]: entry["Tag"] for entry in built}}
    picture = Picture({}, {})
    for entry in built:
        key = ("image", entry["Tag"])
        picture.owners[key] = entry["Tag"].partition(":")[0].rpartition("/")[2].removeprefix(model.get("name", "") + "-")
        picture.objects[key] = normalise.image(entry)
    for entry in found:
        key = ("container", entry["Name"][1:])
        picture.owners[key] = (entry["Config"]["Labels"] or {}).get(LABEL + "service", "")
        picture.objects[key] = normalise.container(entry, names, model)
    for entry in networks:
        key = ("network", entry["Name"])
        picture.owners[key] = (entry["Labels"] or {}).get(LABEL + "network", "")
        picture.objects[key] = normalise.network(entry, model)
    for entry in volumes:
        if not normalise.ANONYMOUS.fullmatch(entry["Name"]):  # those are seen where they are mounted
            key = ("volume", entry["Name"])
            picture.owners[key] = (entry["Labels"] or {}).get(LABEL + "volume", "")
            picture.objects[key] = normalise.volume(entry)
    return picture


def compare(theirs, ours, path=""):
    """A line for each place where the values differ."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return [line for key in sorted({*theirs, *ours})
                for line in compare(theirs.get(key, "absent"), ours.get(key, "absent"), f"{path}/{key}")]
    return [] if theirs == ours else [f"{path}: Compose {theirs!r}, we {ours!r}"]


def differences(theirs, ours):
    """(owner, line) of everything that is not equal."""
    found = []
    for key in sorted({*theirs.objects, *ours.objects}):
        owner = theirs.owners.get(key) or ours.owners.get(key) or ""
        kind, name = key
        if key not in ours.objects:
            found.append((owner, f"{kind} {name}: Compose makes it, we do not"))
        elif key not in theirs.objects:
            found.append((owner, f"{kind} {name}: we make it, Compose does not"))
        else:
            found += [(owner, f"{kind} {name}{line}") for line in compare(theirs.objects[key], ours.objects[key])]
    return found


def services(engine):
    """container name → the service that it belongs to, "" for a stranger."""
    return {entry["Names"][0][1:]: entry["Labels"].get(LABEL + "service", "")
            for entry in ask(engine, "/containers/json?all=1")}


def lives(engine):
    """name → (id, when it was started) of every container."""
    return {entry["Name"][1:]: (entry["Id"], entry["State"]["StartedAt"]) for entry in containers(engine)}
