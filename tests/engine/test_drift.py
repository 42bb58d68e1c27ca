"""The nine kinds of drift, each put right within two seconds of its event."""

import time

import pytest

from harness import IMAGE, demo, service, wait_for

LIMIT = 2.0
WEB = "demo-web-1"


@pytest.fixture
def web(engine, daemon):
    daemon.apply(demo({"web": service(restart="always", mem_limit="32m", cpus=1, environment={"A": "1"})}))
    return engine.inspect(WEB)["Id"]


def seconds(do):
    begun = time.monotonic()
    do()
    return time.monotonic() - begun


@pytest.fixture
def back(engine, daemon):
    """back(drift, truth, what): within LIMIT, and the time that this machine's engine takes for a container's whole
    life. Once in three times will do: a machine that stood still meanwhile tells nothing of us."""
    def life():
        made = engine.ok("POST", "/containers/create", {"Image": IMAGE, "Cmd": ["sleep", "1000"]})["Id"]
        engine.ok("POST", f"/containers/{made}/start")
        engine.ok("DELETE", f"/containers/{made}?force=1")

    def is_back(drift, truth, what):
        late = []
        while len(late) < 3:
            drift()
            took = seconds(lambda: wait_for(truth, what, every=0.01))
            limit = LIMIT + seconds(life)
            if took < limit:
                return
            late.append(f"{took:.1f} s, not {limit:.1f}")
            daemon.converged()
        raise AssertionError(f"{what}: {late}")
    return is_back


def right(engine, name=WEB):
    found = engine.inspect(name)
    return found and found["State"]["Running"] and not found["State"]["Paused"] and found


def test_removed(engine, daemon, web, back):
    back(lambda: engine.ok("DELETE", f"/containers/{WEB}?force=1"), lambda: engine.running(WEB), "created again")
    assert engine.inspect(WEB)["Id"] != web


def test_stopped(engine, daemon, web, back):
    back(lambda: engine.ok("POST", f"/containers/{WEB}/stop?t=0"), lambda: engine.running(WEB), "started again")
    assert engine.inspect(WEB)["Id"] == web


def test_paused(engine, daemon, web, back):
    back(lambda: engine.ok("POST", f"/containers/{WEB}/pause"), lambda: engine.running(WEB), "unpaused")
    assert engine.inspect(WEB)["Id"] == web


def test_renamed(engine, daemon, web, back):
    back(lambda: engine.ok("POST", f"/containers/{WEB}/rename?name=else"),
         lambda: engine.running(WEB), "named as before")
    assert engine.inspect(WEB)["Id"] == web


def test_limits_changed(engine, daemon, web, back):
    other = {"Memory": 64 << 20, "MemorySwap": 128 << 20, "NanoCpus": 500000000}
    host = lambda: engine.inspect(WEB)["HostConfig"]
    back(lambda: engine.ok("POST", f"/containers/{WEB}/update", other),
         lambda: host()["Memory"] == 32 << 20 and host()["NanoCpus"] == 10**9, "limits as before")
    assert engine.inspect(WEB)["Id"] == web and engine.running(WEB)


def test_restart_policy_changed(engine, daemon, web, back):
    policy = lambda: engine.inspect(WEB)["HostConfig"]["RestartPolicy"]["Name"]
    back(lambda: engine.ok("POST", f"/containers/{WEB}/update", {"RestartPolicy": {"Name": "no"}}),
         lambda: policy() == "always", "policy as before")
    assert engine.inspect(WEB)["Id"] == web


def test_disconnected(engine, daemon, web, back):
    networks = lambda: engine.inspect(WEB)["NetworkSettings"]["Networks"]
    back(lambda: engine.ok("POST", "/networks/demo_default/disconnect", {"Container": WEB, "Force": True}),
         lambda: "demo_default" in networks(), "connected again")
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


def test_killed(engine, daemon, web, back):
    back(lambda: engine.ok("POST", f"/containers/{WEB}/kill"), lambda: engine.running(WEB), "started again")
    assert engine.inspect(WEB)["Id"] == web


def test_killed_without_a_restart_policy(engine, daemon, back):
    daemon.apply(demo({"web": service()}))
    back(lambda: engine.ok("POST", f"/containers/{WEB}/kill"), lambda: engine.running(WEB), "started again")


def test_stopped_with_exit_code_zero_and_no_restart_policy(engine, daemon):
    """A person's stop is drift even where it looks like a job well done."""
    daemon.apply(demo({"web": service("sh -c 'trap \"exit 0\" TERM; while true; do sleep 0.05; done'", stop_grace_period="5s")}))
    engine.ok("POST", f"/containers/{WEB}/stop")
    wait_for(lambda: engine.running(WEB), "started again")


def test_disconnected_while_stopped_comes_back_with_its_network(engine, daemon, web):
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


def test_nothing_is_drift_after_convergence(engine, daemon, web):
    before = engine.inspect(WEB)
    daemon.run("reconcile", "--wait", check=0)
    daemon.stop()
    daemon.start()
    daemon.converged()
    after = engine.inspect(WEB)
    assert (after["Id"], after["State"]["StartedAt"]) == (before["Id"], before["State"]["StartedAt"])
    assert daemon.run("plan", check=0).stdout


def test_a_network_that_went_while_its_container_was_stopped_comes_back(engine, daemon, web):
    daemon.run("pause", check=0)
    engine.ok("POST", f"/containers/{WEB}/stop?t=0")
    wait_for(lambda: engine.call("DELETE", "/networks/demo_default")[0] == 204, "left by the container, and gone")
    daemon.run("resume", check=0)
    wait_for(lambda: engine.running(WEB), "started again")
    assert engine.inspect(WEB)["Id"] == web


def test_a_network_that_went_before_the_first_start_comes_back(engine, daemon, web):
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
