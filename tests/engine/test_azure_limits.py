"""Azure ends a deployment after 90 minutes, so the daemon reports an error with the reason after 75. The time counts across
restarts of the daemon."""

import datetime
import os
import socket

import pytest
import sealed
from handler import deliver, reported
from harness import demo, service, wait_for

LIMIT = datetime.timedelta(minutes=75)
UNPULLABLE = demo({"web": {**service(), "image": "127.0.0.1:1/nowhere:1"}})


class StoredTarget:
    """The file in which the daemon stores how long it has worked on the current settings."""

    def __init__(self, daemon):
        self.path = daemon.root / "var/lib/dockerextd/report-target.json"

    def content(self):
        return sealed.read(self.path)

    def wait_until_recent(self):
        """Waits until the stored time is short compared to LIMIT: the report is written a moment before it."""
        wait_for(lambda: self.content().get("unfinished", {}).get("lasted", LIMIT.total_seconds()) < 600, self.content)

    def age(self, by, seen):
        """Lets the work begin earlier by `by`, and the daemon's last write be `seen` ago."""
        content = self.content()
        content["unfinished"]["lasted"] += int(by.total_seconds())
        then = datetime.datetime.now(datetime.timezone.utc) - seen
        content["unfinished"]["asOf"] = then.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        sealed.write(self.path, content)


def test_a_daemon_that_is_killed_repeatedly_still_reports_the_timeout(daemon):
    (daemon.root / "status").mkdir()
    stored = StoredTarget(daemon)
    deliver(daemon, 3, UNPULLABLE)
    wait_for(lambda: "127.0.0.1:1" in reported(daemon, 3)[1] and "unfinished" in stored.content(), lambda: reported(daemon, 3))
    assert reported(daemon, 3)[0] == "transitioning"
    downtime = datetime.timedelta(minutes=4)
    daemon.kill()
    stored.age(LIMIT - downtime - datetime.timedelta(minutes=3), downtime)
    daemon.start()
    wait_for(lambda: "127.0.0.1:1" in str(daemon.status()["services"]), "it works on the service again")
    assert reported(daemon, 3)[0] == "transitioning", "three minutes are left: enough for a slow machine to get here"
    daemon.kill()
    stored.age(datetime.timedelta(minutes=4), datetime.timedelta())
    daemon.start()
    def is_timed_out():  # the service is failed only between two attempts; its own error comes two minutes later
        state, message = reported(daemon, 3)
        begin = "timed out after 75 minutes: 0 of 1 service is in the desired state; "
        return state == "error" and message.startswith(begin) and "web: failed" in message
    wait_for(is_timed_out, lambda: reported(daemon, 3))


@pytest.fixture
def timed_out(daemon):
    """The stored target of a daemon that has worked on UNPULLABLE, sequence number 3, until the timeout."""
    (daemon.root / "status").mkdir()
    stored = StoredTarget(daemon)
    deliver(daemon, 3, UNPULLABLE)
    wait_for(lambda: reported(daemon, 3)[0] and "unfinished" in stored.content(), "it works on the service")
    daemon.kill()
    stored.age(LIMIT, datetime.timedelta())
    daemon.start()
    wait_for(lambda: reported(daemon, 3)[0] == "error", lambda: reported(daemon, 3))
    return stored


def test_new_settings_get_the_full_time_and_success_clears_it(daemon, timed_out):
    deliver(daemon, 4, demo({"web": {**service(), "image": "127.0.0.1:1/nowhere:2"}}))
    wait_for(lambda: "nowhere:2" in reported(daemon, 4)[1], lambda: reported(daemon, 4))
    assert reported(daemon, 4)[0] == "transitioning"
    timed_out.wait_until_recent()
    deliver(daemon, 5, demo({"web": service()}))
    wait_for(lambda: reported(daemon, 5)[0] == "success", lambda: reported(daemon, 5))
    wait_for(lambda: "unfinished" not in timed_out.content(), timed_out.content)


def test_redeployed_settings_get_the_full_time_and_are_tried_at_once(daemon, timed_out):
    wait_for(lambda: daemon.service("web")["attempts"] >= 3, "the service backs off")
    deliver(daemon, 3, UNPULLABLE)  # as each restart of the agent does
    wait_for(lambda: not os.listdir(daemon.root / "var/lib/dockerextd/spool/new"), "the settings are read")
    web = daemon.service("web")
    assert web["attempts"] >= 3
    deliver(daemon, 4, UNPULLABLE)
    wait_for(lambda: (daemon.service("web")["since"] or "") > web["since"], "tried without backoff")
    wait_for(lambda: reported(daemon, 4)[0], "reported")
    assert reported(daemon, 4)[0] == "transitioning"
    timed_out.wait_until_recent()


def test_settings_that_arrive_during_a_pause_are_no_success(daemon):
    (daemon.root / "status").mkdir()
    deliver(daemon, 3, demo({"web": service()}))
    wait_for(lambda: reported(daemon, 3)[0] == "success", lambda: reported(daemon, 3))
    daemon.run("pause", check=0)
    wait_for(lambda: "paused" in reported(daemon, 3)[1], lambda: reported(daemon, 3))
    assert reported(daemon, 3)[0] == "success"
    deliver(daemon, 4, demo({"web": service(environment={"KEY": "new"})}))
    wait_for(lambda: "paused" in reported(daemon, 4)[1], lambda: reported(daemon, 4))
    assert reported(daemon, 4)[0] == "transitioning"
    daemon.run("resume", check=0)
    wait_for(lambda: reported(daemon, 4)[0] == "success", lambda: reported(daemon, 4))


def test_a_removed_status_file_is_written_again(daemon):
    (daemon.root / "status").mkdir()
    deliver(daemon, 3, demo({"web": service()}))
    wait_for(lambda: reported(daemon, 3)[0] == "success", lambda: reported(daemon, 3))
    (daemon.root / "status/3.status").unlink()
    daemon.run("reconcile", check=0)  # or within a minute by itself
    wait_for(lambda: reported(daemon, 3)[0] == "success", "written again")


def test_no_service_is_reported_before_the_first_snapshot(daemon, tmp_path):
    (daemon.root / "status").mkdir()
    deliver(daemon, 3, demo({"web": service()}))
    wait_for(lambda: reported(daemon, 3)[0] == "success", lambda: reported(daemon, 3))
    before = reported(daemon, 3)
    daemon.kill()
    original, daemon.docker_host = daemon.docker_host, f"unix://{tmp_path}/hung.sock"
    with socket.socket(socket.AF_UNIX) as hung:  # accepts connections and never answers
        hung.bind(f"{tmp_path}/hung.sock")
        hung.listen()
        daemon.start()
        assert daemon.service("web")["reason"] == "not checked yet"
        assert reported(daemon, 3) == before or daemon.status()["engine"]["state"] == "not answering"
        wait_for(lambda: "have not been checked yet; engine: not answering" in reported(daemon, 3)[1], lambda: reported(daemon, 3))
        daemon.stop()
    daemon.docker_host = original
    daemon.start()


def test_an_older_version_leaves_the_state_of_a_newer_one_alone(engine, daemon):
    (daemon.root / "status").mkdir()
    daemon.apply(demo({"web": service()}))
    daemon.stop()
    state = daemon.root / "var/lib/dockerextd"
    ours = (state / "settings.json").read_text()
    theirs = ours.replace('{"version":1', '{"version":2', 1)
    (state / "settings.json").write_text(theirs)
    (state / "azure-status").write_text(str(daemon.root / "status/3.status"))
    daemon.start()
    deliver(daemon, 3, demo({"other": service()}))
    wait_for(lambda: reported(daemon, 3)[0] == "error", lambda: reported(daemon, 3))
    assert f"{state}/settings.json' was written by a newer dockerextd (format 2, this one reads 1)" in reported(daemon, 3)[1]
    assert "newer dockerextd" in daemon.run("status", check=3).stdout
    assert "newer dockerextd" in daemon.run("down", check=1).stderr
    engine.ok("POST", "/containers/demo-web-1/stop?t=0")
    daemon.stop()
    assert (state / "settings.json").read_text() == theirs and os.listdir(state / "spool/new")
    assert engine.names() == ["demo-web-1"] and not engine.running("demo-web-1")
    (state / "settings.json").write_text(ours)  # the newer version is back
    engine.ok("POST", "/containers/demo-web-1/start")
    daemon.start()
    wait_for(lambda: reported(daemon, 3)[0] == "success", lambda: reported(daemon, 3))
    assert engine.names() == ["demo-other-1"]
