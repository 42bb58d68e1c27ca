"""How machines become one swarm, and never two."""

import pytest

import debian
from harness import wait_for
from node import assert_one_swarm, at_once, form, settings, with_other_digit

NAMES = ("m1", "m2", "m3", "w1", "w2")


@pytest.mark.short
def test_one_document_makes_managers_and_workers_of_five_machines(lab):
    nodes = lab.add(*NAMES)
    managers, workers = nodes[:3], nodes[3:]
    protected = form(managers, workers, labels={"zone": "1"})
    assert_one_swarm(managers, workers)
    assert set(protected["swarm"]) == {"worker-token", "manager-token", "manager-engine"}
    assert protected["swarm"]["manager-engine"] == managers[0].engine.ok("GET", "/version")["Version"]
    assert managers[0].steps()[0] == f"initialize swarm {managers[0].address}"
    for node in nodes[1:]:
        assert [step.split()[:2] for step in node.steps()][0] == ["join", "swarm"]
    for node in nodes:
        assert node.daemon.converged()
        swarm = node.swarm()
        assert swarm["address"] == node.address and swarm["node"] == node.info()["NodeID"]
    shown = {each["name"]: each for each in managers[1].swarm()["nodes"]}
    assert {name: each["role"] for name, each in shown.items()} == {
        "m1": "manager", "m2": "manager", "m3": "manager", "w1": "worker", "w2": "worker"}
    assert [name for name, each in shown.items() if each["reachability"] == "leader"] == [node.name for node in managers if node.leads()]
    assert all(each["engine"] == protected["swarm"]["manager-engine"] for each in shown.values())
    assert workers[0].swarm()["nodes"] == [] and workers[0].swarm()["cluster"] == ""
    assert [managers[0].entry(node)["Spec"]["Labels"] for node in managers] == [{"zone": "1"}] * 3
    workers[0].told("docker node update --label-add zone=1", part="swarm.node", state="unmanaged")


def test_machines_that_start_at_once_form_one_swarm(lab, pytestconfig):
    """None has tokens at first; all get them at once."""
    for round in range(pytestconfig.getoption("rounds")):
        nodes = lab.add(*(f"{name}-{round}" for name in NAMES))
        managers, workers = nodes[:3], nodes[3:]
        document = settings(managers)
        at_once(lambda node: node.apply(document), nodes)
        managers[0].becomes("manager")
        for node in nodes[1:]:
            node.told("waiting for join tokens", managers[0].address, state="pending")
            assert node.info()["LocalNodeState"] == "inactive"
        protected = managers[0].tokens()
        at_once(lambda node: node.apply(document, protected), nodes)
        for node in nodes:
            node.becomes("manager" if node in managers else "worker")
        assert_one_swarm(managers, workers)
        for node in nodes:
            node.off()


def test_a_machine_whose_managers_do_not_answer_waits_for_them(lab):
    m1, w1 = lab.add("m1", "w1")
    protected = form([m1])
    m1.off()
    w1.apply(settings([m1]), protected)
    w1.told(f"no manager answers at {m1.address}:2377", state="pending")
    m1.on()
    w1.becomes("worker")


@pytest.mark.short
def test_a_token_that_the_managers_refuse_is_told_without_it(lab):
    m1, w1 = lab.add("m1", "w1")
    protected = form([m1])
    token = with_other_digit(protected["swarm"]["worker-token"])
    w1.apply(settings([m1]), {"swarm": {"worker-token": token}})
    wait_for(lambda: any(step["verb"] == "join swarm" and step["error"] for step in w1.daemon.history()), "the join has failed")
    w1.told("refuses the join token")
    told = w1.daemon.run("status").stdout + w1.daemon.run("history").stdout + w1.daemon.run("explain", "swarm").stdout + w1.daemon.log()
    assert token not in told and token.rpartition("-")[2] not in told
    assert w1.info()["LocalNodeState"] == "inactive"
    w1.apply(settings([m1]), protected)
    w1.becomes("worker")


def test_a_machine_in_another_swarm_stays_there(lab):
    m1, other = lab.add("m1", "other")
    protected = form([m1])
    other.engine.ok("POST", "/swarm/init", {"ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": other.address})
    own = other.cluster()
    other.apply(settings([m1]), protected)
    other.told("none of them is in swarm.managers", other.address, state="failed")
    other.look()
    assert other.cluster() == own and other.steps() == []
    assert [each["Description"]["Hostname"] for each in m1.nodes()] == ["m1"]


def test_live_restore_keeps_an_engine_out_of_a_swarm(lab):
    m1, = lab.add("m1")
    refused = m1.daemon.apply({"swarm": settings([m1]), "docker": {"config": {"live-restore": True}}}, wait=None, check=2)
    assert "/docker/config/live-restore" in refused.stdout + refused.stderr
    m1.engine.stop()
    m1.engine.start("--live-restore")
    m1.apply(settings([m1]))
    m1.told("an engine with live-restore cannot be in a swarm", state="failed")
    assert m1.info()["LocalNodeState"] == "inactive" and m1.steps() == []


def test_a_manager_with_a_newer_raft_does_not_join_older_ones(lab, pytestconfig):
    if pytestconfig.getoption("engine") != "installed":
        pytest.skip("the managers' engine has to be older than 23")
    m1, = lab.add("m1")
    newer, worker = lab.add("newer", "worker", programs=debian.programs("trixie"))
    protected = form([m1])
    document = settings([m1, newer])
    for node in (m1, newer, worker):
        node.apply(document, protected)
    newer.told("etcd#13741", state="failed")
    worker.becomes("worker")
    engines = {each["name"]: each["engine"] for each in m1.swarm()["nodes"]}
    assert engines["m1"].startswith("20.") and engines["worker"].startswith("26.") and "newer" not in engines
    assert newer.info()["LocalNodeState"] == "inactive" and newer.steps() == []


def test_a_swarm_that_people_have_made_is_left_alone_until_the_settings_ask_for_it(lab):
    m1, = lab.add("m1")
    assert m1.swarm() is None and m1.part() is None
    m1.engine.ok("POST", "/swarm/init", {"ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": m1.address})
    m1.look()
    assert m1.swarm() is None and m1.steps() == []
    own = m1.cluster()
    m1.apply(settings([m1]))
    m1.becomes("manager")
    assert m1.cluster() == own and m1.steps() == []
