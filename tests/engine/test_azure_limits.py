"""Azure ends a deployment after 90 minutes, so we do after 75, with the reason: of work, not of one life of the daemon."""

import datetime
import hashlib
import json
import os
import socket

import pytest
from handler import bring, told
from harness import demo, service, wait_for

LIMIT = datetime.timedelta(minutes=75)
HOPELESS = demo({"web": {**service(), "image": "127.0.0.1:1/nowhere:1"}})


class Kept:
    """The file in which the daemon keeps how long it has been at work."""

    def __init__(self, daemon):
        self.path = daemon.root / "var/lib/dockerextd/report-target.json"

    def content(self):
        return json.loads(self.path.read_text())["content"]

    def is_young(self):
        """The work has just begun, at least compared to LIMIT. Azure is told a moment before it is kept."""
        wait_for(lambda: self.content().get("unfinished", {}).get("lasted", LIMIT.total_seconds()) < 600, self.content)

    def age(self, by, seen):
        """As if the work had begun earlier by that much, and the daemon had last been seen so long ago."""
        content = self.content()
        content["unfinished"]["lasted"] += int(by.total_seconds())
        then = datetime.datetime.now(datetime.timezone.utc) - seen
        content["unfinished"]["asOf"] = then.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        text = json.dumps(content, separators=(",", ":"))
        self.path.write_text(f'{{"version":1,"sha256":"{hashlib.sha256(text.encode()).hexdigest()}","content":{text}}}')


def test_a_daemon_that_is_killed_again_and_again_tells_azure_in_time(daemon):
    (daemon.root / "status").mkdir()
    kept = Kept(daemon)
    bring(daemon, 3, HOPELESS)
    wait_for(lambda: "127.0.0.1:1" in told(daemon, 3)[1] and "unfinished" in kept.content(), lambda: told(daemon, 3))
    assert told(daemon, 3)[0] == "transitioning"
    away = datetime.timedelta(minutes=4)
    daemon.kill()
    kept.age(LIMIT - away - datetime.timedelta(minutes=3), away)
    daemon.start()
    wait_for(lambda: "127.0.0.1:1" in str(daemon.status()["services"]), "it is at work again")
    assert told(daemon, 3)[0] == "transitioning", "three minutes are left: enough for a slow machine to get here"
    daemon.kill()
    kept.age(datetime.timedelta(minutes=4), datetime.timedelta())
    daemon.start()
    def late():  # the service is failed between two attempts only, and its own error two minutes later
        state, message = told(daemon, 3)
        begin = "timed out after 75 minutes: 0 of 1 service is in the desired state; "
        return state == "error" and message.startswith(begin) and "web: failed" in message
    wait_for(late, lambda: told(daemon, 3))


@pytest.fixture
def late(daemon):
    """What is kept by a daemon that has been at work on HOPELESS, under the number 3, for too long."""
    (daemon.root / "status").mkdir()
    kept = Kept(daemon)
    bring(daemon, 3, HOPELESS)
    wait_for(lambda: told(daemon, 3)[0] and "unfinished" in kept.content(), "it is at work")
    daemon.kill()
    kept.age(LIMIT, datetime.timedelta())
    daemon.start()
    wait_for(lambda: told(daemon, 3)[0] == "error", lambda: told(daemon, 3))
    return kept


def test_other_settings_have_all_the_time_and_what_is_done_has_no_past(daemon, late):
    bring(daemon, 4, demo({"web": {**service(), "image": "127.0.0.1:1/nowhere:2"}}))
    wait_for(lambda: "nowhere:2" in told(daemon, 4)[1], lambda: told(daemon, 4))
    assert told(daemon, 4)[0] == "transitioning"
    late.is_young()
    bring(daemon, 5, demo({"web": service()}))
    wait_for(lambda: told(daemon, 5)[0] == "success", lambda: told(daemon, 5))
    wait_for(lambda: "unfinished" not in late.content(), late.content)


def test_the_same_deployed_again_has_all_the_time_and_is_tried_at_once(daemon, late):
    wait_for(lambda: daemon.service("web")["attempts"] >= 3, "it has to wait")
    bring(daemon, 3, HOPELESS)  # as each restart of the agent does
    wait_for(lambda: not os.listdir(daemon.root / "var/lib/dockerextd/spool/new"), "taken")
    web = daemon.service("web")
    assert web["attempts"] >= 3
    bring(daemon, 4, HOPELESS)
    wait_for(lambda: (daemon.service("web")["since"] or "") > web["since"], "tried as if for the first time")
    wait_for(lambda: told(daemon, 4)[0], "told")
    assert told(daemon, 4)[0] == "transitioning"
    late.is_young()


def test_what_was_not_done_before_a_pause_is_no_success(daemon):
    (daemon.root / "status").mkdir()
    bring(daemon, 3, demo({"web": service()}))
    wait_for(lambda: told(daemon, 3)[0] == "success", lambda: told(daemon, 3))
    daemon.run("pause", check=0)
    wait_for(lambda: "paused" in told(daemon, 3)[1], lambda: told(daemon, 3))
    assert told(daemon, 3)[0] == "success"
    bring(daemon, 4, demo({"web": service(environment={"KEY": "new"})}))
    wait_for(lambda: "paused" in told(daemon, 4)[1], lambda: told(daemon, 4))
    assert told(daemon, 4)[0] == "transitioning"
    daemon.run("resume", check=0)
    wait_for(lambda: told(daemon, 4)[0] == "success", lambda: told(daemon, 4))


def test_a_status_that_is_gone_is_told_again(daemon):
    (daemon.root / "status").mkdir()
    bring(daemon, 3, demo({"web": service()}))
    wait_for(lambda: told(daemon, 3)[0] == "success", lambda: told(daemon, 3))
    (daemon.root / "status/3.status").unlink()
    daemon.run("reconcile", check=0)  # or within a minute by itself
    wait_for(lambda: told(daemon, 3)[0] == "success", "there again")


def test_nothing_is_told_of_services_before_the_first_look(daemon, tmp_path):
    (daemon.root / "status").mkdir()
    bring(daemon, 3, demo({"web": service()}))
    wait_for(lambda: told(daemon, 3)[0] == "success", lambda: told(daemon, 3))
    before = told(daemon, 3)
    daemon.kill()
    there, daemon.docker_host = daemon.docker_host, f"unix://{tmp_path}/hung.sock"
    with socket.socket(socket.AF_UNIX) as hung:  # takes connections and never answers
        hung.bind(f"{tmp_path}/hung.sock")
        hung.listen()
        daemon.start()
        assert daemon.service("web")["reason"] == "not checked yet"
        assert told(daemon, 3) == before or daemon.status()["engine"]["state"] == "not answering"
        wait_for(lambda: "have not been checked yet; engine: not answering" in told(daemon, 3)[1], lambda: told(daemon, 3))
        daemon.stop()
    daemon.docker_host = there
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
    bring(daemon, 3, demo({"other": service()}))
    wait_for(lambda: told(daemon, 3)[0] == "error", lambda: told(daemon, 3))
    assert f"{state}/settings.json' was written by a newer dockerextd (format 2, this one reads 1)" in told(daemon, 3)[1]
    assert "newer dockerextd" in daemon.run("status", check=3).stdout
    assert "newer dockerextd" in daemon.run("down", check=1).stderr
    engine.ok("POST", "/containers/demo-web-1/stop?t=0")
    daemon.stop()
    assert (state / "settings.json").read_text() == theirs and os.listdir(state / "spool/new")
    assert engine.names() == ["demo-web-1"] and not engine.running("demo-web-1")
    (state / "settings.json").write_text(ours)  # the newer version is back
    engine.ok("POST", "/containers/demo-web-1/start")
    daemon.start()
    wait_for(lambda: told(daemon, 3)[0] == "success", lambda: told(daemon, 3))
    assert engine.names() == ["demo-other-1"]
