"""Machines that go for good: at uninstallation, by an operator, and before Azure takes them away."""

import contextlib
import json
import subprocess

import pytest

from azure import METADATA, Quiet, Server
from harness import wait_for
from lab import BRIDGE
from node import assert_one_swarm, form, settings


class ScheduledEvents(Server):
    """Azure's metadata service, as the machines of the lab reach it. `events`: those that are scheduled; `acknowledged`: the machine
    and the event of each acknowledgement, after which Azure begins with it."""

    def __init__(self, nodes):
        self.names = {node.address: f"set_{node.name}" for node in nodes}
        self.events, self.acknowledged = [], []
        outer = self

        class Handler(Quiet):
            def respond(self, answer):
                if self.headers.get("Metadata") != "true":
                    return self.answer(400)
                return self.answer(200, answer)

            def do_GET(self):
                if self.path == "/metadata/instance/compute/name?api-version=2021-02-01&format=text":
                    return self.respond(outer.names[self.client_address[0]].encode())
                assert self.path == "/metadata/scheduledevents?api-version=2020-07-01", self.path
                return self.respond({"DocumentIncarnation": 1, "Events": outer.events})

            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                for request in asked["StartRequests"]:
                    outer.acknowledged.append((outer.names[self.client_address[0]], request["EventId"]))
                    for event in outer.events:
                        if event["EventId"] == request["EventId"]:
                            event.update(EventStatus="Started", NotBefore="")
                return self.respond(b"")

        super().__init__(METADATA, Handler)

    def schedule(self, kind, *nodes):
        self.events.append({"EventId": f"{kind}-{len(self.events)}", "EventType": kind, "ResourceType": "VirtualMachine",
                            "Resources": [f"set_{node.name}" for node in nodes], "EventStatus": "Scheduled",
                            "NotBefore": "Mon, 19 Sep 2033 18:29:47 GMT", "Description": "", "EventSource": "Platform",
                            "DurationInSeconds": -1})


@contextlib.contextmanager
def azure_of(*nodes):
    address = ["address", "add", f"{METADATA[0]}/32", "dev", BRIDGE]
    subprocess.run(["ip", *address], check=True)
    service = ScheduledEvents(nodes)
    service.start()
    try:
        yield service
    finally:
        service.stop()
        subprocess.run(["ip", "address", "delete", *address[2:]], check=True)


def is_out(node):
    return node.info()["LocalNodeState"] == "inactive"


@pytest.mark.short
def test_at_uninstallation_a_machine_leaves_if_the_settings_ask_for_it(lab):
    m1, m2, w1, w2 = lab.add("m1", "m2", "w1", "w2")
    protected = form([m1, m2], [w1, w2])
    for node in (w1, m2):
        node.apply(settings([m1, m2], leave=True), protected)
        wait_for(lambda node=node: '"leave":true' in node.daemon.run("show", "--json").stdout.replace(" ", ""), node.daemon.status)
    running = w1.daemon.run("swarm", "leave", check=1)
    assert "another dockerextd" in running.stderr and not is_out(w1)
    for node in (w1, w2, m2):
        node.daemon.stop()
    kept = w2.daemon.run("swarm", "leave", "--on-uninstall", "--docker-host", w2.daemon.docker_host, check=0)
    assert "swarm.leave" in kept.stdout and not is_out(w2)
    for node in (w1, m2):
        left = node.daemon.run("swarm", "leave", "--on-uninstall", "--docker-host", node.daemon.docker_host, check=0)
        assert "leave the swarm: done" in left.stdout and is_out(node), left.stdout
    m1.sees({"m1": ["ready"], "m2": ["down"], "w1": ["down"], "w2": ["ready"]})
    former = next(each for each in m1.nodes() if each["Description"]["Hostname"] == "m2")
    assert former["Spec"]["Role"] == "worker" and former["Spec"]["Availability"] == "drain" and m1.leads()
    again = w1.daemon.run("swarm", "leave", "--on-uninstall", "--docker-host", w1.daemon.docker_host, check=0)
    assert again.stdout == "not left: this machine is in no swarm\n"
    assert m2.daemon.run("swarm", "leave", "--docker-host", m2.daemon.docker_host, check=0).stdout == again.stdout


def test_the_last_manager_stays(lab):
    m1, w1 = lab.add("m1", "w1")
    form([m1], [w1], leave=True)
    m1.daemon.stop()
    refused = m1.daemon.run("swarm", "leave", "--docker-host", m1.daemon.docker_host, check=1)
    assert "it is the only manager" in refused.stderr and "--force" in refused.stderr
    kept = m1.daemon.run("swarm", "leave", "--on-uninstall", "--docker-host", m1.daemon.docker_host, check=0)
    assert "not left: " in kept.stdout and "it is the only manager" in kept.stdout
    assert m1.leads()
    m1.engine.stop()
    unreachable = m1.daemon.run("swarm", "leave", "--on-uninstall", "--docker-host", m1.daemon.docker_host, check=1)
    assert "docker.sock" in unreachable.stderr


@pytest.mark.short
def test_before_azure_takes_a_machine_away_it_leaves_and_says_so(lab):
    m1, m2, w1, w2 = nodes = lab.add("m1", "m2", "w1", "w2")
    with azure_of(*nodes) as azure:
        azure.schedule("Freeze", w1)
        form([m1, m2], [w1, w2], **{"scheduled-events": True})
        assert w1.part("swarm.scheduled-events")["state"] == "ok" and not is_out(w1)
        azure.schedule("Terminate", w1)
        wait_for(lambda: azure.acknowledged == [("set_w1", "Terminate-1")], lambda: azure.acknowledged)
        assert is_out(w1)
        w1.told("in no swarm: Azure is about to terminate this machine", state="unmanaged")
        m1.sees({"m1": ["ready"], "m2": ["ready"], "w1": ["down"], "w2": ["ready"]})
        azure.schedule("Preempt", m2, w2)  # several machines: nobody begins it for the others
        wait_for(lambda: is_out(m2) and is_out(w2), "both have left")
        assert m1.leads() and len(azure.acknowledged) == 1
        # All of it is withdrawn, also for a daemon that ran only before.
        w1.daemon.kill()
        azure.events.clear()
        w1.daemon.start()
        for node in (w1, w2):
            node.becomes("worker")
        m2.becomes("manager")
        assert len({node.cluster() for node in (m1, m2)}) == 1


def test_a_machine_that_has_left_waits_for_azures_answer(lab):
    m1, w1 = lab.add("m1", "w1")
    with azure_of(m1, w1) as azure:
        protected = form([m1], [w1], **{"scheduled-events": True, "forget-after": "10m"})
        azure.schedule("Terminate", w1)
        w1.told("in no swarm", state="unmanaged")
        w1.daemon.kill()
        azure.stop()
        w1.daemon.start()
        w1.told("waiting for Azure's answer", state="pending", looking=True)
        w1.told("instance metadata service", part="swarm.scheduled-events", state="failed")
        assert is_out(w1)
        azure.events.clear()
        azure.start()
        w1.becomes("worker")
        w1.apply(settings([m1], **{"forget-after": "10m"}), protected)
        wait_for(lambda: w1.part("swarm.scheduled-events") is None, w1.daemon.status)
        m1.sees({"m1": ["ready"], "w1": ["ready"]})  # the same machine has joined anew
        assert_one_swarm([m1], [w1])
