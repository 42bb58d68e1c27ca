"""The two sides that test_engine_model.py compares: a real engine and the model of it (tests/sim/docker). Both get the same
requests; what the daemon reads of the answers is brought into a form that can be compared."""

import json
import re
import socket
import subprocess
import threading
import time
from urllib.parse import quote

import harness

PROGRAM = harness.BINARY.parents[1] / "tests/sim/engine-model"

# The events that the daemon subscribes to (daemon/engine/events.cpp).
TYPES = ["container", "network", "volume", "image"]
ACTIONS = ["create", "start", "restart", "stop", "kill", "die", "destroy", "pause", "unpause", "rename", "update", "oom", "pull",
           "tag", "untag", "delete", "health_status", "connect", "disconnect", "remove", "load", "import", "prune"]
FILTERS = quote(json.dumps({"type": TYPES, "event": ACTIONS}))

# The fields that the daemon reads (daemon/engine, daemon/observe), except those that depend on the machine: CgroupnsMode,
# OomKillDisable, MemorySwappiness.
ATTRIBUTES = ["name", "container", "exitCode", "signal"]
STATE = ["Status", "Running", "ExitCode", "Error"]
CONFIG = ["Image", "Cmd", "Entrypoint", "Env", "Labels", "Hostname", "Domainname", "User", "WorkingDir", "StopSignal", "StopTimeout",
          "Healthcheck", "ExposedPorts", "Tty", "OpenStdin"]
HOST_CONFIG = [
    "Binds", "Mounts", "PortBindings", "Tmpfs", "RestartPolicy", "NetworkMode", "Links", "Dns", "DnsSearch", "DnsOptions", "ExtraHosts",
    "SecurityOpt", "CapAdd", "CapDrop", "Privileged", "ReadonlyRootfs", "Init", "LogConfig", "Runtime", "IpcMode", "PidMode", "UTSMode",
    "UsernsMode", "CgroupParent", "Isolation", "GroupAdd", "VolumesFrom", "StorageOpt", "Annotations", "NanoCpus",
    "CpuShares", "CpuQuota", "CpuPeriod", "CpuRealtimeRuntime", "CpuRealtimePeriod", "CpusetCpus", "Memory", "MemorySwap",
    "MemoryReservation", "ShmSize", "OomScoreAdj", "PidsLimit", "Ulimits", "Sysctls",
    "BlkioWeight", "Devices", "DeviceRequests", "DeviceCgroupRules"]
ENDPOINT = ["IPAMConfig", "Links", "Aliases", "NetworkID", "MacAddress", "DriverOpts"]
NETWORK = ["Name", "Labels", "Driver", "Options", "Internal", "Attachable", "EnableIPv6", "IPAM"]
VOLUME = ["Name", "Labels", "Driver", "Options"]
IMAGE = ["RepoTags", "Os", "Architecture"]
IMAGE_CONFIG = ["Cmd", "Entrypoint", "Env", "Labels", "User", "WorkingDir", "StopSignal", "Healthcheck"]
PREDEFINED = {"bridge", "host", "none"}
NEVER = "0001-01-01T00:00:00Z"

ID = re.compile(r"[0-9a-f]{64}")
MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}")
SHORT_ID = 12
# A failed start names the missing network by its id or by its name, depending on earlier starts.
MISSING = re.compile(r"network \S+ not found")


def picked(value, keys):
    """The members with these keys, without empty ones: to the daemon absent, null, empty, 0 and false are the same."""
    return without_empty({key: value.get(key) for key in keys})


def without_empty(value):
    if not isinstance(value, dict):
        return value
    members = {key: without_empty(member) for key, member in value.items()}
    return {key: member for key, member in members.items() if member}


class Side:
    """Maps the handles by which calls name objects to ids: "<c1>" stands for an id, "<c1:short>" for its first digits."""

    def __init__(self, now):
        self.ids = {}
        self.events = []
        self.now = self.begin = now  # nanoseconds

    def call(self, method, target, body, creates=None):
        """(status, decoded answer); the created object gets the handle `creates`."""
        status, answer = self.send(method, self.resolved(target), self.resolved(json.dumps(body)) if body is not None else "")
        if creates and status == 201:
            self.ids[creates] = answer["Id"]
        return status, answer

    def ok(self, target):
        status, answer = self.send("GET", target, "")
        assert status == 200, f"GET {target}: {status} {answer}"
        return answer

    def resolved(self, text):
        for handle, identity in self.ids.items():
            text = text.replace(f"<{handle}>", identity).replace(f"<{handle}:short>", identity[:SHORT_ID])
        return text

    def normalised(self, value):
        """The value without differences between the sides: ids become handles again."""
        text = json.dumps(value, sort_keys=True)
        for handle, identity in self.ids.items():
            text = text.replace(identity, f"<{handle}>").replace(identity[:SHORT_ID], f"<{handle}:short>")
        text = MISSING.sub("network <missing> not found", MAC.sub("<mac>", ID.sub("<id>", text)))
        return json.loads(text)

    def snapshot(self):
        """All that the daemon would observe."""
        listed = self.ok("/containers/json?all=1")
        networks = [each for each in self.ok("/networks") if each["Name"] not in PREDEFINED]
        volumes = self.ok("/volumes")["Volumes"] or []
        return self.normalised({
            "listed": {each["Names"][0]: self.summary(each) for each in listed},
            "containers": {each["Names"][0]: self.container(each["Id"]) for each in listed},
            "networks": {each["Name"]: network(each) for each in networks},
            "volumes": {each["Name"]: picked(each, VOLUME) for each in volumes}})

    @staticmethod
    def summary(listed):
        networks = (listed.get("NetworkSettings") or {}).get("Networks") or {}
        return {"Id": listed["Id"], **picked(listed, ["State", "Labels"]),
                "Networks": {name: endpoint["NetworkID"] for name, endpoint in networks.items() if endpoint["NetworkID"]}}

    def container(self, identity):
        """None if it has been removed since it was listed."""
        status, answer = self.send("GET", f"/containers/{identity}/json", "")
        if status != 200:
            return None
        return inspected(answer)

    def received(self):
        """The events as they arrived."""
        return self.histories(self.events)

    def past(self):
        """The events of the same time, requested afterwards, as the daemon does after it has lost the connection."""
        return self.histories(self.lines(f"/events?since={point(self.begin)}&until={point(self.now)}&filters={FILTERS}"))

    def histories(self, events):
        """The events of each object, in order; the order between objects is not guaranteed."""
        histories = {}
        for event in events:
            attributes = event["Actor"].get("Attributes") or {}
            about = [event["Type"], event["Actor"]["ID"], attributes.get("container", "")]
            labels = {key: value for key, value in attributes.items() if key.startswith("test.")}
            line = {"Action": event["Action"], **picked(attributes, ATTRIBUTES), **labels}
            histories.setdefault(" ".join(about).strip(), []).append(line)
        return self.normalised({about: in_order(history) for about, history in histories.items()})


def in_order(history):
    """Puts die before stop: from release 23 on, an engine sends them in either order."""
    actions = [line["Action"] for line in history]
    for place in range(1, len(actions)):
        if actions[place - 1:place + 1] == ["stop", "die"]:
            history[place - 1:place + 1] = history[place], history[place - 1]
    return history


def inspected(container):
    """A container as the daemon reads it."""
    state, host = container["State"], picked(container["HostConfig"], HOST_CONFIG)
    health = state.get("Health") or {}
    retries = ((container["Config"].get("Healthcheck") or {}).get("Retries")) or 3
    return {
        **picked(container, ["Id", "Name", "Image", "RestartCount"]),
        "State": {**picked(state, STATE), "started": state["StartedAt"] != NEVER, "finished": state["FinishedAt"] != NEVER,
                  "Health": health.get("Status") or "none",
                  "failing": health.get("FailingStreak", 0) >= retries},  # the exact number depends on timing
        "Config": {key: "<machine>" if key == "Hostname" and value in (socket.gethostname(), "machine") else value
                   for key, value in picked(container["Config"], CONFIG).items()},
        "HostConfig": host,
        "Mounts": sorted((picked(each, ["Type", "Name", "Destination", "RW"]) for each in container["Mounts"]), key=json.dumps),
        "Networks": {name: endpoint_of(endpoint) for name, endpoint in container["NetworkSettings"]["Networks"].items()}}


def endpoint_of(endpoint):
    """IPAMConfig is the only member whose mere presence matters."""
    return {**picked(endpoint, ENDPOINT), "Aliases": {alias: True for alias in endpoint.get("Aliases") or []},
            "addressed": endpoint.get("IPAMConfig") is not None}


def network(listed):
    """Does not compare the addresses of a network that requests none: the machine chooses them."""
    pools = (listed["IPAM"] or {}).get("Config") or []
    requested = [{key: value for key, value in pool.items() if value} for pool in pools]
    return {"Id": listed["Id"], **picked(listed, [key for key in NETWORK if key != "IPAM"]), "Driver of IPAM": listed["IPAM"]["Driver"],
            "Pools": [{key: value if value.startswith("10.9.") else "<address>" for key, value in pool.items()} for pool in requested]}


def image(found):
    return {**picked(found, IMAGE), "Config": picked(found.get("Config") or {}, IMAGE_CONFIG)}


class Model(Side):
    """The modelled engine."""

    def __init__(self, version):
        super().__init__(0)
        self.process = subprocess.Popen([PROGRAM, version, harness.IMAGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.wait(1)  # after the pull of the image
        self.begin = self.now

    def exchange(self, line):
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        reply = self.process.stdout.readline()
        assert reply, f"the model ended with {self.process.wait()} on {line}"
        answer = json.loads(reply)
        self.events += json_lines(answer["events"])
        self.now = answer["now"]
        return answer

    def send(self, method, target, body):
        answer = self.exchange({"method": method, "target": target, "body": body})
        return answer["status"], decoded(answer["body"])

    def lines(self, target):
        return json_lines(self.exchange({"method": "GET", "target": target, "body": ""})["body"])

    def wait(self, milliseconds):
        self.exchange({"wait": milliseconds})

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)


class Real(Side):
    """A real engine, with a subscription to its events like the daemon's."""

    def __init__(self, engine, version):
        super().__init__(time.time_ns())
        self.socket, self.version = engine.socket, version
        self.connection = harness.UnixConnection(self.socket, timeout=None)
        self.connection.request("GET", f"/{version}/events?since={point(self.begin)}&filters={FILTERS}")
        self.stream = self.connection.getresponse()
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

    def past(self):
        self.now = time.time_ns()
        return super().past()

    def listen(self):
        for line in self.stream:
            self.events.append(json.loads(line))

    def send(self, method, target, body):
        return harness.call(self.socket, method, f"/{self.version}{target}", body.encode() or None)

    def lines(self, target):
        status, answer = self.send("GET", target, "")
        assert status == 200, f"GET {target}: {status} {answer}"
        return [answer] if isinstance(answer, dict) else json_lines(answer or "")

    def close(self):
        self.connection.sock.close()


def point(nanoseconds):
    """A point in time in the engine's format."""
    return "{}.{:09}".format(*divmod(nanoseconds, 10**9))


def decoded(text):
    try:
        return json.loads(text) if text else None
    except ValueError:
        return json_lines(text) if text.startswith("{") else text


def json_lines(text):
    return [json.loads(line) for line in text.splitlines()]
