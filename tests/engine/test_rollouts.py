"""New versions on a real engine: one replica after the other, without a gap, and no further once one has failed."""

import datetime
import json
import re

import request_loop
from harness import IMAGE, MONITORED, demo, service, wait_for


def times(daemon, verb):
    """When each container was last the object of such a step."""
    return {entry["object"]: entry["time"] for entry in daemon.history() if entry["verb"] == verb and not entry["error"]}


def test_replicas_are_replaced_one_after_the_other(engine, daemon):
    monitored = {"update_config": {"monitor": "1s", "delay": "1s"}}
    for n in (1, 2):
        done = daemon.apply(demo({"web": service(environment={"N": str(n)}, scale=3, deploy=monitored)}))
    progress = " ".join(done.stdout.split())
    assert re.search(r"\d of 3 replaced, watching \d+ s of 1 s", progress), progress
    created, renamed = times(daemon, "create"), times(daemon, "rename")
    assert created["demo-web-2"] > renamed["demo-web-1"] and created["demo-web-3"] > renamed["demo-web-2"]
    assert all("N=2" in engine.inspect(name)["Config"]["Env"] for name in engine.names())


def test_a_failed_replica_pauses_the_rollout(engine, daemon):
    daemon.apply(demo({"web": service(scale=2)}))
    old = {name: engine.inspect(name)["Id"] for name in engine.names()}
    failing = {**demo({"web": service("sh -c 'exit 7'", restart="no", scale=2)}), "reconcile": MONITORED}
    done = daemon.apply(failing, wait="60s", check=None)
    assert done.returncode == 3, done.stdout + done.stderr
    wait_for(lambda: {name: engine.inspect(name)["Id"] for name in engine.names()} == old, engine.names)
    assert all(engine.running(name) for name in old)
    held = [each["reason"] for each in json.loads(daemon.run("plan", "--json").stdout)["held"]]
    assert "exited with code 7" in held[0] and "was rolled back" in held[0], held
    assert "update paused, because container web-1 failed: new container exited with code 7" in held[1], held
    created = [entry["object"] for entry in daemon.history() if entry["verb"] == "create"]
    assert created.count("demo-web-1") == 2 and created.count("demo-web-2") == 1, "web-1 was tried once"
    daemon.apply(demo({"web": service(environment={"N": "3"}, scale=2)}))
    assert all("N=3" in engine.inspect(name)["Config"]["Env"] for name in engine.names())


def test_a_dependent_is_replaced_after_its_dependency_has_held(engine, daemon):
    def settings(n):
        monitored = {"update_config": {"monitor": "1s"}}
        return demo({"db": service(environment={"N": str(n)}, deploy=monitored),
                     "web": service(environment={"N": str(n)}, depends_on=["db"], deploy=monitored)})
    daemon.apply(settings(1))
    daemon.apply(settings(2))
    seconds = {name: datetime.datetime.fromisoformat(at) for name, at in times(daemon, "start").items()}
    assert (seconds["demo-web-1"] - seconds["demo-db-1"]).total_seconds() >= 1


def test_start_first_fails_no_request(engine, daemon):
    daemon.apply(request_loop.settings("one"))
    with request_loop.RequestLoop() as loop:
        daemon.apply(request_loop.settings("two"))
        old = engine.inspect("demo-web-1")["Id"]
        daemon.apply(request_loop.settings("three"))
    assert engine.inspect("demo-web-1")["Id"] != old
    failed = [each for each in loop.answers if each not in [(200, "one"), (200, "two"), (200, "three")]]
    assert not failed, f"{len(failed)} of {len(loop.answers)}: {failed[:5]}"
    assert {version for _, version in loop.answers} == {"one", "two", "three"}


def test_a_fixed_port_falls_back_to_stop_first(engine, daemon):
    def settings(n):
        return demo({"web": service(environment={"N": str(n)}, ports=["127.0.0.1:18088:80"],
                                    deploy={"update_config": {"order": "start-first"}})})
    daemon.apply(settings(1))
    file = daemon.write("next.json", settings(2))
    planned = json.loads(daemon.run("plan", file, "--json").stdout)["steps"]
    assert planned[0]["reason"] == "environment.N changed (stop-first, because it publishes port 18088 of the machine)"
    assert "publishes port 18088 of the machine; using stop-first" in " ".join(daemon.run("validate", file).stderr.split())
    daemon.apply(settings(2))
    assert "N=2" in engine.inspect("demo-web-1")["Config"]["Env"]


def test_nothing_is_touched_before_all_images_are_there(engine, daemon):
    def settings(n, image):
        return demo({"db": {**service(environment={"N": str(n)}), "image": image}, "web": service(environment={"N": str(n)})})
    daemon.apply(settings(1, IMAGE))
    old = {name: engine.inspect(name)["Id"] for name in engine.names()}
    daemon.apply(settings(2, "local/later:1"), wait=None)
    reason = wait_for(lambda: daemon.failed("db") and daemon.service("web")["reason"], "web waits")
    assert reason.startswith("waits for local/later:1, which is not available: pull image local/later:1: "), reason
    assert {name: engine.inspect(name)["Id"] for name in engine.names()} == old
    engine.ok("DELETE", "/containers/demo-web-1?force=1")  # what does not run does not wait
    wait_for(lambda: engine.running("demo-web-1"), "web runs again")
    engine.import_image("local/later:1")
    daemon.converged()
    assert all("N=2" in engine.inspect(name)["Config"]["Env"] for name in engine.names())
