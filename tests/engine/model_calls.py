"""Random calls for test_engine_model.py, sensible or not, as the daemon or another client makes them. The seed and the state
of the model decide them: the same seed makes the same calls."""

import random
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import harness
import model_sides

CONTAINERS, NETWORKS, VOLUMES = ["one", "two", "three"], ["net-a", "net-b"], ["vol-a", "vol-b"]

# Does what its arguments say; the model reads the same arguments (tests/sim/docker/container.hpp).
SCRIPT = """
for word; do eval "app_$word"; done
if [ "$app_stop" = never ]; then trap '' TERM; else trap 'exit 143' TERM; fi
if [ "$app_exit" ]; then sleep "$app_after"; exit "$app_exit"; fi
sleep 100000 & wait
while :; do sleep 100000 & wait; done
"""


def program(*arguments):
    return ["sh", "-c", SCRIPT, "app", *arguments]


LASTING = [program("stop=0"), program("stop=0"), program("stop=never")]
ENDING = [program("exit=0", "after=0.3"), program("exit=3", "after=0.3")]
BROKEN = ["fails"]
BOUNDED = ["", "no", "on-failure"]  # restart policies with which a program that ends is not restarted without limit
SECOND = 10**9
CHECKS = [  # (health check, arguments that tell the model its result)
    ({"Test": ["CMD", "true"], "Interval": SECOND // 5, "Retries": 2}, []),
    ({"Test": ["CMD", "false"], "Interval": SECOND // 5, "Retries": 2}, ["sick=0"]),
    ({"Test": ["CMD", "true"], "Interval": 3600 * SECOND}, []),
    ({"Test": ["NONE"]}, [])]


@dataclass
class Call:
    method: str
    target: str
    body: Any = None
    creates: str = ""  # the handle of the object that it creates

    def __str__(self):
        return f"{self.method} {self.target}" + (f" {self.body}" if self.body is not None else "")


class Calls:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.made = 0
        self.known = {"c": ["nobody"], "n": ["nothing"]}  # ids for calls by kind, including those of removed objects
        self.world = None
        self.following = []

    def next(self, world):
        """The next call, given the state of the model."""
        self.world = world
        if self.following:
            return self.following.pop(0)
        for kind, there in (("c", world["containers"]), ("n", world["networks"])):
            self.known[kind] += sorted({each["Id"] for each in there.values()} - set(self.known[kind]))
        kinds = {self.create: 4 if len(world["containers"]) < 3 else 1, self.act: 12, self.remove: 3, self.rename: 1, self.update: 2,
                 self.create_network: 2, self.connect: 3, self.disconnect: 3, self.remove_network: 2,
                 self.create_volume: 1, self.remove_volume: 2, self.execute: 1, self.read: 3}
        return self.random.choices(list(kinds), kinds.values())[0]()

    def chance(self, one_in):
        return self.random.randrange(one_in) == 0

    def handle(self, kind):
        self.made += 1
        return f"{kind}{self.made}"

    def one_of(self, kind, there):
        """A reference to an object: usually to one that exists, usually by its id."""
        if not there or self.chance(8):
            return self.random.choice(self.known[kind] + (CONTAINERS if kind == "c" else NETWORKS))
        name = self.random.choice(sorted(there))
        identity = there[name]["Id"]
        return self.random.choices([identity, name.lstrip("/"), identity.replace(">", ":short>")], [6, 3, 1])[0]

    def container(self):
        return self.one_of("c", self.world["containers"])

    def network(self):
        return self.one_of("n", self.world["networks"])

    # Containers.
    def create(self):
        body = {"Image": "local/missing:1" if self.chance(15) else harness.IMAGE, "Labels": self.labels(), "HostConfig": {}}
        self.choose_program(body)
        host = body["HostConfig"]
        if self.chance(3):
            host["Binds"] = [f"{self.random.choice(VOLUMES)}:/data" + (":ro" if self.chance(2) else "")]
        if self.chance(2):
            body["StopTimeout"] = 30
        if self.chance(3):
            body["Env"] = ["A=1", "B="]
        if self.chance(5):
            body["Hostname"] = "somebody"
        if self.chance(4):
            host["Memory"] = 64 << 20
        self.choose_networks(body)
        return Call("POST", f"/containers/create?name={self.random.choice(CONTAINERS)}", body, self.handle("c"))

    def choose_program(self, body):
        ends = self.chance(3)
        arguments = list(self.random.choice(ENDING if ends else LASTING))
        policy = self.random.choice(BOUNDED if ends else [*BOUNDED, "always", "unless-stopped"])
        if policy:
            body["HostConfig"]["RestartPolicy"] = {"Name": policy, **({"MaximumRetryCount": 2} if policy == "on-failure" else {})}
        if "stop=never" in arguments:
            body["StopTimeout"] = 1
        if not ends and self.chance(3):
            body["Healthcheck"], more = self.random.choice(CHECKS)
            arguments += more
        body["Cmd"] = BROKEN if self.chance(12) else arguments

    def choose_networks(self, body):
        chosen = self.random.choice(["", "", "none", "host", "net-a", "net-b", "net-a"])
        if not chosen:
            return
        body["HostConfig"]["NetworkMode"] = chosen
        if chosen.startswith("net") and not self.chance(3):
            body["NetworkingConfig"] = {"EndpointsConfig": {chosen: self.endpoint()}}

    def endpoint(self):
        return {"Aliases": ["alias"]} if self.chance(2) else {}

    def labels(self):
        return {"test.label": self.random.choice(["x", "y"])} if self.chance(2) else {}

    def act(self):
        container = self.container()
        verb = self.random.choices(["start", "stop", "restart", "kill", "pause", "unpause"], [6, 4, 2, 2, 3, 3])[0]
        if verb in ("start", "restart") and self.depends_on_chance(container):
            verb = "stop"
        return Call("POST", f"/containers/{container}/{verb}")

    def depends_on_chance(self, reference):
        """Whether a start's result is random: engines join user-defined networks in random order, up to the first missing one."""
        for name, found in self.world["containers"].items():
            if reference in (name[1:], found["Id"], found["Id"].replace(">", ":short>")):
                networks = set(found["Networks"]) - model_sides.PREDEFINED
                return len(networks) > 1 and not networks <= set(self.world["networks"])
        return False

    def remove(self):
        return Call("DELETE", f"/containers/{self.container()}?" + self.random.choice(["", "force=1", "force=1", "v=1", "force=1&v=1"]))

    def rename(self):
        return Call("POST", f"/containers/{self.container()}/rename?name={self.random.choice(CONTAINERS)}")

    def update(self):
        body = self.random.choice([{"RestartPolicy": {"Name": "no"}}, {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 2}},
                                   {"Memory": 128 << 20, "MemorySwap": 256 << 20}])
        return Call("POST", f"/containers/{self.container()}/update", body)

    def execute(self):
        """A hook: three calls; the last two are dropped if the first is refused."""
        handle = self.handle("e")
        self.following = [Call("POST", f"/exec/<{handle}>/start", {"Detach": True}), Call("GET", f"/exec/<{handle}>/json")]
        return Call("POST", f"/containers/{self.container()}/exec", {"Cmd": ["true"]}, handle)

    def refused(self):
        self.following = []

    # Networks and volumes.
    def create_network(self):
        body = {"Name": self.random.choice(NETWORKS), "CheckDuplicate": True, "Labels": self.labels()}
        if self.chance(3):
            body["IPAM"] = {"Config": [{"Subnet": "10.9.1.0/24"}]}
        if self.chance(4):
            body["Internal"] = True
        return Call("POST", "/networks/create", body, self.handle("n"))

    def connect(self):
        body = {"Container": self.container()}
        if self.chance(2):
            body["EndpointConfig"] = self.endpoint()
        return Call("POST", f"/networks/{self.network()}/connect", body)

    def disconnect(self):
        body = {"Container": self.container(), **({"Force": True} if self.chance(2) else {})}
        return Call("POST", f"/networks/{self.network()}/disconnect", body)

    def remove_network(self):
        return Call("DELETE", f"/networks/{self.network()}")

    def create_volume(self):
        return Call("POST", "/volumes/create", {"Name": self.random.choice(VOLUMES), "Labels": self.labels()})

    def remove_volume(self):
        return Call("DELETE", f"/volumes/{self.random.choice(VOLUMES)}")

    # Calls that only read.
    def read(self):
        return Call("GET", self.random.choice([
            f"/containers/{self.container()}/json", "/images/json?digests=1", f"/images/{quote(harness.IMAGE, '')}/json",
            "/images/local%2Fmissing%3A1/json", "/_ping", "/info"]))
