"""`dockerextd doctor` on nodes of a swarm: what is broken about it is named, with a remedy."""

import json
import subprocess

import pytest

from harness import wait_for
from node import form, settings


def examine(node):
    """The checks of the swarm, by name."""
    done = node.daemon.run("--docker-host", node.daemon.docker_host, "doctor", "--json")
    checks = json.loads(done.stdout)["checks"]
    return {check["id"].partition(".")[2]: check for check in checks if check["category"] == "swarm"}


def finds(node, name, state, *words):
    """Waits until a check has this result: the engine may answer doctor too slowly at first."""
    def is_found():
        check = examine(node)[name]
        return check["state"] == state and all(word in check["message"] for word in words)
    wait_for(is_found, lambda: f"{name} of {node}: {state} {words}: {examine(node)[name]}")


@pytest.mark.short
def test_a_sound_swarm(lab):
    m1, m2, m3, w1 = lab.add("m1", "m2", "m3", "w1")
    form([m1, m2, m3], [w1])
    sound = wait_for(lambda: (checks := examine(m1))["quorum"]["state"] == "ok" and checks, "m1 is sound")
    assert {name: check["state"] for name, check in sound.items()} == dict.fromkeys(sound, "ok")
    assert all(port in sound["ports"]["message"] for port in ("2377/tcp", "7946/tcp", "7946/udp", "UDP from other machines"))
    assert "eth0" in sound["address"]["message"] and "the loss of 1" in sound["manager-count"]["message"]
    finds(w1, "managers", "ok")
    finds(w1, "quorum", "skipped", "only a manager")


def test_a_manager_that_fails_and_is_set_up_anew(lab):
    m1, m2, m3 = nodes = lab.add("m1", "m2", "m3")
    protected = form(nodes)
    m3.off()
    m1.sees({"m1": ["ready"], "m2": ["ready"], "m3": ["down"]})
    finds(m1, "quorum", "warning", "2 of 3 managers", "m3", "if one more leaves")
    finds(m1, "managers", "warning", f"{m3.address}:2377")
    m3.reimage()
    m3.apply(settings(nodes), protected)
    m3.becomes("manager")
    finds(m1, "hostnames", "warning", "m3 (")


def test_a_machine_that_is_no_member(lab):
    m1, alone = lab.add("m1", "alone")
    assert {check["state"] for check in examine(alone).values()} == {"skipped"}
    protected = form([m1], autolock=True)
    finds(m1, "manager-count", "warning", "1 manager")
    listen = "import socket, time; listener = socket.create_server(('', 7946)); time.sleep(10000)"
    holder = subprocess.Popen(["nsenter", f"--target={alone.first_process}", "--net", "/usr/bin/python3", "-c", listen])
    try:
        alone.apply(settings([m1], advertise="10.99.0.1"), protected)
        finds(alone, "ports", "error", "port 7946/tcp is held by process python3")
        finds(alone, "address", "error", "10.99.0.1")
    finally:
        holder.kill()
        holder.wait()
    m1.cut()
    finds(alone, "managers", "error", f"{m1.address}:2377")


def test_a_locked_manager(lab):
    m1, = lab.add("m1")
    m1.apply(settings([m1], autolock=True))
    m1.becomes("manager")
    finds(m1, "lock", "warning", "no unlock-key")
    m1.engine.stop()
    m1.engine.start()
    finds(m1, "lock", "error", "locked", "no unlock-key")
