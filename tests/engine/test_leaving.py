"""Former projects: replaced by another one, or taken `down`."""

import socket
import subprocess

from harness import BINARY, IMAGE, demo, service, wait_for


def other(**more):
    return {"compose": {"name": "other", "services": {"web": service(**more)}}}


def part(daemon, name):
    return next((each for each in daemon.status()["parts"] if each["name"] == name), None)


def pulls(daemon):
    return [entry["status"] for entry in daemon.history() if entry["verb"] == "pull image"]


def test_down_with_volumes_is_finished_after_a_crash(engine, daemon):
    daemon.apply(demo({"web": service(volumes=["data:/data"])}, volumes={"data": None}))
    engine.stop()
    assert daemon.run("down", "--volumes").returncode == 1
    daemon.kill()
    engine.start()
    daemon.start()
    wait_for(lambda: daemon.status()["state"] == "idle", daemon.status)
    assert engine.names() == []
    assert engine.call("GET", "/volumes/demo_data")[0] == 404


def test_a_project_that_cannot_be_removed_blocks_no_other(engine, daemon):
    daemon.apply(demo({"web": service()}))
    foreign = engine.ok("POST", "/containers/create?name=foreign", {
        "Image": IMAGE, "Cmd": ["sleep", "999"], "HostConfig": {"NetworkMode": "demo_default"}})["Id"]
    engine.ok("POST", f"/containers/{foreign}/start")
    daemon.apply(other(), wait=None)
    wait_for(lambda: engine.running("other-web-1"), "the new project runs")
    assert engine.names() == [] and engine.inspect(foreign)["State"]["Running"]
    failed = wait_for(lambda: (project := part(daemon, "project.demo")) and project["state"] == "failed" and project, daemon.status)
    assert "demo_default" in failed["message"] and daemon.status()["state"] == "degraded"
    killed = engine.inspect("other-web-1")["State"]["Pid"]
    engine.ok("POST", "/containers/other-web-1/kill")
    wait_for(lambda: engine.running("other-web-1") and engine.inspect("other-web-1")["State"]["Pid"] != killed, "repaired")
    engine.ok("DELETE", f"/containers/{foreign}?force=1")
    daemon.run("reconcile", "--wait", check=0)
    wait_for(lambda: part(daemon, "project.demo") is None, daemon.status)
    assert engine.call("GET", "/networks/demo_default")[0] == 404


def test_two_concurrent_downs_both_finish_and_wait_without_polling(engine, daemon):
    """The container takes its grace period of six seconds to stop; waiting for it costs next to no CPU time."""
    daemon.apply(demo({"web": service(stop_grace_period="6s")}))
    before = daemon.processor_time()
    downs = [subprocess.Popen([BINARY, "--root", daemon.root, "down"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
             for _ in range(2)]
    outputs = [down.communicate(timeout=180)[0] for down in downs]
    assert [down.returncode for down in downs] == [0, 0], outputs
    assert all("removed demo-web-1" in each for each in outputs), outputs
    assert engine.names() == [] and daemon.status()["state"] == "idle"
    assert daemon.processor_time() - before < 2


def test_down_reports_why_it_cannot_finish(engine, daemon):
    daemon.apply(demo({"web": service()}))
    foreign = engine.ok("POST", "/containers/create?name=foreign", {
        "Image": IMAGE, "Cmd": ["sleep", "999"], "HostConfig": {"NetworkMode": "demo_default"}})["Id"]
    engine.ok("POST", f"/containers/{foreign}/start")
    refused = daemon.run("down", check=1)
    assert "remove project demo" in refused.stderr and "demo_default" in refused.stderr
    assert engine.names() == []
    engine.ok("DELETE", f"/containers/{foreign}?force=1")
    daemon.run("down", check=0)
    assert daemon.status()["state"] == "idle"


def test_the_same_settings_again_do_not_interrupt_a_pull(engine, daemon):
    """The registry accepts the connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as registry:
        settings = demo({"web": {**service(), "image": f"127.0.0.1:{registry.getsockname()[1]}/app:1"}, "db": service()})
        daemon.apply(settings, wait=None)
        wait_for(lambda: pulls(daemon) and engine.running("demo-db-1"), daemon.status)
        before = daemon.status()["settings"]["sequence"]
        daemon.apply(settings, wait=None)
        wait_for(lambda: daemon.status()["settings"]["sequence"] > before, "accepted again")
        killed = engine.inspect("demo-db-1")["State"]["Pid"]
        engine.ok("POST", "/containers/demo-db-1/kill")
        wait_for(lambda: engine.running("demo-db-1") and engine.inspect("demo-db-1")["State"]["Pid"] != killed, "repaired meanwhile")
        assert "interrupted" not in pulls(daemon)
        daemon.run("down")
