"""The nine kinds of drift, each repaired because of its event. tests/bench measures how soon."""

import pytest
from harness import IMAGE, demo, service, wait_for

WEB = "demo-web-1"
BY_EVENT = {"reconcile": {"interval": "24h"}}  # no periodic check comes first


@pytest.fixture
def web(engine, daemon):
    web = service(restart="always", mem_limit="32m", cpus=1, environment={"A": "1"})
    daemon.apply({**demo({"web": web}), **BY_EVENT})
    return engine.inspect(WEB)["Id"]


def test_removed(engine, daemon, web):
    engine.ok("DELETE", f"/containers/{WEB}?force=1")
    wait_for(lambda: engine.running(WEB), "created again")
    assert engine.inspect(WEB)["Id"] != web


def test_stopped(engine, daemon, web):
    engine.ok("POST", f"/containers/{WEB}/stop?t=0")
    wait_for(lambda: engine.running(WEB), "started again")
    assert engine.inspect(WEB)["Id"] == web


def test_paused(engine, daemon, web):
    engine.ok("POST", f"/containers/{WEB}/pause")
    wait_for(lambda: engine.running(WEB), "unpaused")
    assert engine.inspect(WEB)["Id"] == web


def test_renamed(engine, daemon, web):
    engine.ok("POST", f"/containers/{WEB}/rename?name=else")
    wait_for(lambda: engine.running(WEB), "named as before")
    assert engine.inspect(WEB)["Id"] == web


def test_limits_changed(engine, daemon, web):
    other = {"Memory": 64 << 20, "MemorySwap": 128 << 20, "NanoCpus": 500000000}
    host = lambda: engine.inspect(WEB)["HostConfig"]
    engine.ok("POST", f"/containers/{WEB}/update", other)
    wait_for(lambda: host()["Memory"] == 32 << 20 and host()["NanoCpus"] == 10**9, "limits as before")
    assert engine.inspect(WEB)["Id"] == web and engine.running(WEB)


def test_restart_policy_changed(engine, daemon, web):
    policy = lambda: engine.inspect(WEB)["HostConfig"]["RestartPolicy"]["Name"]
    engine.ok("POST", f"/containers/{WEB}/update", {"RestartPolicy": {"Name": "no"}})
    wait_for(lambda: policy() == "always", "policy as before")
    assert engine.inspect(WEB)["Id"] == web


def test_disconnected(engine, daemon, web):
    networks = lambda: engine.inspect(WEB)["NetworkSettings"]["Networks"]
    engine.ok("POST", "/networks/demo_default/disconnect", {"Container": WEB, "Force": True})
    wait_for(lambda: "demo_default" in networks(), "connected again")
    assert engine.inspect(WEB)["Id"] == web
    assert "web" in networks()["demo_default"]["Aliases"]


def test_replaced_by_hand(engine, daemon, web):
    daemon.run("pause", check=0)
    old = engine.inspect(WEB)
    engine.ok("DELETE", f"/containers/{WEB}?force=1")
    body = {"Image": IMAGE, "Cmd": ["sleep", "1000"], "Env": ["A=2"], "StopTimeout": 0, "Labels": old["Config"]["Labels"],
            "HostConfig": {"RestartPolicy": {"Name": "always"}, "Memory": 32 << 20, "NanoCpus": 10**9, "NetworkMode": "demo_default"}}
    made = engine.ok("POST", f"/containers/create?name={WEB}", body)["Id"]
    engine.ok("POST", f"/containers/{made}/start")
    daemon.run("resume", check=0)
    def replaced():
        found = engine.inspect(WEB)
        return found and found["Id"] != made and "A=1" in found["Config"]["Env"] and found["State"]["Running"]
    wait_for(replaced, "recreated as the settings say")
    daemon.converged()
    assert engine.names() == [WEB]


def test_killed(engine, daemon, web):
    engine.ok("POST", f"/containers/{WEB}/kill")
    wait_for(lambda: engine.running(WEB), "started again")
    assert engine.inspect(WEB)["Id"] == web


def test_killed_without_a_restart_policy(engine, daemon):
    daemon.apply({**demo({"web": service()}), **BY_EVENT})
    engine.ok("POST", f"/containers/{WEB}/kill")
    wait_for(lambda: engine.running(WEB), "started again")


def test_stopped_with_exit_code_zero_and_no_restart_policy(engine, daemon):
    """A stop by hand is drift even if it looks like the end of a job."""
    daemon.apply(demo({"web": service("sh -c 'trap \"exit 0\" TERM; while true; do sleep 0.05; done'", stop_grace_period="5s")}))
    engine.ok("POST", f"/containers/{WEB}/stop")
    wait_for(lambda: engine.running(WEB), "started again")


def test_disconnected_while_stopped_is_started_with_its_network(engine, daemon, web):
    daemon.run("pause", check=0)
    engine.ok("POST", f"/containers/{WEB}/stop?t=0")
    engine.ok("POST", "/networks/demo_default/disconnect", {"Container": WEB, "Force": True})
    daemon.run("resume", check=0)
    wait_for(lambda: engine.running(WEB), "started again")
    assert "demo_default" in engine.inspect(WEB)["NetworkSettings"]["Networks"]


def test_history_says_what_was_done_and_why(engine, daemon, web):
    engine.ok("POST", f"/containers/{WEB}/stop?t=0")
    wait_for(lambda: engine.running(WEB), "started again")
    daemon.converged()
    entry = daemon.history()[-1]
    assert (entry["verb"], entry["object"], entry["status"]) == ("start", WEB, "done")
    assert entry["reason"]
    assert "start" in daemon.run("history", check=0).stdout


def test_there_is_no_drift_after_convergence(engine, daemon, web):
    before = engine.inspect(WEB)
    daemon.run("reconcile", "--wait", check=0)
    daemon.stop()
    daemon.start()
    daemon.converged()
    after = engine.inspect(WEB)
    assert (after["Id"], after["State"]["StartedAt"]) == (before["Id"], before["State"]["StartedAt"])
    assert daemon.run("plan", check=0).stdout


def test_a_network_removed_while_its_container_was_stopped_is_recreated(engine, daemon, web):
    daemon.run("pause", check=0)
    engine.ok("POST", f"/containers/{WEB}/stop?t=0")
    wait_for(lambda: engine.call("DELETE", "/networks/demo_default")[0] == 204, "the network is unused, and removed")
    daemon.run("resume", check=0)
    wait_for(lambda: engine.running(WEB), "started again")
    assert engine.inspect(WEB)["Id"] == web


def test_a_network_removed_before_the_first_start_is_recreated(engine, daemon, web):
    daemon.run("pause", check=0)
    found = engine.inspect(WEB)
    made = {key: value for key, value in found["Config"].items() if key != "Hostname"}
    made["HostConfig"] = found["HostConfig"]
    made["NetworkingConfig"] = {"EndpointsConfig": {"demo_default": {"Aliases": ["web", WEB]}}}
    engine.ok("DELETE", f"/containers/{WEB}?force=1")
    engine.ok("POST", f"/containers/create?name={WEB}", made)
    engine.ok("DELETE", "/networks/demo_default")
    daemon.run("resume", check=0)
    wait_for(lambda: engine.running(WEB), "started")
