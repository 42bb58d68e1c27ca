"""What people change by hand, and what new settings change: roles, availability, labels, the swarm's own settings."""

import pytest

from harness import wait_for
from node import form, settings


def set_availability(availability):
    return lambda spec: spec.update(Availability=availability)


def set_role(role):
    return lambda spec: spec.update(Role=role)


def spec(observer, node):
    return observer.entry(node)["Spec"]


@pytest.mark.short
def test_what_is_changed_by_hand_at_a_manager_is_put_right(lab):
    m1, m2, w1 = lab.add("m1", "m2", "w1")
    form([m1, m2], [w1], labels={"zone": "1"})
    m1.update_by_hand(m2, set_availability("drain"))
    wait_for(lambda: spec(m1, m2)["Availability"] == "active", "m2 is active again")
    m1.update_by_hand(m2, lambda spec: spec.update(Labels={"disk": "ssd"}))
    wait_for(lambda: spec(m1, m2)["Labels"] == {"zone": "1", "disk": "ssd"}, lambda: f"the label is back: {spec(m1, m2)}")
    entry = next(each for each in m2.daemon.history() if each["changes"] and each["changes"][0]["field"] == "availability")
    assert entry["changes"][0] == {"field": "availability", "have": "drain", "want": "active"}
    # Only a manager could put these right, and no machine's daemon changes another machine.
    m1.update_by_hand(w1, set_availability("drain"))
    w1.told("docker node update --label-add zone=1", part="swarm.node", state="unmanaged")
    assert spec(m1, w1)["Availability"] == "drain"


def test_settings_without_a_label_remove_it(lab):
    m1, = lab.add("m1")
    m1.apply(settings([m1], labels={"zone": "1", "rack": "a"}, availability="drain"))
    m1.becomes("manager")
    wait_for(lambda: spec(m1, m1)["Labels"] == {"zone": "1", "rack": "a"}, lambda: spec(m1, m1))
    m1.update_by_hand(m1, lambda spec: spec["Labels"].update(theirs="x"))
    plan = m1.daemon.run("plan", m1.daemon.write("new.json", {"swarm": settings([m1], labels={"zone": "2"})}), check=3).stdout
    assert "labels.rack" in plan and "labels.zone" in plan and "availability" in plan and "theirs" not in plan
    m1.apply(settings([m1], labels={"zone": "2"}))
    wait_for(lambda: spec(m1, m1)["Labels"] == {"zone": "2", "theirs": "x"}, lambda: spec(m1, m1))
    assert spec(m1, m1)["Availability"] == "active"


def test_a_manager_that_is_demoted_by_hand_becomes_one_again_or_says_how(lab):
    """While it is still a manager, its daemon takes the demotion back; afterwards only another manager can."""
    m1, m2, m3 = nodes = lab.add("m1", "m2", "m3")
    form(nodes)
    demoted = next(node for node in nodes if not node.leads())
    other = next(node for node in nodes if node is not demoted)
    other.update_by_hand(demoted, set_role("worker"))

    def is_settled():
        if spec(other, demoted)["Role"] == "manager":
            return demoted.info()["ControlAvailable"]
        part = demoted.part("swarm.node")
        return not demoted.info()["ControlAvailable"] and part and "docker node promote" in part["message"]
    demoted.look()
    wait_for(is_settled, lambda: f"{demoted.part('swarm.node')} {spec(other, demoted)}", 60)
    other.update_by_hand(demoted, set_role("manager"))
    demoted.becomes("manager")
    demoted.told("", part="swarm.node", state="ok", looking=True)


def as_worker(managers):
    return settings(managers, role="worker")


def test_a_manager_becomes_a_worker_while_the_others_keep_a_quorum(lab):
    m1, m2, m3 = nodes = lab.add("m1", "m2", "m3")
    form(nodes)
    m3.apply(as_worker([m1, m2]))
    m3.becomes("worker")
    assert spec(m1, m3)["Role"] == "worker"
    m2.apply(as_worker([m1]))
    m2.becomes("worker")
    m1.apply(as_worker([m2]))
    m1.told("not made a worker: it is the only manager", part="swarm.node", state="failed")
    assert m1.info()["ControlAvailable"] and m1.leads()
    m1.sees({"m1": ["ready"], "m2": ["ready"], "m3": ["ready"]})


def test_a_manager_stays_one_as_long_as_the_quorum_needs_it(lab):
    m1, m2, m3 = nodes = lab.add("m1", "m2", "m3")
    form(nodes)
    m3.off()
    m1.sees({"m1": ["ready"], "m2": ["ready"], "m3": ["down"]})
    m2.apply(as_worker([m1, m3]))
    m2.told("not made a worker", "2 managers, 1 of them reachable, and a quorum is 2", part="swarm.node", state="failed")
    assert m2.info()["ControlAvailable"] and spec(m1, m2)["Role"] == "manager"
    m3.on()
    m2.becomes("worker")
    m1.sees({"m1": ["ready"], "m2": ["ready"], "m3": ["ready"]})


def test_the_leader_alone_changes_the_settings_of_the_swarm(lab):
    m1, m2 = nodes = lab.add("m1", "m2")
    form(nodes, **{"task-history": 7})

    def retained():
        return m1.engine.ok("GET", "/swarm")["Spec"]["Orchestration"]["TaskHistoryRetentionLimit"]
    assert retained() == 7
    changed = settings(nodes, **{"task-history": 2, "address-pool": [{"base": "10.99.0.0/16", "size": 24}]})
    for node in nodes:
        node.apply(changed)
    wait_for(lambda: retained() == 2, "the leader has changed it")
    leader, follower = sorted(nodes, key=lambda node: not node.leads())
    leader.told("swarm.address-pool applies only when a swarm is initialized", part="swarm.cluster", state="unmanaged")
    updates = {node: [step for step in node.steps() if step == "update the swarm"] for node in nodes}
    assert updates[leader] and not updates[follower]


def test_a_paused_daemon_changes_nothing(lab):
    m1, = lab.add("m1")
    form([m1])
    m1.daemon.run("pause", check=0)
    m1.update_by_hand(m1, set_availability("pause"))
    m1.told("changing availability", part="swarm.node", state="pending")
    assert spec(m1, m1)["Availability"] == "pause"
    m1.daemon.run("resume", check=0)
    wait_for(lambda: spec(m1, m1)["Availability"] == "active", "it is put right after the pause")
