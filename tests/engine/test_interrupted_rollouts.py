"""Rollouts that a crash of the daemon, a crash loop or a failing migration interrupts."""

import os
import signal

import harness
import pytest
from harness import IMAGE, demo, service, wait_for

UPDATES = ("stop-first", "start-first")
# The daemon is killed when it sends this request, which the engine still carries out.
REQUESTS = {"pull": b"/images/create", "created": b"/containers/create", "old stopped": b"/stop", "started": b"/start",
            "old removed": b"DELETE /", "renamed": b"/rename"}


def settings(n, order, image=IMAGE, monitor="1s"):
    update = {"update_config": {"order": order, "monitor": monitor}}
    return demo({"web": {**service(environment={"N": str(n)}, deploy=update), "image": image}})


def successor(engine):
    """The container that is to replace demo-web-1."""
    return next((found for name in engine.names() if name.endswith("_demo-web-1") and (found := engine.inspect(name))), None)


@pytest.mark.parametrize("order", UPDATES)
@pytest.mark.parametrize("phase", [*REQUESTS, "watching"])
def test_a_kill_in_any_phase_ends_in_one_good_version(engine, tmp_path, order, phase):
    relay = harness.Relay(tmp_path / "relay.sock", engine.socket)
    daemon = harness.Daemon(tmp_path / "root", relay.socket)
    daemon.start()
    try:
        daemon.apply(settings(1, order))
        old = engine.inspect("demo-web-1")["Id"]
        process = daemon.process
        image = f"local/after-{order}:1" if phase == "pull" else IMAGE
        if phase != "watching":
            relay.on_trigger = lambda: os.kill(process.pid, signal.SIGKILL)
            relay.trigger = REQUESTS[phase]
        daemon.apply(settings(2, order, image), wait=None)
        if phase == "watching":
            wait_for(lambda: (found := successor(engine)) and found["State"]["Running"], engine.names)
            process.kill()
        process.wait(60 * harness.TIMEOUT_FACTOR)
        if phase == "pull":
            assert engine.inspect("demo-web-1")["Id"] == old and engine.running("demo-web-1")
            engine.import_image(image)
        daemon.start()
        daemon.converged()
        assert engine.names() == ["demo-web-1"] and engine.running("demo-web-1")
        assert engine.inspect("demo-web-1")["Id"] != old and "N=2" in engine.inspect("demo-web-1")["Config"]["Env"]
    finally:
        daemon.stop()
        relay.close()


def test_a_crash_loop_shortly_before_the_end_of_the_monitoring_time_goes_back(engine, daemon):
    def version(n, command):
        web = service(command, restart="always", environment={"N": str(n)})
        return {**demo({"web": web}), "reconcile": {"rollback": True, "monitor": "10s"}}
    daemon.apply(version(1, "sleep 1000"))
    old = engine.inspect("demo-web-1")["Id"]
    done = daemon.apply(version(2, "sh -c 'sleep 8; exit 3'"), check=3)
    assert "rolled back" in done.stderr and "exit code 3" in done.stderr, done.stderr
    wait_for(lambda: engine.names() == ["demo-web-1"] and engine.running("demo-web-1"), engine.names)
    assert engine.inspect("demo-web-1")["Id"] == old


def test_a_failing_migration_leaves_the_old_version_untouched(engine, daemon):
    def version(n, migrate):
        after = {"migrate": {"condition": "service_completed_successfully"}}
        return demo({"migrate": service(migrate, restart="no", environment={"N": str(n)}),
                     "web": service(environment={"N": str(n)}, depends_on=after)})
    daemon.apply(version(1, "true"))
    web = engine.inspect("demo-web-1")
    daemon.apply(version(2, "false"), check=3)
    wait_for(lambda: "migrate" in daemon.service("web")["reason"], lambda: daemon.service("web"))
    now = engine.inspect("demo-web-1")
    assert now["Id"] == web["Id"] and now["State"]["StartedAt"] == web["State"]["StartedAt"] and engine.running("demo-web-1")
    assert [name for name in engine.names() if "web" in name] == ["demo-web-1"]
