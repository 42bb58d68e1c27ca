"""Faults on a machine, and how the daemon must react to them."""

import datetime
import json
import os
import random
import signal
import socket
import time

import harness
from harness import IMAGE, demo, service, wait_for


def test_a_port_in_use_blocks_only_its_service(engine, daemon):
    with socket.create_server(("127.0.0.1", 18086)) as taken:
        daemon.apply(demo({"web": service(ports=["127.0.0.1:18086:80"]), "db": service()}), wait=None)
        wait_for(lambda: engine.running("demo-db-1"), "the other service runs")
        assert "18086" in daemon.failed("web", 2)["reason"]
        wait_for(lambda: daemon.status()["state"] == "degraded", daemon.status)
        taken.close()
    daemon.run("reconcile", "--wait", check=0)
    assert engine.running("demo-web-1") and engine.names() == ["demo-db-1", "demo-web-1"]


def test_a_missing_image_blocks_only_its_service(engine, daemon):
    daemon.apply(demo({"web": {**service(), "image": "127.0.0.1:1/no/such:1"}, "db": service()}), wait=None)
    wait_for(lambda: engine.running("demo-db-1"), "the other service runs")
    assert "127.0.0.1:1/no/such:1" in daemon.failed("web")["reason"]
    engine.import_image("127.0.0.1:1/no/such:1")
    daemon.run("reconcile", "--wait", check=0)


def test_an_image_name_that_the_engine_rejects_blocks_only_its_service(engine, daemon):
    """Newer engines accept a registry name in capitals; this one answers 400."""
    daemon.apply(demo({"web": {**service(), "image": "REGISTRY/app:1"}, "db": service()}), wait=None)
    wait_for(lambda: engine.running("demo-db-1"), "the other service runs")
    wait_for(lambda: "lowercase" in daemon.service("web")["reason"], lambda: daemon.service("web"))
    engine.ok("DELETE", "/containers/demo-db-1?force=1")
    wait_for(lambda: engine.running("demo-db-1"), "the other service is repaired")
    assert daemon.service("web")["state"] == "waiting"


def test_a_crash_loop_is_detected_and_backed_off(engine, daemon):
    daemon.apply(demo({"web": service("sh -c 'exit 3'"), "db": service()}), wait=None)
    assert "code 3" in daemon.failed("web", 3)["reason"]
    starts = [datetime.datetime.fromisoformat(e["time"]) for e in daemon.history()
              if e["verb"] == "start" and e["object"] == "demo-web-1"]
    assert (starts[2] - starts[0]).total_seconds() > 0.8 + 1.6, starts  # the minimum of two backoffs
    wait_for(lambda: engine.running("demo-db-1"), "the other service runs")


def test_a_crashing_version_does_not_replace_the_working_one(engine, daemon):
    monitor = {"reconcile": {"monitor": "5s"}}
    daemon.apply({**demo({"web": service(restart="always")}), **monitor})
    old = engine.inspect("demo-web-1")["Id"]
    crashing = service("sh -c 'sleep 1; exit 3'", restart="always", stop_grace_period="1s")
    done = daemon.apply({**demo({"web": crashing}), **monitor}, check=None)
    assert done.returncode == 3, done.stdout + done.stderr
    wait_for(lambda: "was rolled back" in daemon.service("web")["reason"], lambda: daemon.service("web"))
    assert "exit code 3" in daemon.service("web")["reason"]
    found = engine.inspect("demo-web-1")
    assert found["Id"] == old and found["State"]["Running"] and engine.names() == ["demo-web-1"]


def test_a_pruned_completed_job_is_not_run_again(engine, daemon):
    daemon.apply(demo({"job": service("true")}))
    wait_for(lambda: daemon.service("job")["state"] == "completed", lambda: daemon.service("job"))
    engine.ok("POST", "/containers/prune")
    daemon.run("reconcile", "--wait", check=0)
    daemon.stop()
    daemon.start()
    daemon.converged()
    assert engine.names() == []
    assert "removed" in daemon.service("job")["reason"]
    daemon.run("reconcile", "job", "--wait", check=0)
    assert engine.names() == ["demo-job-1"]


def test_a_paused_container_with_a_health_check_is_not_restarted(engine, daemon):
    check = {"test": ["CMD", "true"], "interval": "1s", "retries": 3}
    daemon.apply(demo({"web": service(healthcheck=check)}))
    engine.ok("POST", "/containers/demo-web-1/pause")
    wait_for(lambda: engine.inspect("demo-web-1")["State"]["Status"] == "running", "unpaused")
    daemon.converged()
    assert [each["verb"] for each in daemon.history()].count("restart") == 0


def test_a_failed_container_with_restart_no_is_left_alone(engine, daemon):
    daemon.apply(demo({"job": service("sh -c 'exit 4'", restart="no")}), wait=None)
    wait_for(lambda: daemon.status()["services"] and daemon.service("job")["state"] == "failed", "failed")
    time.sleep(2)
    assert sum(e["verb"] == "start" for e in daemon.history()) == 1
    assert "4" in daemon.service("job")["reason"]


def test_an_unhealthy_container_is_restarted(engine, daemon):
    check = {"test": ["CMD", "test", "!", "-e", "/tmp/ill"], "interval": "200ms", "retries": 1, "timeout": "60s"}
    daemon.apply(demo({"web": service(healthcheck=check)}))
    started = engine.inspect("demo-web-1")["State"]["StartedAt"]
    made = engine.ok("POST", "/containers/demo-web-1/exec", {"Cmd": ["touch", "/tmp/ill"]})["Id"]
    engine.ok("POST", f"/exec/{made}/start", {"Detach": True})
    wait_for(lambda: engine.inspect("demo-web-1")["State"]["StartedAt"] != started, "restarted")


def test_a_successor_that_does_not_start_is_rolled_back(engine, daemon):
    daemon.apply(demo({"web": service()}))
    old = engine.inspect("demo-web-1")["Id"]
    daemon.apply(demo({"web": service("/no/such/program")}), wait=None)
    def is_rolled_back():  # between two rollouts, or after them
        web = daemon.service("web")
        failed = web["state"] == "failed" and "no/such/program" in web["reason"]
        return failed and engine.names() == ["demo-web-1"] and engine.running("demo-web-1")
    wait_for(is_rolled_back, lambda: f"rolled back: {daemon.service('web')}")
    assert engine.inspect("demo-web-1")["Id"] == old
    daemon.apply(demo({"web": service("sleep 2000")}))
    assert engine.inspect("demo-web-1")["Config"]["Cmd"] == ["sleep", "2000"]


def test_an_unhealthy_successor_is_rolled_back(engine, daemon):
    good = {"test": ["CMD", "true"], "interval": "200ms"}
    bad = {"test": ["CMD", "false"], "interval": "200ms", "retries": 2}
    daemon.apply(demo({"web": service(healthcheck=good)}))
    old = engine.inspect("demo-web-1")["Id"]
    daemon.apply(demo({"web": service(healthcheck=bad)}), wait=None)
    wait_for(lambda: daemon.service("web")["state"] == "failed" and engine.names() == ["demo-web-1"], "rolled back")
    assert engine.inspect("demo-web-1")["Id"] == old
    wait_for(lambda: engine.running("demo-web-1"), "the old one runs")


def test_a_name_used_by_a_foreign_container_is_reported(engine, daemon):
    foreign = engine.ok("POST", "/containers/create?name=demo-web-1", {"Image": IMAGE, "Cmd": ["sleep", "9"]})["Id"]
    daemon.apply(demo({"web": service(), "db": service()}), wait=None)
    wait_for(lambda: engine.running("demo-db-1"), "the other service runs")
    wait_for(lambda: "demo-web-1" in daemon.service("web")["reason"], "reported")
    assert engine.inspect("demo-web-1")["Id"] == foreign
    engine.ok("POST", f"/containers/{foreign}/rename?name=foreign")
    daemon.converged()


def test_objects_with_inherited_or_incomplete_labels_are_left_alone(engine, daemon):
    daemon.apply(demo({"web": service(), "old": service()}))
    engine.ok("POST", "/commit?container=demo-old-1&repo=local/shell&tag=1&pause=false")
    labels = {"com.docker.compose.project": "demo", "com.docker.compose.service": "old"}
    engine.ok("POST", "/containers/create?name=my-shell", {"Image": "local/shell:1", "Cmd": ["sleep", "1000"]})
    engine.ok("POST", "/containers/create?name=my-tool", {"Image": IMAGE, "Cmd": ["sleep", "1000"], "Labels": labels})
    for name in ("my-shell", "my-tool"):
        engine.ok("POST", f"/containers/{name}/start")
    started = {name: engine.inspect(name)["State"]["StartedAt"] for name in ("my-shell", "my-tool")}
    engine.ok("POST", "/networks/create", {"Name": "my-net", "Labels": labels})
    engine.ok("POST", "/volumes/create", {"Name": "my-data", "Labels": labels})

    daemon.apply(demo({"web": service()}))
    wait_for(lambda: "demo-old-1" not in engine.names(), "the removed service is gone")
    daemon.run("reconcile", "--wait", check=0)
    daemon.run("down", "--volumes", check=0)
    assert engine.names() == ["my-shell", "my-tool"]
    assert {name: engine.inspect(name)["State"]["StartedAt"] for name in started} == started
    assert engine.call("GET", "/networks/my-net")[0] == engine.call("GET", "/volumes/my-data")[0] == 200
    for name in started:
        engine.ok("DELETE", f"/containers/{name}?force=1")
    engine.ok("DELETE", "/images/local/shell:1")


def test_the_engine_is_killed_and_restarted_during_an_apply(engine, daemon):
    settings = demo({f"s{n}": service() for n in range(8)})
    daemon.apply(settings, wait=None)
    wait_for(lambda: len(engine.names()) >= 2, "the apply has begun")
    engine.stop(signal.SIGKILL)
    wait_for(lambda: daemon.status()["engine"]["state"] == "unreachable", "noticed")
    engine.start()
    daemon.converged(60)
    assert len(engine.names()) == 8


def test_containers_stopped_by_an_engine_restart_are_started_again(engine, daemon):
    graceful = "sh -c 'trap \"exit 0\" TERM; while true; do sleep 0.05; done'"
    daemon.apply(demo({"web": service(graceful, stop_grace_period="5s"), "job": service("true")}))
    wait_for(lambda: daemon.service("job")["state"] == "completed", "the job is done")  # or the engine stops it as well
    job = engine.inspect("demo-job-1")["State"]["StartedAt"]
    daemon.stop()
    engine.stop()
    engine.start()
    daemon.start()
    wait_for(lambda: engine.running("demo-web-1"), "started again")
    daemon.converged()
    assert engine.inspect("demo-job-1")["State"]["StartedAt"] == job


def test_status_answers_while_the_engine_hangs(engine, daemon):
    daemon.apply(demo({"web": service()}))
    os.kill(engine.process.pid, signal.SIGSTOP)
    try:
        daemon.run("reconcile", check=0)
        wait_for(lambda: daemon.status()["engine"]["state"] == "not answering", "the hang is noticed", 12)
        assert daemon.status()["state"] == "degraded"
    finally:
        os.kill(engine.process.pid, signal.SIGCONT)
    daemon.converged()


def test_a_hang_is_noticed_while_only_slow_calls_run(engine, tmp_path):
    """The calls of an apply may take minutes: separate calls check that the engine responds."""
    relay = harness.Relay(tmp_path / "relay.sock", engine.socket)
    daemon = harness.Daemon(tmp_path / "root", relay.socket)
    daemon.start()
    try:
        relay.trigger = b"/containers/create"  # the engine hangs as soon as a create is sent
        relay.on_trigger = lambda: os.kill(engine.process.pid, signal.SIGSTOP)
        daemon.apply(demo({"web": service()}), wait=None)
        wait_for(lambda: daemon.status()["engine"]["state"] == "not answering", "the hang is noticed", 11)
        before, seen = daemon.status()["engine"], datetime.datetime.now(datetime.timezone.utc)
        time.sleep(4)
        after = daemon.status()["engine"]
        assert before["state"] == after["state"] == "not answering"
        assert datetime.datetime.fromisoformat(after["since"]) < seen  # it is computed anew each time
        os.kill(engine.process.pid, signal.SIGCONT)
        daemon.converged()
    finally:
        os.kill(engine.process.pid, signal.SIGCONT)
        daemon.stop()
        relay.close()


def test_a_pause_during_a_replacement_leaves_the_service_running(engine, daemon):
    slow = "sh -c 'trap \"sleep 1.5; exit 0\" TERM; while true; do sleep 0.05; done'"
    daemon.apply(demo({"web": service(slow, stop_grace_period="8s")}))
    daemon.apply(demo({"web": service()}), wait=None)
    wait_for(lambda: any(e["verb"] == "stop" for e in daemon.history()), "being stopped", every=0.01)
    daemon.run("pause", check=0)
    wait_for(lambda: any(e["verb"] == "stop" and e["status"] == "done" for e in daemon.history()), "stopped")
    def running():
        return [c["Names"] for c in engine.containers("com.docker.compose.project=demo") if c["State"] == "running"]
    wait_for(lambda: len(running()) == 1, lambda: f"one runs: {running()}")
    daemon.run("resume", check=0)
    daemon.converged()
    assert engine.names() == ["demo-web-1"]


def test_a_stop_during_a_hand_over_still_starts_the_successor(engine, daemon):
    """The container takes 17 s to stop, longer than the 15 s that other calls get."""
    slow = "sh -c 'trap \"sleep 17; exit 0\" TERM; while true; do sleep 0.05; done'"
    daemon.apply(demo({"web": service(slow, stop_grace_period="40s")}))
    old = engine.inspect("demo-web-1")["Id"]
    daemon.apply(demo({"web": service()}), wait=None)
    wait_for(lambda: any(e["verb"] == "stop" for e in daemon.history()), "being stopped", every=0.01)
    assert daemon.stop() == 0
    running = [c["Id"] for c in engine.containers("com.docker.compose.project=demo") if c["State"] == "running"]
    assert len(running) == 1 and running != [old]
    daemon.start()
    daemon.converged()
    assert engine.names() == ["demo-web-1"] and engine.inspect("demo-web-1")["Id"] == running[0]


def test_a_stop_during_a_failing_hand_over_brings_the_old_container_back(engine, daemon):
    """The daemon may not come back: its package may be about to be removed."""
    slow = "sh -c 'trap \"sleep 2; exit 0\" TERM; while true; do sleep 0.05; done'"
    daemon.apply(demo({"web": service(slow, stop_grace_period="20s")}))
    old = engine.inspect("demo-web-1")["Id"]
    daemon.apply(demo({"web": service("/no/such/program")}), wait=None)
    wait_for(lambda: any(e["verb"] == "stop" for e in daemon.history()), "being stopped", every=0.01)
    assert daemon.stop() == 0
    assert [c["Id"] for c in engine.containers("com.docker.compose.project=demo") if c["State"] == "running"] == [old]


def test_a_job_that_ended_while_paused_stays_completed(engine, daemon):
    daemon.apply(demo({"web": service(), "job": service("sleep 3")}))
    daemon.run("pause", check=0)
    wait_for(lambda: not engine.running("demo-job-1"), "the job ends")
    engine.ok("POST", "/containers/demo-web-1/stop?t=0")
    started = engine.inspect("demo-job-1")["State"]["StartedAt"]
    daemon.stop()
    daemon.start()
    daemon.run("resume", check=0)
    wait_for(lambda: engine.running("demo-web-1"), "web started again")
    daemon.converged()
    assert engine.inspect("demo-job-1")["State"]["StartedAt"] == started


def test_a_job_that_ended_long_ago_stays_completed(engine, daemon):
    """Its end is no longer among the 256 events that the engine remembers."""
    daemon.apply(demo({"job": service("sleep 2")}))
    daemon.kill()
    wait_for(lambda: not engine.running("demo-job-1"), "the job ends")
    for n in range(140):
        engine.ok("POST", "/volumes/create", {"Name": f"v{n}"})
        engine.ok("DELETE", f"/volumes/v{n}")
    started = engine.inspect("demo-job-1")["State"]["StartedAt"]
    daemon.start()
    daemon.converged()
    assert engine.inspect("demo-job-1")["State"]["StartedAt"] == started


def test_a_failed_rollout_is_not_tried_again_after_a_restart(engine, daemon):
    daemon.apply(demo({"web": service()}))
    old = engine.inspect("demo-web-1")["Id"]
    daemon.apply(demo({"web": service("/no/such/program")}), wait=None)
    wait_for(lambda: "was rolled back" in daemon.service("web")["reason"] and engine.names() == ["demo-web-1"], "given up")
    count = len(daemon.history())
    daemon.stop()
    daemon.start()
    wait_for(lambda: daemon.status()["services"] and "was rolled back" in daemon.service("web")["reason"], "still given up")
    time.sleep(3)
    assert len(daemon.history()) == count and engine.inspect("demo-web-1")["Id"] == old


def test_a_second_daemon_refuses_to_start(engine, daemon):
    second = harness.Daemon(daemon.root, engine.socket)
    second.start(wait=False)
    assert second.process.wait(60) == 1
    assert "another" in daemon.log()
    assert daemon.status()


def test_damaged_settings_fall_back_to_the_previous_copy_or_change_nothing(engine, daemon):
    daemon.apply(demo({"web": service()}))
    daemon.apply(demo({"web": service(), "db": service()}))
    web = engine.inspect("demo-web-1")["State"]["StartedAt"]
    daemon.stop()
    stored = daemon.root / "var/lib/dockerextd/settings.json"
    for damage in (b"", stored.read_bytes()[:50]):
        stored.write_bytes(damage)
        daemon.start()
        part = lambda: next((each for each in daemon.status()["parts"] if each["name"] == "settings"), {})
        wait_for(lambda: part().get("state") == "failed" and engine.names() == ["demo-web-1"], daemon.status)
        assert "using the previous copy" in part()["message"] and daemon.status()["state"] == "degraded"
        assert engine.names() == ["demo-web-1"] and engine.inspect("demo-web-1")["State"]["StartedAt"] == web
        daemon.stop()
    for path in stored.parent.glob("settings.json*"):
        path.write_bytes(b"{")
    daemon.start()
    wait_for(lambda: daemon.status()["settings"]["state"] == "rejected", daemon.status)
    assert engine.names() == ["demo-web-1"] and engine.inspect("demo-web-1")["State"]["StartedAt"] == web


def test_hostile_spool_entries_are_rejected(engine, daemon):
    daemon.apply(demo({"web": service()}))
    new = daemon.root / "var/lib/dockerextd/spool/new"
    os.symlink("/etc/passwd", new / "link.json")
    os.mkfifo(new / "fifo.json")
    (new / "folder.json").mkdir()
    (new / "big.json").write_bytes(b"x" * (8 << 20))
    foreign = daemon.root / "foreign"
    envelope = {"version": 1, "source": "operator", "sequence": 0, "settings": json.dumps(demo({"evil": service()})), "protected": ""}
    foreign.write_text(json.dumps(envelope))
    foreign.chmod(0o600)
    os.chown(foreign, 65534, 65534)
    foreign.rename(new / "foreign.json")
    def reasons():  # each is written after its entry has been moved
        return {path.name: path.read_text() for path in (new.parent / "rejected").glob("*.reason")}
    wait_for(lambda: not list(new.iterdir()) and len(reasons()) == 5 and all(reasons().values()),
             lambda: f"all rejected: {list(new.iterdir())} {reasons()}")
    assert "belongs to user 65534" in reasons()["foreign.json.reason"], reasons()
    daemon.converged()
    assert engine.names() == ["demo-web-1"]
    daemon.apply(demo({"web": service(), "db": service()}))
    assert engine.names() == ["demo-db-1", "demo-web-1"]


def test_works_without_network_when_images_are_present(engine, daemon):
    """As after a reboot: the images are present, and no registry is reachable."""
    daemon.apply(demo({"web": service(restart="always"), "db": service()}))
    daemon.kill()
    for name in engine.names():
        engine.ok("DELETE", f"/containers/{name}?force=1")
    engine.stop()
    engine.start()
    daemon.start()
    daemon.converged()
    assert engine.names() == ["demo-db-1", "demo-web-1"]


def test_kills_at_random_moments_of_an_apply(engine, daemon):
    """Fifty replacements, each with a kill -9 at a random moment: the daemon converges each time, and nothing is left over."""
    chance = random.Random(20240607)
    names = ["demo-db-1", "demo-web-1"]
    def settings(n):
        return demo({"db": service(environment={"N": str(n)}),
                     "web": service(environment={"N": str(n)}, depends_on=["db"], volumes=["/anonymous"])})
    daemon.apply(settings(0))
    for n in range(1, 51):
        daemon.apply(settings(n), wait=None)
        time.sleep(chance.uniform(0, 1.2))
        daemon.kill()
        daemon.start()
        daemon.converged(60)
        assert engine.names() == names, f"kill {n}"
        for name in names:
            found = engine.inspect(name)
            assert f"N={n}" in found["Config"]["Env"] and found["State"]["Running"], f"kill {n}: {name}"
    conflicts = [e for e in daemon.history() if "already in use" in (e["error"] or "")]
    assert not conflicts


def test_a_failed_list_call_blocks_nothing_else(engine, tmp_path):
    relay = harness.Relay(tmp_path / "relay.sock", engine.socket)
    daemon = harness.Daemon(tmp_path / "root", relay.socket)
    daemon.start()
    broken = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 16\r\n\r\n{\"message\":\"no\"}"
    try:
        daemon.apply(demo({"web": service(), "db": service(volumes=["data:/data"])}, volumes={"data": {}}))
        for answer in (broken, b""):
            relay.answers = {b"/volumes HTTP": answer}
            daemon.run("reconcile")
            wait_for(lambda: any(held["subject"] == "any volume" for held in daemon.status()["held"]), "it is reported")
            assert daemon.status()["state"] == "degraded"
            engine.ok("DELETE", "/containers/demo-web-1?force=1")
            wait_for(lambda: engine.running("demo-web-1"), "repaired")
            relay.answers = {}
            daemon.run("reconcile")
            daemon.converged()
        relay.answers = {b"/containers/json": broken}
        daemon.run("reconcile")
        wait_for(lambda: daemon.service("web")["state"] == "unknown", "it is not reported as running")
        assert "list containers: no (500)" in daemon.service("web")["reason"] and daemon.service("web")["since"]
        assert "any container" in daemon.run("plan", check=3).stdout
        dry = daemon.run("apply", "--dry-run", daemon.write("other.json", demo({"web": service("sleep 1")})), check=3)
        assert "state of container web-1 unknown" in " ".join(dry.stdout.split())
        relay.answers = {}
        daemon.converged(60)
        engine.process.send_signal(signal.SIGSTOP)
        try:
            daemon.run("reconcile")
            wait_for(lambda: daemon.service("web")["state"] == "unknown", "the service is unknown while the engine hangs", 60)
            assert "the engine does not respond" in daemon.run("plan", check=3).stdout
        finally:
            engine.process.send_signal(signal.SIGCONT)
        daemon.converged(60)
    finally:
        daemon.stop()
        relay.close()


def test_an_idle_daemon_calls_the_engine_only_after_a_signal(engine, tmp_path):
    relay = harness.Relay(tmp_path / "relay.sock", engine.socket)
    daemon = harness.Daemon(tmp_path / "root", relay.socket)
    daemon.start()
    try:
        daemon.apply(demo({"web": service(), "db": service()}))
        assert relay.sent > 0

        def is_idle():  # a late event causes one more look
            before = relay.sent
            time.sleep(10)
            return relay.sent == before
        wait_for(is_idle, "no calls for ten seconds")
        before = relay.sent
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: relay.sent > before, "everything is checked")
    finally:
        daemon.stop()
        relay.close()
