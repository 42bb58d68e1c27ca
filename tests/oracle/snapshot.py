"""Snapshots of all containers, networks, volumes and built images of an engine, normalised, and their differences."""

import json
from dataclasses import dataclass
from urllib.parse import quote

import harness
import normalise

PREDEFINED = ("bridge", "host", "none")
LABEL = "com.docker.compose."


def get(engine, target):
    """The answer to a GET, in the engine's newest API version."""
    status, answer = harness.call(engine.socket, "GET", target)
    assert status == 200, f"GET {target}: {status} {answer}"
    return answer


def containers(engine):
    return [get(engine, f"/containers/{entry['Id']}/json") for entry in get(engine, "/containers/json?all=1")]


def built_images(engine):
    """The images that were built, not imported by the tests."""
    listed = get(engine, f"/images/json?filters={quote(json.dumps({'label': [LABEL + 'image.builder']}))}")
    return [get(engine, f"/images/{quote(tag)}/json") | {"Tag": tag}
            for entry in listed for tag in entry["RepoTags"] or [] if "<none>" not in tag]


def imported_images(engine):
    """id → the tests' own name of the image; the well-known names are of the same images."""
    names = {entry["Id"]: sorted(tag for tag in entry["RepoTags"] or [] if tag.startswith("local/"))
             for entry in get(engine, "/images/json")}
    return {identity: tags[0] for identity, tags in names.items() if tags}


@dataclass
class Snapshot:
    objects: dict  # (kind, name) → the object
    owners: dict  # (kind, name) → its service, network key or volume key, "" when unknown


def names_of(found, networks):
    names = {entry["Id"]: entry["Name"][1:] for entry in found}
    return {**names, **{entry["Id"]: entry["Name"] for entry in networks}}


def take(engine, model):
    found = containers(engine)
    networks = [get(engine, f"/networks/{entry['Id']}") for entry in get(engine, "/networks")
                if entry["Name"] not in PREDEFINED]
    volumes = [get(engine, f"/volumes/{quote(entry['Name'])}") for entry in get(engine, "/volumes")["Volumes"] or []]
    built = built_images(engine)
    names = {**names_of(found, networks), **imported_images(engine), **{entry["Id"]: entry["Tag"] for entry in built}}
    machine = get(engine, "/info")
    def without_root(entry):
        return normalise.replaced(entry, lambda text: text.replace(machine["DockerRootDir"], "<engine>"))
    snapshot = Snapshot({}, {})
    for entry in built:
        key = ("image", entry["Tag"])
        snapshot.owners[key] = entry["Tag"].partition(":")[0].rpartition("/")[2].removeprefix(model.get("name", "") + "-")
        snapshot.objects[key] = normalise.image(entry)
    for entry in found:
        key = ("container", entry["Name"][1:])
        snapshot.owners[key] = (entry["Config"]["Labels"] or {}).get(LABEL + "service", "")
        snapshot.objects[key] = normalise.container(without_root(entry), names, model, machine)
    for entry in networks:
        key = ("network", entry["Name"])
        snapshot.owners[key] = (entry["Labels"] or {}).get(LABEL + "network", "")
        snapshot.objects[key] = normalise.network(entry, model)
    for entry in volumes:
        if not normalise.ANONYMOUS.fullmatch(entry["Name"]):  # those are compared where they are mounted
            key = ("volume", entry["Name"])
            snapshot.owners[key] = (entry["Labels"] or {}).get(LABEL + "volume", "")
            snapshot.objects[key] = normalise.volume(without_root(entry))
    return snapshot


COMPOSE_AND_US = ("Compose", "us")


def compare(theirs, ours, who, path=""):
    """A line for each difference."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return [line for key in sorted({*theirs, *ours})
                for line in compare(theirs.get(key, "absent"), ours.get(key, "absent"), who, f"{path}/{key}")]
    return [] if theirs == ours else [f"{path}: {who[0]} {theirs!r}, {who[1]} {ours!r}"]


def differences(theirs, ours, who=COMPOSE_AND_US):
    """(owner, line) of everything that is not equal."""
    found = []
    for key in sorted({*theirs.objects, *ours.objects}):
        owner = theirs.owners.get(key) or ours.owners.get(key) or ""
        kind, name = key
        if key not in ours.objects:
            found.append((owner, f"{kind} {name}: present for {who[0]}, absent for {who[1]}"))
        elif key not in theirs.objects:
            found.append((owner, f"{kind} {name}: present for {who[1]}, absent for {who[0]}"))
        else:
            found += [(owner, f"{kind} {name}{line}") for line in compare(theirs.objects[key], ours.objects[key], who)]
    return found


def services(engine):
    """container name → the service that it belongs to, "" for a foreign one."""
    return {entry["Names"][0][1:]: entry["Labels"].get(LABEL + "service", "")
            for entry in get(engine, "/containers/json?all=1")}


def starts(engine):
    """name → (id, when it was started) of every container."""
    return {entry["Name"][1:]: (entry["Id"], entry["State"]["StartedAt"]) for entry in containers(engine)}
