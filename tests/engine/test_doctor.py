"""`dockerextd doctor` on a real engine: what is broken is named, with a remedy, also without a daemon or an engine."""

import json
import os
import socket
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from harness import IMAGE, demo, service, wait_for

SCHEMA = Draft202012Validator(json.loads((Path(__file__).resolve().parents[2] / "config/doctor.schema.json").read_text()))
SECRET = "correct-horse-battery-staple"


def examine(daemon, docker_host=None):
    """The checks by id, validated against the schema, and the exit code."""
    done = daemon.run("--docker-host", docker_host or daemon.docker_host, "doctor", "--json")
    report = json.loads(done.stdout)
    SCHEMA.validate(report)
    assert SECRET not in done.stdout + done.stderr and done.stderr == ""
    assert done.returncode == {"ok": 0, "warning": 3, "error": 1}[report["state"]]
    return {check["id"]: check for check in report["checks"]}


def examine_answering(daemon):
    """The same, when the engine has answered all questions in time: doctor gives it a few seconds."""
    def answered():
        checks = examine(daemon)
        return checks["engine.answers"]["state"] == "ok" and checks["engine.log-rotation"]["state"] != "skipped" and checks
    return wait_for(answered, "the engine answers doctor in time")


def expect(checks, id, state, *words):
    check = checks[id]
    assert check["state"] == state and all(word in check["message"] for word in words), check


def text_of(daemon):
    return daemon.run("--docker-host", daemon.docker_host, "doctor").stdout


def run_container(engine, name, **more):
    engine.ok("POST", f"/containers/create?name={name}", {"Image": IMAGE, "Cmd": ["sleep", "1000"], **more})
    engine.ok("POST", f"/containers/{name}/start")


def test_a_sound_machine(engine, daemon):
    log = {"logging": {"driver": "json-file", "options": {"max-size": "1m"}}}
    daemon.apply(demo({"web": service(**log)}))
    checks = examine_answering(daemon)
    for id in ("daemon.answers", "daemon.program", "daemon.converged", "daemon.settings", "state.stored-settings", "state.spool",
               "engine.answers", "engine.version", "engine.log-rotation", "compose.model", "compose.updaters", "compose.project",
               "compose.platforms", "security.api", "security.socket"):
        expect(checks, id, "ok")
    expect(checks, "systemd.unit", "skipped", "another root")
    expect(checks, "azure.metadata", "skipped", "not a machine in Azure")
    text = text_of(daemon)
    assert "skipped" in text and all(len(line) <= 80 or str(daemon.root) in line for line in text.splitlines())


@pytest.fixture
def open_engine(engine):
    """The engine listens on the network, too."""
    engine.stop()
    try:
        engine.start("-H", "tcp://0.0.0.0:12375", "--tls=false")  # otherwise dockerd sleeps for 16 s first
        yield engine
    finally:
        engine.stop()
        engine.start()


def test_what_is_broken_around_the_engine_is_named(open_engine, daemon):
    engine = open_engine
    daemon.apply(demo({"web": service()}), {"environment": {"PASSWORD": SECRET}})
    engine.ok("POST", f"/images/{IMAGE}/tag?repo=local/watchtower&tag=1")
    run_container(engine, "tower", Image="local/watchtower:1")
    engine.ok("POST", "/containers/create?name=theirs", {"Image": IMAGE, "Cmd": ["true"], "Labels": {
        "com.docker.compose.project": "demo", "com.docker.compose.service": "theirs", "com.docker.compose.oneoff": "True",
        "com.docker.compose.project.config_files": "/srv/demo/compose.yml"}})
    engine.ok("POST", "/networks/create", {"Name": "office", "IPAM": {"Config": [{"Subnet": "172.30.5.0/24"}]}})
    daemon.write("proc/net/route", "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"
                                   "vpn0 00001EAC 00000000 1 0 0 0 0000FFFF 0 0 0\n")
    daemon.write("proc/sys/net/ipv4/ip_forward", "0\n")
    daemon.write("etc/resolv.conf", "nameserver 127.0.0.1\n")
    daemon.write("etc/docker/daemon.json", "{\n")
    daemon.write("etc/systemd/system/demo.service",
                 "[Service]\nWorkingDirectory=/srv/demo\nExecStart=/usr/bin/docker compose up\n")
    os.chmod(engine.socket, 0o666)
    os.chmod(daemon.root / "var/lib/dockerextd", 0o755)
    checks = examine_answering(daemon)
    expect(checks, "engine.log-rotation", "warning", "demo-web-1", "tower")
    expect(checks, "compose.updaters", "warning", "tower (local/watchtower:1)")
    expect(checks, "compose.project", "warning", "theirs (/srv/demo/compose.yml)")
    expect(checks, "compose.units", "warning", "demo.service runs docker compose for project demo")
    expect(checks, "network.overlap", "error", "network office (172.30.5.0/24)", "172.30.0.0/16 (vpn0)")
    expect(checks, "network.forwarding", "error", "ip_forward")
    expect(checks, "dns.nameservers", "warning", "127.0.0.1", "8.8.8.8")
    expect(checks, "engine.daemon-json", "error", "dockerd does not start with it")
    expect(checks, "security.api", "error", "tcp://0.0.0.0:12375 without TLS")
    expect(checks, "security.socket", "error", "everybody")
    expect(checks, "state.permissions", "error", "others than root")
    text = text_of(daemon)
    assert "chmod 0660 /run/docker.sock" in text and "see settings.md#docker" in text
    os.chmod(engine.socket, 0o660)
    engine.ok("DELETE", "/containers/tower?force=1")
    engine.ok("DELETE", "/images/local/watchtower:1")


def test_without_a_daemon_and_without_an_engine(engine, daemon):
    daemon.apply(demo({"web": service()}), {"environment": {"PASSWORD": SECRET}})
    daemon.kill()
    engine.stop()
    checks = examine(daemon)
    expect(checks, "daemon.answers", "error", "does not answer")
    expect(checks, "daemon.converged", "skipped")
    expect(checks, "engine.answers", "error")
    expect(checks, "compose.model", "ok")
    expect(checks, "engine.log-rotation", "skipped", "the engine does not answer")
    engine.start()
    daemon.start()


def test_an_engine_that_hangs(daemon, tmp_path):
    path = tmp_path / "hangs.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen()
        checks = examine(daemon, f"unix://{path}")
    expect(checks, "engine.answers", "error", "hangs")
    expect(checks, "daemon.answers", "ok")


def test_a_paused_daemon_and_settings_that_wait(engine, daemon):
    daemon.apply(demo({"web": service()}))
    daemon.run("pause")
    expect(examine(daemon), "daemon.converged", "warning", "paused")
    spool = daemon.root / "var/lib/dockerextd/spool/new"
    daemon.kill()
    entry = spool / "00000000000000000001-x"
    entry.write_text("{}")
    os.utime(entry, (1, 1))
    expect(examine(daemon), "state.spool", "error", "1 submitted settings")
    daemon.start()
