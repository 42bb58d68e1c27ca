"""Removes or replaces what may differ between two runs of one model; everything else stays as the engine reports it."""

import json
import re

# (path, why). "*" is any one name.
IGNORED_OF_CONTAINERS = [
    ("Id", "an object's identity"),
    ("AppArmorProfile", "the machine's; the requested one is in HostConfig/SecurityOpt"),
    ("Created", "time"),
    ("ExecIDs", "checks that happen to run"),
    ("GraphDriver", "places named after the id"),
    ("HostnamePath", "a place named after the id"),
    ("HostsPath", "a place named after the id"),
    ("LogPath", "a place named after the id"),
    ("ResolvConfPath", "a place named after the id"),
    ("RestartCount", "time: the restarts so far"),
    ("State/FinishedAt", "time"),
    ("State/Health", "time: the checks so far"),
    ("State/Pid", "a process's identity"),
    ("State/StartedAt", "time"),
    ("NetworkSettings/EndpointID", "an object's identity"),
    ("NetworkSettings/SandboxID", "an object's identity"),
    ("NetworkSettings/SandboxKey", "a place named after the id"),
    ("NetworkSettings/Networks/*/EndpointID", "an object's identity"),
    ("NetworkSettings/Networks/*/NetworkID", "an object's identity; the network's name is the key"),
    ("Config/Labels/com.docker.compose.project.config_files", "Compose reads a model, we read settings"),
    ("Config/Labels/dockerextd.files", "ours: changes with the content of configs and secrets"),
]
IGNORED_OF_NETWORKS = [
    ("Id", "an object's identity"),
    ("Created", "time"),
    ("Containers", "the containers have the same"),
]
IGNORED_OF_VOLUMES = [("CreatedAt", "time")]

# Fields that the kernel and the machine's settings decide unless the model sets them.
OF_THE_MACHINE = {"CgroupnsMode": "cgroup", "OomKillDisable": "oom_kill_disable", "MemorySwappiness": "mem_swappiness"}

# Docker Compose itself sends these in random order, links even more than once.
SETS = ["HostConfig/Binds", "HostConfig/Mounts", "HostConfig/ExtraHosts", "HostConfig/Ulimits", "HostConfig/Links",
        "Mounts", "Config/Env", "NetworkSettings/Networks/*/Aliases", "NetworkSettings/Networks/*/DNSNames",
        "NetworkSettings/Networks/*/Links"]

LABELS = "Config/Labels/com.docker.compose."
ANONYMOUS = re.compile(r"[0-9a-f]{64}")
IP = re.compile(r"\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*")
MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}")


def places(value, path):
    """(holder, key) of everything at the path."""
    first, _, rest = path.partition("/")
    if path.startswith("com.docker."):
        first, rest = path, ""
    if not isinstance(value, dict):
        return []
    keys = list(value) if first == "*" else [first] if first in value else []
    if not rest:
        return [(value, key) for key in keys]
    return [place for key in keys for place in places(value[key], rest)]


def ignore(value, ignored):
    for path, _ in ignored:
        for holder, key in places(value, path):
            del holder[key]


def replaced(value, change):
    """The value with every string in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [replaced(item, change) for item in value]
    if isinstance(value, dict):
        return {key: replaced(item, change) for key, item in value.items()}
    return value


def without_ids(names):
    """names: id → its replacement."""
    def change(text):
        for identity, name in names.items():
            text = text.replace(identity, f"<{name}>").replace(identity[:12], f"<{name}>")
        return ANONYMOUS.sub("<anonymous>", text) if "com.docker" not in text else text
    return change


def of_model(model, section, labels):
    """The part of the model about the object with these labels."""
    key = (labels or {}).get(f"com.docker.compose.{section.removesuffix('s')}")
    return (model.get(section) or {}).get(key) or {}


def without_addresses(part):
    """Replaces addresses that the engine chose; those in this part of the model stay."""
    written = json.dumps(part).lower()

    def change(text):
        if MAC.fullmatch(text.lower()):
            return text if text.lower() in written else "<mac>"
        address = text.partition("/")[0]
        return text if address in written or not IP.fullmatch(address) else "<address>"
    return change


def sort_sets(container):
    for path in SETS:
        for holder, key in places(container, path):
            if isinstance(holder[key], list):
                items = {json.dumps(item, sort_keys=True) for item in holder[key]}
                holder[key] = [json.loads(item) for item in sorted(items)]
    for holder, key in places(container, LABELS + "depends_on"):
        holder[key] = ",".join(sorted(holder[key].split(",")))


def remove_chosen_prefixes(container):
    """Removes the prefix length of subnets that the engine chose."""
    for endpoint in container["NetworkSettings"]["Networks"].values():
        if endpoint["IPAddress"] == "<address>":
            del endpoint["IPPrefixLen"]


def replace_chosen_ports(container):
    """Replaces ports that the engine chose; a port in the model stays."""
    requested = {binding["HostPort"] for bindings in (container["HostConfig"]["PortBindings"] or {}).values()
             for binding in bindings}
    for bindings in (container["NetworkSettings"].get("Ports") or {}).values():
        for binding in bindings or []:
            if binding["HostPort"] not in requested:
                binding["HostPort"] = "<port>"


def without_the_machine(container, service, machine):
    """Removes what would differ on another machine's engine."""
    for field, key in OF_THE_MACHINE.items():
        if key not in service:
            container["HostConfig"].pop(field, None)
    if container["Config"].get("Hostname") == machine["Name"]:
        container["Config"]["Hostname"] = "<machine>"
    if container["Driver"] == machine["Driver"]:
        container["Driver"] = "<storage driver>"


def refers_to_a_container(host):
    modes = (host.get("NetworkMode"), host.get("PidMode"), host.get("IpcMode"))
    return bool(host.get("VolumesFrom")) or any((mode or "").startswith("container:") for mode in modes)


def without_empties(value):
    """Absent, null, and an empty list or object mean the same to the engine; which one it shows depends on the request."""
    if isinstance(value, list):
        return [without_empties(item) for item in value]
    if isinstance(value, dict):
        whole = {key: without_empties(item) for key, item in value.items()}
        return {key: item for key, item in whole.items() if item not in (None, [], {})}
    return value


def container(found, names, model, machine):
    ignore(found, IGNORED_OF_CONTAINERS)
    service = of_model(model, "services", found["Config"]["Labels"])
    without_the_machine(found, service, machine)
    if refers_to_a_container(found["HostConfig"]):  # its config-hash contains the other's id
        found["Config"]["Labels"].pop("com.docker.compose.config-hash", None)
    labels, image = found["Config"].pop("Labels"), found.pop("Image")
    found = replaced(found, without_ids(names))
    found["NetworkSettings"] = replaced(found["NetworkSettings"], without_addresses(service))
    label = "com.docker.compose.image"  # a built image has another id each time
    labels[label] = names.get(labels.get(label), labels.get(label))
    found["Config"]["Labels"], found["Image"] = labels, names.get(image, image)
    restart = found["HostConfig"]["RestartPolicy"]
    restart["Name"] = restart["Name"] or "no"  # engine 20.10 returns what it was sent, and both mean the same
    remove_chosen_prefixes(found)
    replace_chosen_ports(found)
    sort_sets(found)
    return without_empties(found)


def image(found):
    """Only the number of layers: their contents have time stamps."""
    return without_empties({"Config": {**found["Config"], "Image": "", "Hostname": ""},
                            "Layers": len(found["RootFS"]["Layers"])})


def network(found, model):
    ignore(found, IGNORED_OF_NETWORKS)
    found["IPAM"] = replaced(found["IPAM"], without_addresses(of_model(model, "networks", found["Labels"])))
    return without_empties(found)


def volume(found):
    ignore(found, IGNORED_OF_VOLUMES)
    return without_empties(found)
