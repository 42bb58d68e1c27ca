"""From settings to services: valid input, and input that must change nothing."""

import json
import shutil
import subprocess

import pytest
import sealed
from handler import deliver
from harness import IMAGE, demo, service, wait_for


def deliver_invalid_settings(daemon):
    deliver(daemon, 7, {"nope": 1})
    wait_for(lambda: daemon.status()["settings"]["state"] == "rejected", "the settings are rejected")


def test_invalid_settings_change_no_running_container(engine, daemon):
    daemon.apply(demo({"web": service()}))
    before = engine.inspect("demo-web-1")
    refused = daemon.apply({"compose": {"web": {"imgae": "x"}}, "dokcer": {}}, wait=None, check=2)
    assert "/dokcer" in refused.stderr + refused.stdout and "did you mean 'docker'" in refused.stderr + refused.stdout
    deliver_invalid_settings(daemon)
    status = daemon.status()
    assert status["settings"]["errors"][0]["path"] == "/nope" and status["state"] == "degraded"
    assert engine.inspect("demo-web-1")["State"]["StartedAt"] == before["State"]["StartedAt"]
    rejected = daemon.root / "var/lib/dockerextd/spool/rejected"
    assert any(path.name.endswith(".reason") for path in rejected.iterdir())


def test_a_service_removed_from_the_settings_is_removed_but_its_volume_stays(engine, daemon):
    volumes = {"volumes": {"data": None}}
    daemon.apply(demo({"web": service(), "db": service(volumes=["data:/data"])}, **volumes))
    daemon.apply(demo({"web": service()}))
    assert engine.names() == ["demo-web-1"]
    assert engine.call("GET", "/volumes/demo_data")[0] == 200


def test_a_changed_setting_affects_only_its_service(engine, daemon):
    daemon.apply(demo({"web": service(environment={"A": "1"}), "db": service()}))
    db = engine.inspect("demo-db-1")["Id"]
    daemon.apply(demo({"web": service(environment={"A": "2"}), "db": service()}))
    assert "A=2" in engine.inspect("demo-web-1")["Config"]["Env"]
    assert engine.inspect("demo-db-1")["Id"] == db
    assert engine.names() == ["demo-db-1", "demo-web-1"]


def test_another_project_name_replaces_the_old_project(engine, daemon):
    daemon.apply(demo({"web": service(ports=["127.0.0.1:18085:80"])}))
    daemon.apply({"compose": {"name": "other", "services": {"web": service(ports=["127.0.0.1:18085:80"])}}})
    assert engine.names("demo") == [] and engine.names("other") == ["other-web-1"]


def test_settings_without_services_remove_nothing(engine, daemon):
    """Neither the services that ran before, nor a foreign project that happens to have the default name."""
    foreign = engine.ok("POST", "/containers/create?name=compose-db-1", {"Image": IMAGE, "Cmd": ["sleep", "9"], "Labels": {
        "com.docker.compose.project": "compose", "com.docker.compose.service": "db", "com.docker.compose.oneoff": "False",
        "com.docker.compose.container-number": "1", "com.docker.compose.config-hash": "x"}})["Id"]
    daemon.apply(demo({"web": service()}))
    for settings in ({}, {"compose": {"services": {}}}):
        daemon.apply(settings)
        daemon.run("reconcile", "--wait", check=0)
        assert engine.running("demo-web-1") and engine.inspect(foreign)
    assert any(part["name"] == "project.demo" for part in daemon.status()["parts"])
    assert "demo-web-1" in daemon.run("down", check=0).stdout
    assert engine.names() == [] and engine.inspect(foreign)


def test_a_leaving_project_is_removed_even_after_a_crash(engine, daemon):
    daemon.apply(demo({"web": service()}))
    daemon.apply(demo({"web": service(scale=5)}))
    before = daemon.status()["settings"]["sequence"]
    engine.stop()
    daemon.apply({"compose": {"name": "other", "services": {"web": service()}}}, wait=None)
    wait_for(lambda: daemon.status()["settings"]["sequence"] > before, "the settings are accepted")
    daemon.kill()
    engine.start()
    daemon.start()
    daemon.converged()
    assert engine.names("demo") == [] and engine.names("other") == ["other-web-1"]


def test_a_plan_for_another_project_shows_what_would_be_removed(engine, daemon):
    daemon.apply(demo({"web": service()}))
    shown = daemon.run("plan", daemon.write("other.json", {"compose": {"name": "other", "services": {"web": service()}}}), check=3)
    assert "demo-web-1" in shown.stdout and "other-web-1" in shown.stdout
    assert engine.running("demo-web-1")


def test_down_is_finished_when_the_engine_comes_back(engine, daemon):
    daemon.apply(demo({"web": service()}))
    engine.stop()
    assert daemon.run("down").returncode == 1
    daemon.kill()
    engine.start()
    daemon.start()
    wait_for(lambda: engine.names() == [], "removed in the end")
    wait_for(lambda: daemon.status()["state"] == "idle", "idle")


def test_pause_and_resume_survive_a_restart(engine, daemon):
    daemon.apply(demo({"web": service()}))
    daemon.run("pause", check=0)
    daemon.kill()
    daemon.start()
    assert daemon.status()["state"] == "paused"
    daemon.run("resume", check=0)
    daemon.kill()
    daemon.start()
    daemon.converged()


def test_a_rejection_is_still_reported_after_a_restart(engine, daemon):
    daemon.apply(demo({"web": service()}))
    deliver_invalid_settings(daemon)
    daemon.kill()
    daemon.start()
    status = daemon.status()
    assert status["settings"]["state"] == "rejected" and status["settings"]["errors"][0]["path"] == "/nope"
    daemon.apply(demo({"web": service()}))
    daemon.kill()
    daemon.start()
    assert daemon.status()["settings"]["state"] == "accepted"


def test_settings_of_a_newer_version_stay_in_the_spool_and_a_fallback_copy_is_reported(engine, daemon):
    state = daemon.root / "var/lib/dockerextd"
    daemon.apply(demo({"web": service()}))
    daemon.apply(demo({"web": service(), "db": service()}))
    newer = state / "spool/new/99-newer.json"
    temporary = state / "spool/tmp/newer"
    temporary.write_text('{"version": 2}')
    temporary.chmod(0o600)
    temporary.rename(newer)
    wait_for(lambda: daemon.status()["settings"]["state"] == "pending", "the settings are pending")
    assert "newer version of dockerextd" in " ".join(daemon.run("status", check=0).stdout.split()) and newer.exists()
    assert daemon.service("db")["state"] == "running"
    newer.unlink()

    daemon.stop()
    (state / "settings.json").write_text("torn")
    daemon.start()
    wait_for(lambda: daemon.status()["state"] == "degraded", "a fallback copy is not reported as converged")
    part = next(part for part in daemon.status()["parts"] if part["name"] == "settings")
    assert part["state"] == "failed" and "settings.json is unreadable" in part["message"]
    daemon.apply(demo({"web": service()}))
    assert daemon.converged()


def test_settings_in_force_that_would_be_refused_as_new_ones_are_accepted_again(engine, daemon):
    """After an upgrade: a version that did not know dockerd's options has accepted one that does not exist."""
    settings = {**demo({"web": service()}), "docker": {"options": ["--no-such-option"]}}
    deliver(daemon, 2, settings)
    wait_for(lambda: daemon.status()["settings"]["state"] == "rejected", "new settings with it are rejected")
    (daemon.root / "status").mkdir(exist_ok=True)
    deliver(daemon, 3, demo({"web": service()}))
    wait_for(lambda: daemon.status()["settings"]["state"] == "accepted", daemon.status)
    daemon.converged()
    before = engine.inspect("demo-web-1")["Id"]
    daemon.stop()
    stored = daemon.root / "var/lib/dockerextd/settings.json"
    sealed.write(stored, {**sealed.read(stored), "settings": json.dumps(settings)})
    daemon.start()
    assert daemon.status()["settings"]["state"] == "accepted"
    deliver(daemon, 4, settings)
    wait_for(lambda: daemon.status()["settings"]["sequence"] == 4, daemon.status)
    assert daemon.status()["settings"]["state"] == "accepted"
    deliver(daemon, 5, {**settings, "docker": {"options": ["--no-such-option", "--debug"]}})
    wait_for(lambda: daemon.status()["settings"]["sequence"] == 5, daemon.status)
    assert daemon.status()["settings"]["state"] == "rejected", "other settings are new ones"
    assert engine.inspect("demo-web-1")["Id"] == before


def test_the_spool_is_recreated_after_its_removal(engine, daemon):
    spool = daemon.root / "var/lib/dockerextd/spool"
    removed = spool.rename(spool.with_name("removed"))  # the daemon creates it again while it is being emptied
    shutil.rmtree(removed)
    daemon.apply(demo({"web": service()}))
    assert engine.running("demo-web-1")


def test_a_folder_of_the_spool_is_recreated_after_its_removal(engine, daemon):
    (daemon.root / "var/lib/dockerextd/spool/rejected").rmdir()
    deliver_invalid_settings(daemon)
    wait_for(lambda: len(list((daemon.root / "var/lib/dockerextd/spool/rejected").glob("*.reason"))) == 1, "rejected in the end")
    daemon.apply(demo({"web": service()}))


def test_completed_jobs_stay_completed(engine, daemon):
    daemon.apply(demo({"job": service("true"), "web": service(depends_on={"job": {"condition": "service_completed_successfully"}})}))
    job = engine.inspect("demo-job-1")["State"]["StartedAt"]
    daemon.run("reconcile", "--wait", check=0)
    daemon.stop()
    daemon.start()
    daemon.converged()
    assert engine.inspect("demo-job-1")["State"]["StartedAt"] == job
    assert daemon.service("job")["state"] == "completed"


def test_scale_up_and_down(engine, daemon):
    daemon.apply(demo({"web": service(scale=3)}))
    assert engine.names() == ["demo-web-1", "demo-web-2", "demo-web-3"]
    daemon.apply(demo({"web": service(scale=1)}))
    assert engine.names() == ["demo-web-1"]


def test_dry_run_and_plan_change_nothing(engine, daemon):
    file = daemon.write("s.json", demo({"web": service()}))
    for command in (["apply", "--dry-run", file], ["plan", file]):
        shown = daemon.run(*command, check=3).stdout
        assert "demo-web-1" in shown
    assert engine.names() == [] and daemon.status()["state"] == "idle"


def test_down_removes_only_our_objects_and_keeps_volumes(engine, daemon):
    foreign = engine.ok("POST", "/containers/create?name=foreign", {"Image": IMAGE, "Cmd": ["sleep", "9"]})["Id"]
    daemon.apply(demo({"web": service(volumes=["data:/data"])}, volumes={"data": None}))
    daemon.run("down", check=0)
    assert engine.names() == [] and engine.inspect(foreign)
    assert engine.call("GET", "/networks/demo_default")[0] == 404
    assert engine.call("GET", "/volumes/demo_data")[0] == 200
    assert daemon.status()["state"] == "idle"
    daemon.stop()
    daemon.start()
    assert daemon.status()["state"] == "idle"


def test_down_removes_volumes_when_asked_to(engine, daemon):
    engine.ok("POST", "/volumes/create", {"Name": "foreign"})
    daemon.apply(demo({"web": service(volumes=["data:/data"])}, volumes={"data": None}))
    assert "demo_data" in daemon.run("down", "--volumes", check=0).stdout
    assert engine.call("GET", "/volumes/demo_data")[0] == 404
    assert engine.call("GET", "/volumes/foreign")[0] == 200


def test_secrets_in_names_are_not_shown(engine, daemon):
    canary = "canary7f3a91c2"
    settings = demo({"web": {**service(), "image": "127.0.0.1:1/${TOKEN}:1", "container_name": "${TOKEN}"}})
    daemon.apply(settings, {"environment": {"TOKEN": canary}}, wait=None)
    wait_for(lambda: daemon.service("web")["attempts"] > 0, "pull failed")
    engine.import_image(f"127.0.0.1:1/{canary}:1")
    daemon.run("reconcile", "--wait", check=0)
    assert engine.running(canary)
    shown = [daemon.log(), json.dumps(daemon.status()), json.dumps(daemon.history())]
    shown += [daemon.run(*command).stdout for command in (["status"], ["plan"], ["explain", "web"], ["history"])]
    shown += [path.read_text(errors="replace") for path in (daemon.root / "var/lib/dockerextd").glob("journal*")]
    for text in shown:
        assert canary not in text


def test_secrets_do_not_leak(engine, daemon):
    canary = "canary-7f3a91c2"
    settings = {"compose": {"name": "demo", "services": {
        "web": service("sleep ${TIME}", environment=["TOKEN"], labels={"who": "${TOKEN}"}),
        "bad": service(f"/no/such/${{TOKEN}}")}}, "compose-environment": {"TIME": "1000"}}
    daemon.apply(settings, {"environment": {"TOKEN": canary}}, wait=None)
    wait_for(lambda: engine.running("demo-web-1") and daemon.service("bad")["attempts"] > 0, "web runs, bad has failed")
    assert f"TOKEN={canary}" in engine.inspect("demo-web-1")["Config"]["Env"]
    shown = [daemon.log()]
    for command in (["status", "--json"], ["status"], ["plan"], ["plan", "--json"], ["history"], ["history", "--json"],
                    ["explain", "web"], ["explain", "bad"], ["explain", "bad", "--json"]):
        done = daemon.run(*command)
        shown.append(done.stdout + done.stderr)
    daemon.apply(settings, {"environment": {"TOKEN": "new-" + canary}}, wait=None)
    wait_for(lambda: f"TOKEN=new-{canary}" in str(engine.inspect("demo-web-1")), "secret changed")
    shown += [daemon.run("history").stdout, daemon.run("plan").stdout, daemon.log()]
    pid = daemon.process.pid
    shown += [open(f"/proc/{pid}/cmdline").read(), open(f"/proc/{pid}/environ").read()]
    for text in shown:
        assert canary not in text
    daemon.stop()  # no file changes any more
    state = daemon.root / "var/lib/dockerextd"
    for path in state.rglob("*"):
        if path.is_file() and not path.is_symlink():
            holds = canary in path.read_text(errors="replace")
            assert not holds or (path.stat().st_mode & 0o77) == 0, f"{path} shows the secret"
            assert not holds or path.name.startswith("settings"), f"{path} need not hold the secret"
    assert state.stat().st_mode & 0o77 == 0


def test_operators_exit_codes(engine, daemon):
    assert daemon.run("status").returncode == 0
    assert daemon.run("nonsense").returncode == 2
    assert daemon.run("validate", daemon.write("bad.json", "{")).returncode == 2
    assert daemon.run("validate", daemon.write("good.json", "{ /* fine */ }")).returncode == 0
    daemon.stop()
    assert daemon.run("status").returncode == 4
    spooled = daemon.run("apply", daemon.write("s.json", demo({"web": service()})))
    assert spooled.returncode == 0
    daemon.start()
    daemon.converged()
    assert engine.running("demo-web-1")


def test_a_pause_shows_what_happens_and_changes_nothing(engine, daemon):
    daemon.apply(demo({"web": service()}))
    daemon.run("pause", check=0)
    engine.ok("DELETE", "/containers/demo-web-1?force=1")
    wait_for(lambda: daemon.service("web")["reason"] == "would repair after the pause: not created yet", daemon.status)
    status = daemon.status()
    assert status["state"] == "paused" and status["services"][0]["containers"] == [], status
    assert "create demo-web-1" in daemon.run("plan", check=3).stdout
    assert engine.names() == []
    daemon.kill()
    daemon.start()
    wait_for(lambda: daemon.status()["services"] and "would repair" in daemon.service("web")["reason"], daemon.status)
    assert engine.names() == []
    daemon.run("resume", check=0)
    daemon.converged()
    assert engine.running("demo-web-1")


@pytest.fixture
def small_state(daemon):
    """The state folder of the daemon, on a disk of 1 MB."""
    state = daemon.root / "var/lib/dockerextd"
    daemon.stop()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "small", state], check=True)
    try:
        daemon.start()
        yield state
    finally:
        try:
            daemon.stop()
        finally:
            subprocess.run(["umount", "-l", state], check=True)


def test_a_full_state_folder_is_told_until_there_is_space_again(engine, daemon, small_state):
    daemon.apply(demo({"web": service()}))
    filler = small_state / "filler"
    with pytest.raises(OSError), open(filler, "wb", 0) as file:
        while True:
            file.write(bytes(4096))
    engine.ok("POST", "/containers/demo-web-1/stop?t=0")
    def part():
        return next((part for part in daemon.status()["parts"] if part["name"] == "daemon.state"), None)
    wait_for(lambda: engine.running("demo-web-1") and part(), daemon.status)
    status = daemon.status()
    assert status["state"] == "degraded" and part()["state"] == "failed", status
    assert "No space left on device" in part()["message"] and "free some space there" in part()["message"], part()
    assert str(small_state) in part()["message"], part()
    filler.unlink()
    daemon.converged(60)
    assert part() is None
