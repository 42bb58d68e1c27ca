"""Recreating a network disconnects all its containers: what if foreign ones use it, or the engine refuses the new one?"""

import os
import signal

import harness
import pytest
from harness import IMAGE, demo, service, wait_for


def on_subnet(subnet, **more):
    services = {"web": service(networks={"back": {"aliases": ["alias"]}}), "db": service(networks=["back"])}
    return demo(services, networks={"back": {"ipam": {"config": [{"subnet": subnet}]}, **more}})


def held(daemon, word):
    return next((each["reason"] for each in daemon.status()["held"] if word in each["reason"]), None)


def disconnects(daemon):
    return sum(entry["verb"] == "disconnect" for entry in daemon.history())


def attached(engine, network="demo_back"):
    """The names of the network's containers; None until each of our containers has an address there."""
    for name in ("demo-web-1", "demo-db-1"):
        on = engine.inspect(name)["NetworkSettings"]["Networks"]
        if network not in on or not on[network]["IPAddress"]:
            return None
    return sorted(each["Name"] for each in engine.ok("GET", f"/networks/{network}")["Containers"].values())


@pytest.fixture
def foreign_subnet(engine):
    body = {"Name": "taken", "IPAM": {"Config": [{"Subnet": "10.124.0.0/24"}]}}
    yield engine.ok("POST", "/networks/create", body)["Id"]
    engine.call("DELETE", "/networks/taken")


def test_a_network_is_not_recreated_while_a_foreign_container_uses_it(engine, daemon):
    daemon.apply(on_subnet("10.123.1.0/24"))
    guest = {"Image": IMAGE, "Cmd": ["sleep", "1000"], "HostConfig": {"NetworkMode": "demo_back"}}
    engine.ok("POST", "/containers/create?name=guest", guest)
    engine.ok("POST", "/containers/guest/start")
    daemon.apply(on_subnet("10.123.1.0/24", internal=True), wait=None)
    wait_for(lambda: held(daemon, "guest"), daemon.status)
    engine.ok("POST", "/containers/guest/stop?t=0")
    assert held(daemon, "guest"), "a stopped container still needs the network"
    assert disconnects(daemon) == 0
    assert daemon.run("status").returncode == 3
    engine.ok("DELETE", "/containers/guest?force=1")
    daemon.converged()
    assert engine.ok("GET", "/networks/demo_back")["Internal"]
    assert attached(engine) == ["demo-db-1", "demo-web-1"]


def test_of_two_networks_with_one_name_the_one_in_use_stays(engine, daemon):
    daemon.apply(demo({"web": service()}))
    ours = engine.ok("GET", "/networks/demo_default")
    status, _ = engine.call("POST", "/networks/create", {"Name": "demo_default", "Labels": ours["Labels"]})
    assert status in (201, 409), "later engines refuse it"
    named = lambda: [each["Id"] for each in engine.ok("GET", "/networks") if each["Name"] == "demo_default"]  # noqa: E731
    wait_for(lambda: named() == [ours["Id"]], named)
    engine.ok("DELETE", "/containers/demo-web-1?force=1")
    daemon.converged()
    assert named() == [ours["Id"]] and engine.running("demo-web-1")


def test_a_network_that_cannot_be_recreated_is_rolled_back(engine, daemon, foreign_subnet):
    daemon.apply(on_subnet("10.123.1.0/24", labels={"mine": "yes"}))
    daemon.apply(on_subnet("10.124.0.0/25"), wait=None)
    wait_for(lambda: held(daemon, "failed twice"), daemon.status)
    assert "verlap" in held(daemon, "failed twice"), "dockerd's own message"
    wait_for(lambda: attached(engine) == ["demo-db-1", "demo-web-1"], lambda: attached(engine))
    assert disconnects(daemon) == 4, "two tries, two containers"
    back = engine.ok("GET", "/networks/demo_back")
    assert back["IPAM"]["Config"][0]["Subnet"] == "10.123.1.0/24" and back["Labels"]["mine"] == "yes"
    assert "alias" in engine.inspect("demo-web-1")["NetworkSettings"]["Networks"]["demo_back"]["Aliases"]
    daemon.apply(on_subnet("10.125.0.0/24"))
    assert engine.ok("GET", "/networks/demo_back")["IPAM"]["Config"][0]["Subnet"] == "10.125.0.0/24"
    assert attached(engine) == ["demo-db-1", "demo-web-1"]


def test_killed_between_the_removal_and_the_creation_of_a_network(engine, tmp_path, foreign_subnet):
    relay = harness.Relay(tmp_path / "relay.sock", engine.socket)
    daemon = harness.Daemon(tmp_path / "root", relay.socket)
    daemon.start()
    try:
        daemon.apply(on_subnet("10.123.1.0/24"))
        relay.trigger = b"/networks/create"
        relay.on_trigger = lambda: os.kill(daemon.process.pid, signal.SIGKILL)
        daemon.apply(on_subnet("10.124.0.0/25"), wait=None)
        wait_for(lambda: daemon.process.poll() is not None, "killed")
        assert engine.call("GET", "/networks/demo_back")[0] == 404
        daemon.process = None
        daemon.start()
        wait_for(lambda: engine.call("GET", "/networks/demo_back")[0] == 200 and attached(engine), "rolled back")
        assert engine.ok("GET", "/networks/demo_back")["IPAM"]["Config"][0]["Subnet"] == "10.123.1.0/24"
        wait_for(lambda: held(daemon, "failed twice"), daemon.status)
    finally:
        daemon.stop()
        relay.close()
