"""What operators reach for: restart, show, logs, history."""

import json
import os
import select
import signal
import subprocess

import harness
from harness import BINARY, demo, service, wait_for

WEB, DB = "demo-web-1", "demo-db-1"


def test_restart_restarts_the_containers_of_the_service_once(engine, daemon):
    daemon.apply(demo({"web": service(scale=2), "db": service()}))
    before = {name: engine.inspect(name)["State"]["StartedAt"] for name in (WEB, "demo-web-2", DB)}
    daemon.run("restart", "web", "--wait", check=0)
    after = {name: engine.inspect(name)["State"]["StartedAt"] for name in before}
    assert {name for name in before if after[name] != before[name]} == {WEB, "demo-web-2"}
    assert [each["verb"] for each in daemon.history() if "dockerextd restart" in each["reason"]] == ["restart"] * 2
    daemon.stop()
    daemon.start()
    daemon.converged()
    assert engine.inspect(WEB)["State"]["StartedAt"] == after[WEB]
    assert "no service 'nobody'" in daemon.run("restart", "nobody", check=1).stderr
    daemon.run("pause", check=0)
    assert "resume" in daemon.run("restart", "web", check=1).stderr


def test_a_restart_that_was_asked_for_survives_a_crash(engine, tmp_path):
    """The daemon is killed before its call reaches the engine."""
    relay = harness.Relay(tmp_path / "relay.sock", engine.socket)
    daemon = harness.Daemon(tmp_path / "root", relay.socket)
    daemon.start()
    try:
        daemon.apply(demo({"web": service()}))
        before = engine.inspect(WEB)["State"]["StartedAt"]
        process = daemon.process
        relay.answers = {b"/restart": b""}
        relay.on_trigger, relay.trigger = lambda: os.kill(process.pid, signal.SIGKILL), b"/restart"
        daemon.run("restart", "web", check=0)
        process.wait(60 * harness.TIMEOUT_FACTOR)
        assert engine.inspect(WEB)["State"]["StartedAt"] == before
        relay.answers = {}
        daemon.start()
        wait_for(lambda: engine.running(WEB) and engine.inspect(WEB)["State"]["StartedAt"] != before, "restarted")
    finally:
        daemon.stop()
        relay.close()


def test_show_prints_the_settings_in_force_without_secrets(engine, daemon):
    settings = demo({"web": service(environment={"TOKEN": "${TOKEN}"}, labels={"note": "canary-7731 in public"})})
    daemon.apply(settings, {"environment": {"TOKEN": "canary-7731"}})
    shown = daemon.run("show", check=0).stdout
    assert json.loads(shown)["compose"]["services"]["web"]["labels"]["note"] == "(hidden) in public"
    daemon.run("down", check=0)
    assert "no settings are in force" in daemon.run("show", check=1).stderr


def next_line(process):
    ready = select.select([process.stdout], [], [], 60 * harness.TIMEOUT_FACTOR)[0]
    assert ready, "it has written a line"
    return process.stdout.readline()


def test_logs_of_several_services_are_followed_across_a_replacement(engine, daemon):
    chatty = {"web": service("sh -c 'echo hello from $$HOSTNAME; sleep 1000'", hostname="one", stop_grace_period="0s"),
              "db": service("sh -c 'echo first; echo last; sleep 1000'")}
    daemon.apply(demo(chatty))
    wait_for(lambda: "hello" in daemon.run("logs", "web", check=0).stdout, "it has written")

    def lines():
        return [json.loads(line) for line in daemon.run("logs", "--json", check=0).stdout.splitlines()]
    expected = {(WEB, "hello from one"), (DB, "first"), (DB, "last")}
    wait_for(lambda: {(line["container"], line["text"]) for line in lines()} == expected, lines)
    assert daemon.run("logs", "db", "-n1", check=0).stdout == f"{DB} | last\n"
    assert all(line["time"].endswith("Z") for line in lines())
    follower = subprocess.Popen([BINARY, "--root", daemon.root, "logs", "-f", "web"], stdout=subprocess.PIPE, text=True)
    try:
        assert next_line(follower) == f"{WEB} | hello from one\n"
        chatty["web"]["hostname"] = "two"
        daemon.apply(demo(chatty))
        assert next_line(follower) == f"{WEB} | hello from two\n"
    finally:
        harness.end(follower, signal.SIGTERM)
        follower.stdout.close()


def test_history_is_selected_and_printed_as_lines(engine, daemon):
    daemon.apply(demo({"web": service(), "db": service()}))
    entries = [json.loads(line) for line in daemon.run("history", "--service", "db", "--json", check=0).stdout.splitlines()]
    assert entries and {entry["service"] for entry in entries} == {"db"}
    assert daemon.run("history", "--failed", check=0).stdout == "no actions in this period\n"
    assert "older actions are not shown" in daemon.run("history", "-n1", check=0).stdout
    assert daemon.run("history", "--until", "2020-01-01", check=0).stdout == "no actions in this period\n"


def test_down_says_nothing_of_the_engine_when_nothing_of_it_stays(engine, daemon):
    daemon.apply(demo({"web": service()}))
    assert "still in force" not in daemon.run("down", check=0).stdout


def test_a_reader_that_is_gone_ends_a_follower(engine, daemon):
    daemon.apply(demo({"web": service("sh -c 'while true; do echo x; sleep 0.1; done'", stop_grace_period="0s")}))
    reader, writer = os.pipe()
    follower = subprocess.Popen([BINARY, "--root", daemon.root, "logs", "-f"], stdout=writer, stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        assert select.select([reader], [], [], 60 * harness.TIMEOUT_FACTOR)[0] and os.read(reader, 1), "it has written"
        os.close(reader)
        follower.wait(60 * harness.TIMEOUT_FACTOR)
    finally:
        harness.end(follower, signal.SIGKILL)
