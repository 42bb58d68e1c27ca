"""Machines that fail and come back, new machines at old addresses, and swarms without a quorum."""

import pytest

from harness import wait_for
from node import assert_one_swarm, form, settings


def steps_of(nodes):
    return {node: node.steps() for node in nodes}


def test_a_leader_that_fails_is_replaced_and_comes_back(lab):
    """The swarm does that by itself: the daemons change nothing."""
    m1, m2, m3, w1 = nodes = lab.add("m1", "m2", "m3", "w1")
    form([m1, m2, m3], [w1])
    leader = next(node for node in (m1, m2, m3) if node.leads())
    others = [node for node in nodes if node is not leader]
    before, cluster = steps_of(nodes), leader.cluster()
    leader.off()
    first = next(node for node in others if node is not w1)
    first.sees({node.name: ["down" if node is leader else "ready"] for node in nodes})
    first.told("manager", "of 3 managers and 1 worker", state="ok")
    wait_for(lambda: {"name": leader.name, "state": "down"}.items() <= shown(first, leader).items(), lambda: first.swarm())
    leader.on()
    leader.becomes("manager")
    first.sees({node.name: ["ready"] for node in nodes})
    assert {node.cluster() for node in (m1, m2, m3)} == {cluster} and steps_of(nodes) == before
    w1.becomes("worker")


def shown(node, other):
    """The other's entry in the status of the node."""
    return next((each for each in node.swarm()["nodes"] if each["name"] == other.name), {})


@pytest.mark.short
def test_a_manager_that_is_cut_off_says_so_and_changes_nothing(lab):
    m1, m2, m3 = nodes = lab.add("m1", "m2", "m3")
    form(nodes)
    before = steps_of(nodes)
    m3.cut()
    m3.told("manager, but the swarm cannot be seen or changed now", state="pending", looking=True)
    status = m3.daemon.status()
    assert status["settings"]["state"] == "accepted" and status["swarm"]["nodes"] == []
    wait_for(lambda: any(each["ManagerStatus"]["Reachability"] == "unreachable" for each in m1.nodes()), "m3 is missed")
    m1.told("of 3 managers", state="ok", looking=True)
    m3.heal()
    for node in nodes:
        node.becomes("manager")
    m1.sees({"m1": ["ready"], "m2": ["ready"], "m3": ["ready"]})
    assert steps_of(nodes) == before
    assert_one_swarm(nodes)


@pytest.mark.short
def test_a_first_manager_that_is_set_up_anew_joins_the_swarm(lab):
    """Its settings have tokens. What is left of the old machine is removed, because the settings have forget-after."""
    m1, m2, m3 = nodes = lab.add("m1", "m2", "m3")
    protected = form(nodes, **{"forget-after": "24h"})
    cluster, former = m2.cluster(), m1.info()["NodeID"]
    m1.reimage()
    m1.apply(settings(nodes, **{"forget-after": "24h"}), protected)
    m1.becomes("manager")
    assert m1.cluster() == cluster and m1.info()["NodeID"] != former
    m2.sees({"m1": ["ready"], "m2": ["ready"], "m3": ["ready"]})
    assert_one_swarm(nodes)
    assert not any(step.startswith("initialize") for step in m1.steps())
    assert {step for node in nodes for step in node.steps() if former in step} == {
        f"update node m1 ({former})", f"remove node m1 ({former})"}


def test_what_is_left_of_a_machine_that_was_set_up_anew_is_told(lab):
    m1, m2, m3 = nodes = lab.add("m1", "m2", "m3")
    protected = form(nodes)
    former = m3.info()["NodeID"]
    m3.reimage()
    m3.apply(settings(nodes), protected)
    m3.becomes("manager")
    m1.sees({"m1": ["ready"], "m2": ["ready"], "m3": ["down", "ready"]})
    leader = next(node for node in nodes if node.leads())
    leader.told(former, "the same machine has joined anew", "swarm.forget-after", part="swarm.cluster", state="unmanaged",
                looking=True)
    assert not any(former in step for node in nodes for step in node.steps())


def test_a_first_manager_without_tokens_founds_no_second_swarm(lab):
    m1, m2, m3 = nodes = lab.add("m1", "m2", "m3")
    protected = form(nodes)
    cluster = m2.cluster()
    m1.reimage()
    m1.apply(settings(nodes))
    m1.told("a manager answers at", f"{m2.address}:2377", "none is initialized here", state="failed")
    assert m1.info()["LocalNodeState"] == "inactive" and m1.steps() == []
    m1.apply(settings(nodes), protected)
    m1.becomes("manager")
    assert m1.cluster() == cluster


def test_a_machine_that_had_tokens_founds_nothing(lab):
    """Neither without tokens, though no other manager is there, nor after a restart of the daemon."""
    m1, m2 = lab.add("m1", "m2")
    form([m1, m2])
    m2.off()
    m1.lose_engine()
    m1.told("no manager answers", state="pending")
    m1.apply(settings([m1, m2]))
    m1.told("so no other swarm is initialized here", "dockerextd swarm recover", state="failed")
    m1.daemon.kill()
    m1.daemon.start()
    m1.told("so no other swarm is initialized here", state="failed")
    assert m1.info()["LocalNodeState"] == "inactive"
    assert sum(step.startswith("initialize") for step in m1.steps()) == 1, "that of its first swarm"


def test_an_operator_saves_a_swarm_that_has_lost_its_quorum(lab):
    m1, m2, w1 = lab.add("m1", "m2", "w1")
    form([m1, m2], [w1])
    cluster = m1.cluster()
    m2.off()
    m1.told("cannot be seen or changed now", state="pending", looking=True)
    refused = m1.daemon.run("swarm", "recover", check=2)
    assert "--yes" in refused.stderr
    m1.daemon.run("swarm", "recover", "--yes", check=0)
    m1.becomes("manager")
    assert m1.leads() and m1.cluster() == cluster
    wait_for(lambda: m1.entry(w1)["Status"]["State"] == "ready", "the worker has come along", 60)


def test_a_record_that_is_damaged_stops_everything_about_the_swarm(lab):
    m1, = lab.add("m1")
    form([m1])
    m1.off()
    record = m1.daemon.root / "var/lib/dockerextd/swarm.json"
    record.write_text(record.read_text().replace('"hadTokens":true', '"hadTokens":false'))
    m1.lose_engine()
    m1.told("nothing is done about the swarm", "swarm.json", state="failed")
    assert m1.info()["LocalNodeState"] == "inactive"
    assert m1.daemon.status()["state"] == "degraded"
