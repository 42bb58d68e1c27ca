"""The two sides that test_engine_model.py compares: a real engine and the model of it (tests/sim/docker), asked in the
same words, and what the daemon would learn of them in a form that can be compared."""

import json
import re
import socket
import subprocess
import threading
import time
from urllib.parse import quote

import harness

PROGRAM = harness.BINARY.parents[1] / "tests/sim/engine-model"

# What the daemon listens to (daemon/engine/events.cpp).
TYPES = ["container", "network", "volume", "image"]
ACTIONS = ["create", "start", "restart", "stop", "kill", "die", "destroy", "pause", "unpause", "rename", "update", "oom", "pull",
           "tag", "untag", "delete", "health_status", "connect", "disconnect", "remove", "load", "import", "prune"]
FILTERS = quote(json.dumps({"type": TYPES, "event": ACTIONS}))

# What the daemon reads (daemon/engine, daemon/observe), but for what the machine decides: CgroupnsMode, OomKillDisable, MemorySwappiness.
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
# A start that misses a network calls it by its id or by its name: what an engine remembers of it depends on earlier starts.
MISSING = re.compile(r"network \S+ not found")


def picked(value, keys):
    """Those of the members that say anything: to the daemon what is absent, null, empty, 0 and false are the same."""
    return said({key: value.get(key) for key in keys})


def said(value):
    if not isinstance(value, dict):
        return value
    members = {key: said(member) for key, member in value.items()}
    return {key: member for key, member in members.items() if member}


class Side:
    """Knows the objects by the handles that the calls name them with: "<c1>" stands for an id, "<c1:short>" for its beginning."""

    def __init__(self, now):
        self.ids = {}
        self.events = []
        self.now = self.begun = now  # nanoseconds

    def call(self, method, target, body, creates=None):
        """(status, what the answer says); what is created gets the handle `creates`."""
        status, answer = self.send(method, self.meant(target), self.meant(json.dumps(body)) if body is not None else "")
        if creates and status == 201:
            self.ids[creates] = answer["Id"]
        return status, answer

    def ok(self, target):
        status, answer = self.send("GET", target, "")
        assert status == 200, f"GET {target}: {status} {answer}"
        return answer

    def meant(self, text):
        for handle, identity in self.ids.items():
            text = text.replace(f"<{handle}>", identity).replace(f"<{handle}:short>", identity[:SHORT_ID])
        return text

    def told(self, value):
        """The value without what differs between the sides: ids are handles again."""
        text = json.dumps(value, sort_keys=True)
        for handle, identity in self.ids.items():
            text = text.replace(identity, f"<{handle}>").replace(identity[:SHORT_ID], f"<{handle}:short>")
        text = MISSING.sub("network <missing> not found", MAC.sub("<mac>", ID.sub("<id>", text)))
        return json.loads(text)

    def snapshot(self):
        """All that the daemon would find."""
        listed = self.ok("/containers/json?all=1")
        networks = [each for each in self.ok("/networks") if each["Name"] not in PREDEFINED]
        volumes = self.ok("/volumes")["Volumes"] or []
        return self.told({
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
        """None when it is gone since it was listed."""
        status, answer = self.send("GET", f"/containers/{identity}/json", "")
        if status != 200:
            return None
        return inspected(answer)

    def heard(self):
        """What happened to each object, as the events told it when it happened."""
        return self.histories(self.events)

    def past(self):
        """The same, asked afterwards: as the daemon asks after it has lost the connection."""
        return self.histories(self.lines(f"/events?since={point(self.begun)}&until={point(self.now)}&filters={FILTERS}"))

    def histories(self, events):
        """Of each object, in order: between objects the order is no promise."""
        histories = {}
        for event in events:
            attributes = event["Actor"].get("Attributes") or {}
            about = [event["Type"], event["Actor"]["ID"], attributes.get("container", "")]
            labels = {key: value for key, value in attributes.items() if key.startswith("test.")}
            line = {"Action": event["Action"], **picked(attributes, ATTRIBUTES), **labels}
            histories.setdefault(" ".join(about).strip(), []).append(line)
        return self.told({about: in_order(history) for about, history in histories.items()})


def in_order(history):
    """From release 23 on an engine tells that a container was stopped before it tells that it died, or after."""
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
                  "failing": health.get("FailingStreak", 0) >= retries},  # how long it goes on is a matter of time
        "Config": {key: "<machine>" if key == "Hostname" and value in (socket.gethostname(), "machine") else value
                   for key, value in picked(container["Config"], CONFIG).items()},
        "HostConfig": host,
        "Mounts": sorted((picked(each, ["Type", "Name", "Destination", "RW"]) for each in container["Mounts"]), key=json.dumps),
        "Networks": {name: endpoint_of(endpoint) for name, endpoint in container["NetworkSettings"]["Networks"].items()}}


def endpoint_of(endpoint):
    """IPAMConfig alone says something by being there."""
    return {**picked(endpoint, ENDPOINT), "Aliases": {alias: True for alias in endpoint.get("Aliases") or []},
            "addressed": endpoint.get("IPAMConfig") is not None}


def network(listed):
    """Which addresses a network gets that asks for none is the machine's business."""
    pools = (listed["IPAM"] or {}).get("Config") or []
    asked = [{key: value for key, value in pool.items() if value} for pool in pools]
    return {"Id": listed["Id"], **picked(listed, [key for key in NETWORK if key != "IPAM"]), "Driver of IPAM": listed["IPAM"]["Driver"],
            "Pools": [{key: value if value.startswith("10.9.") else "<address>" for key, value in pool.items()} for pool in asked]}


def image(found):
    return {**picked(found, IMAGE), "Config": picked(found.get("Config") or {}, IMAGE_CONFIG)}


class Model(Side):
    """The modelled engine."""

    def __init__(self, version):
        super().__init__(0)
        self.process = subprocess.Popen([PROGRAM, version, harness.IMAGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.wait(1)  # the image came before
        self.begun = self.now

    def tell(self, line):
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        assert said, f"the model ended with {self.process.wait()} on {line}"
        answer = json.loads(said)
        self.events += json_lines(answer["events"])
        self.now = answer["now"]
        return answer

    def send(self, method, target, body):
        answer = self.tell({"method": method, "target": target, "body": body})
        return answer["status"], decoded(answer["body"])

    def lines(self, target):
        return json_lines(self.tell({"method": "GET", "target": target, "body": ""})["body"])

    def wait(self, milliseconds):
        self.tell({"wait": milliseconds})

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)


class Real(Side):
    """The engine, and a listener to its events as the daemon is one."""

    def __init__(self, engine, version):
        super().__init__(time.time_ns())
        self.socket, self.version = engine.socket, version
        self.connection = harness.UnixConnection(self.socket, timeout=None)
        self.connection.request("GET", f"/{version}/events?since={point(self.begun)}&filters={FILTERS}")
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
    """A point in time as the engine takes it."""
    return "{}.{:09}".format(*divmod(nanoseconds, 10**9))


def decoded(text):
    try:
        return json.loads(text) if text else None
    except ValueError:
        return json_lines(text) if text.startswith("{") else text


def json_lines(text):
    return [json.loads(line) for line in text.splitlines()]
