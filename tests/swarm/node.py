"""Machines as nodes of a swarm: what their engines and daemons say of it, and the swarms that tests begin with."""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

from harness import wait_for
from lab import Machine


class Node(Machine):
    # What the engine says.
    def info(self):
        return self.engine.ok("GET", "/info")["Swarm"]

    def cluster(self):
        """The id of its swarm; a worker does not know it."""
        return self.info()["Cluster"]["ID"]

    def nodes(self):
        """All entries of the swarm, by the engine of a manager; none if it cannot tell."""
        status, answer = self.engine.call("GET", "/nodes")
        return answer if status == 200 else []

    def entry(self, node):
        """The entry of a node that runs."""
        id = node.info()["NodeID"]
        return next(each for each in self.nodes() if each["ID"] == id)

    def leads(self):
        id = self.info()["NodeID"]
        return any(each["ID"] == id and each.get("ManagerStatus", {}).get("Leader") for each in self.nodes())

    def sees(self, states):
        """Waits until the entries have these states: {"m1": ["ready"], "m2": ["down", "ready"]}."""
        def found():
            by_name = {}
            for each in self.nodes():
                by_name.setdefault(each["Description"].get("Hostname", ""), []).append(each["Status"]["State"])
            return {name: sorted(found) for name, found in by_name.items()}
        wait_for(lambda: found() == states, lambda: f"{self} sees {states}: {found()}", 60)

    def update_by_hand(self, node, change):
        """As `docker node update` does: change(Spec) of the node's entry."""
        def is_done():
            entry = self.entry(node)
            change(entry["Spec"])
            status, answer = self.engine.call("POST", f"/nodes/{entry['ID']}/update?version={entry['Version']['Index']}", entry["Spec"])
            assert status == 200 or "out of sequence" in str(answer), answer
            return status == 200
        wait_for(is_done, f"{node} is updated by hand")

    def docker(self, *arguments):
        """docker's own command at this engine; returns what it prints."""
        done = subprocess.run(["docker", "--host", self.daemon.docker_host, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"docker {arguments} at {self}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def listed(self, kind):
        """What the swarm has of a kind ("services", "secrets", "configs"), by name, as the engine of a manager shows it."""
        def answered():  # not while the swarm has no leader
            status, answer = self.engine.call("GET", f"/{kind}")
            return status == 200 and (answer,)
        answer, = wait_for(answered, f"{self} lists the {kind} of its swarm", 60)
        return {each["Spec"]["Name"]: each for each in answer}

    def running_tasks(self, service):
        """The tasks of a service that run and are to run."""
        filters = quote(json.dumps({"service": [service], "desired-state": ["running"]}))
        status, answer = self.engine.call("GET", f"/tasks?filters={filters}")
        return [task for task in answer if task["Status"]["State"] == "running"] if status == 200 else []

    # What the daemon does and says.
    def apply(self, swarm, protected=None):
        """`swarm`: of the public settings. Does not wait."""
        self.daemon.apply({"swarm": swarm}, protected, wait=None)

    def tokens(self):
        """The protected settings for the other machines."""
        return json.loads(self.daemon.run("swarm", "tokens", check=0).stdout)

    def look(self):
        """Has the daemon look again now: what a node no longer hears of, it finds at the next full check only."""
        self.daemon.run("reconcile", check=0)

    def swarm(self):
        return self.daemon.status()["swarm"]

    def part(self, name="swarm"):
        return next((part for part in self.daemon.status()["parts"] if part["name"] == name), None)

    def told(self, *words, part="swarm", state=None, looking=False):
        """Waits until the status of the part has these words."""
        def is_told():
            if looking:
                self.look()
            found = self.part(part)
            return found and all(word in (found["message"] or "") for word in words) and state in (None, found["state"])
        wait_for(is_told, lambda: f"{self}: {part} {state or ''} with {words}: {self.part(part)}; {self.daemon.log()[-2000:]}", 60)

    def steps(self):
        """What its daemon has done: ["initialize swarm 10.77.0.11"]."""
        return [f"{step['verb']} {step['object']}" for step in self.daemon.history()]

    def stack_steps(self, stack="demo"):
        """Those for objects of the stack: ["create service demo_web"]."""
        return [f"{step['verb']} {step['object']}" for step in self.daemon.history() if step["object"].startswith(f"{stack}_")]

    def becomes(self, role):
        """Waits until it is a member with this role, and its daemon is content with that."""
        def is_there():
            info, part, swarm = self.info(), self.part(), self.swarm()
            return (info["LocalNodeState"] == "active" and info["ControlAvailable"] == (role == "manager") and
                    part and part["state"] == "ok" and swarm and swarm["role"] == role)
        wait_for(is_there, lambda: f"{self} becomes a {role}: {self.info()} {self.part()} {self.daemon.log()[-3000:]}", 120)


class Lab:
    """The machines of one test."""

    def __init__(self, folder, programs=None):
        self.folder, self.programs, self.nodes = Path(folder), programs, []

    def add(self, *names, programs=None):
        """Machines that run, and are in no swarm."""
        added = []
        for name in names:
            added.append(Node(self.folder / name, name, len(self.nodes) + 1, programs or self.programs))
            self.nodes.append(added[-1])
        at_once(Node.on, added)
        return added

    def destroy(self):
        for node in self.nodes:
            node.off()
        for node in self.nodes:
            node.wipe()


def at_once(do, nodes):
    with ThreadPoolExecutor(max_workers=len(nodes)) as pool:
        list(pool.map(do, nodes))


def settings(managers, **more):
    """One document for all machines: it gives no role."""
    return {"managers": [node.address for node in managers], **more}


def form(managers, workers=(), **more):
    """Makes one swarm of the machines, as the reference tells people to. Returns the protected settings; all machines have them."""
    document = settings(managers, **more)
    managers[0].apply(document)
    managers[0].becomes("manager")
    protected = managers[0].tokens()
    for node in [*managers, *workers]:
        node.apply(document, protected)
    for node in managers:
        node.becomes("manager")
    for node in workers:
        node.becomes("worker")
    managers[0].sees({node.name: ["ready"] for node in [*managers, *workers]})
    return protected


def assert_one_swarm(managers, workers=()):
    """Each has its entry in the one swarm of the managers, and there is no other entry."""
    assert len({node.cluster() for node in managers}) == 1
    assert {each["ID"] for each in managers[0].nodes()} == {node.info()["NodeID"] for node in [*managers, *workers]}


def with_other_digit(secret):
    """A token or an unlock key that looks like one, and is not."""
    at = len(secret) - 5
    return secret[:at] + ("a" if secret[at] != "a" else "b") + secret[at + 1:]
