"""What the extension's end does to an engine that it has installed: it stays, or goes when the settings ask for it; data stays.
The handler is run as the agent runs it; the agent itself: tests/agent."""

import json
import os
import zipfile
from pathlib import Path

import debian
import pytest
from conftest import PROJECT
from harness import BINARY, wait_for

HANDLER = "/var/lib/waagent/Dockerext.Test.DockerExtension-1.0.0"
REMOVE = {"docker": {"install": {"on-uninstall": "remove"}, "config": {"debug": True}, "options": ["--label=a=b"]}}
VOLUME = "/var/lib/docker/volumes/kept/_data/file"


@pytest.fixture(scope="session")
def handler():
    """The handler's zip of the build under test; made here when `check` has not made it."""
    return Path(os.environ.get("DOCKEREXTD_HANDLER") or debian.run(PROJECT / "config/handler/build", BINARY.parents[1]).split()[-1])


class Extension:
    """The extension on a machine, and the agent's orders to it (handler-contract §3, §5)."""

    def __init__(self, machine, handler, folder):
        self.machine = machine
        with zipfile.ZipFile(handler) as package:
            package.extractall(folder)
        self.commands = json.loads((folder / "HandlerManifest.json").read_text())[0]["handlerManifest"]
        machine.sh(f"mkdir -p {HANDLER}/config {HANDLER}/status")
        machine.host.docker("cp", f"{folder}/.", f"{machine.name}:{HANDLER}")
        machine.sh(f"chmod -R u+x {HANDLER}")
        machine.write(f"{HANDLER}/HandlerEnvironment.json", [{"version": 1.0, "handlerEnvironment": {
            "configFolder": f"{HANDLER}/config", "statusFolder": f"{HANDLER}/status", "logFolder": "/var/log/azure"}}])

    def order(self, command, check=0):
        """What it said to the agent."""
        line = f"cd {HANDLER} && ConfigSequenceNumber=0 {self.commands[f'{command}Command']}"
        return self.machine.run("sh", "-c", line, check=check, timeout=300).stderr

    def deploy(self, settings):
        self.machine.sh(f"rm -f {HANDLER}/status/* {HANDLER}/spooled")  # as in the fresh folder that the agent makes
        self.machine.write(f"{HANDLER}/config/0.settings", {"runtimeSettings": [{"handlerSettings": {"publicSettings": settings}}]})
        self.order("install")
        self.order("enable")
        wait_for(lambda: self.state() == "success", lambda: f"success: {self.machine.report()}", 300)

    def state(self):
        return json.loads(self.machine.read(f"{HANDLER}/status/0.status"))[0]["status"]["status"]

    def uninstall(self, check=0):
        self.order("disable")
        return self.order("uninstall", check)

    def traces(self):
        places = "/usr/local/bin/dockerextd /etc/systemd/system/dockerextd.service /var/lib/dockerextd"
        return self.machine.sh(f"ls -d {places} 2>/dev/null || true").split()


@pytest.fixture
def extension(handler, tmp_path):
    return lambda machine: Extension(machine, handler, tmp_path)


def installed(machine):
    """The engine's packages that are there."""
    shown = machine.run("dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", "docker.io", "docker-cli").stdout
    return [line.split()[0] for line in shown.splitlines() if line.endswith(" installed")]


def keep_something(machine):
    machine.sh(f"docker volume create kept && echo data >{VOLUME}")


def test_an_engine_that_we_installed_goes_with_us_when_the_settings_say_so(bare, extension):
    ours = extension(bare)
    ours.deploy(REMOVE)
    keep_something(bare)
    assert "docker.io" in installed(bare)
    # It cannot be: all stays, and the reason is told, with what to do.
    bare.sh("apt-mark hold docker.io")
    said = ours.uninstall(check=1)
    assert "Held packages" in said and "dockerextd remove-engine" in said and len(said) < 1500, said
    assert len(ours.traces()) == 3 and bare.unit("ActiveState", unit="docker") == "active"
    # Then it can.
    bare.sh("apt-mark unhold docker.io")
    ours.order("uninstall")
    assert installed(bare) == [] and ours.traces() == []
    assert bare.run("pidof", "dockerd").returncode == 1
    assert bare.read(VOLUME) == "data\n"
    assert bare.read("/etc/docker/daemon.json") == "{}\n" and not bare.exists("/etc/systemd/system/docker.service.d/50-dockerextd.conf")
    # And all of it again, with the data that was there.
    ours.deploy(REMOVE)
    assert bare.sh("docker volume ls -q") == "kept\n"


def test_by_default_it_stays_and_runs_on(bare, extension):
    ours = extension(bare)
    ours.deploy({})
    keep_something(bare)
    before = bare.unit("MainPID", unit="docker")
    ours.uninstall()
    assert "docker.io" in installed(bare) and ours.traces() == []
    assert bare.unit("MainPID", unit="docker") == before
    assert bare.read(VOLUME) == "data\n"


def test_an_update_takes_nothing_away(bare, extension):
    ours = extension(bare)
    ours.deploy(REMOVE)
    before = bare.unit("MainPID", unit="docker")
    for command in ("disable", "update", "uninstall"):
        ours.order(command)
    assert "docker.io" in installed(bare) and bare.unit("MainPID", unit="docker") == before
    # The update over, the end is meant; what the version before has installed is still known to be ours.
    ours.deploy(REMOVE)
    ours.uninstall()
    assert installed(bare) == []


def test_an_engine_that_was_there_before_us_stays_with_all_that_it_has(fresh, extension):
    ours = extension(fresh)
    ours.deploy(REMOVE)
    before = fresh.unit("MainPID", unit="docker")
    ours.uninstall()
    assert "docker.io" in installed(fresh) and ours.traces() == []
    assert fresh.unit("MainPID", unit="docker") == before
    assert json.loads(fresh.read("/etc/docker/daemon.json")) == {"debug": True}
