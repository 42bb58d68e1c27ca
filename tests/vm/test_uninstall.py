"""What uninstalling the extension does to an engine that it has installed: it stays, or is removed if the settings say so; data
stays. The handler is run like the agent runs it; tests/agent has the agent itself."""

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
    """The handler's zip of the build under test; built here if `check` has not built it."""
    return Path(os.environ.get("DOCKEREXTD_HANDLER") or debian.run(PROJECT / "config/handler/build", BINARY.parents[1]).split()[-1])


class Extension:
    """The extension on a machine, and the agent's commands to it (handler-contract §3, §5)."""

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

    def command(self, name, check=0):
        """Runs the command; returns its standard error, which the agent shows."""
        line = f"cd {HANDLER} && ConfigSequenceNumber=0 {self.commands[f'{name}Command']}"
        return self.machine.run("sh", "-c", line, check=check, timeout=300).stderr

    def deploy(self, settings):
        self.machine.sh(f"rm -f {HANDLER}/status/* {HANDLER}/spooled")  # as in the new folder that the agent makes
        self.machine.write(f"{HANDLER}/config/0.settings", {"runtimeSettings": [{"handlerSettings": {"publicSettings": settings}}]})
        self.command("install")
        self.command("enable")
        wait_for(lambda: self.state() == "success", lambda: f"success: {self.machine.report()}", 300)

    def state(self):
        return json.loads(self.machine.read(f"{HANDLER}/status/0.status"))[0]["status"]["status"]

    def uninstall(self, check=0):
        self.command("disable")
        return self.command("uninstall", check)

    def leftovers(self):
        places = "/usr/local/bin/dockerextd /etc/systemd/system/dockerextd.service /var/lib/dockerextd"
        return self.machine.sh(f"ls -d {places} 2>/dev/null || true").split()


@pytest.fixture
def extension(handler, tmp_path):
    return lambda machine: Extension(machine, handler, tmp_path)


def installed(machine):
    """The installed packages of the engine."""
    shown = machine.run("dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", "docker.io", "docker-cli").stdout
    return [line.split()[0] for line in shown.splitlines() if line.endswith(" installed")]


def make_volume(machine):
    machine.sh(f"docker volume create kept && echo data >{VOLUME}")


def test_an_engine_that_we_installed_is_removed_if_the_settings_say_so(bare, extension):
    ours = extension(bare)
    ours.deploy(REMOVE)
    make_volume(bare)
    assert "docker.io" in installed(bare)
    # Removal fails: everything stays, and the message says why and what to do.
    bare.sh("apt-mark hold docker.io")
    message = ours.uninstall(check=1)
    assert "Held packages" in message and "dockerextd remove-engine" in message and len(message) < 1500, message
    assert len(ours.leftovers()) == 3 and bare.unit("ActiveState", unit="docker") == "active"
    # Now removal succeeds.
    bare.sh("apt-mark unhold docker.io")
    ours.command("uninstall")
    assert installed(bare) == [] and ours.leftovers() == []
    assert bare.run("pidof", "dockerd").returncode == 1
    assert bare.read(VOLUME) == "data\n"
    assert bare.read("/etc/docker/daemon.json") == "{}\n" and not bare.exists("/etc/systemd/system/docker.service.d/50-dockerextd.conf")
    # A new installation finds the old data.
    ours.deploy(REMOVE)
    assert bare.sh("docker volume ls -q") == "kept\n"


def test_by_default_the_engine_stays_and_keeps_running(bare, extension):
    ours = extension(bare)
    ours.deploy({})
    make_volume(bare)
    before = bare.unit("MainPID", unit="docker")
    ours.uninstall()
    assert "docker.io" in installed(bare) and ours.leftovers() == []
    assert bare.unit("MainPID", unit="docker") == before
    assert bare.read(VOLUME) == "data\n"


def test_an_update_removes_nothing(bare, extension):
    ours = extension(bare)
    ours.deploy(REMOVE)
    before = bare.unit("MainPID", unit="docker")
    for command in ("disable", "update", "uninstall"):
        ours.command(command)
    assert "docker.io" in installed(bare) and bare.unit("MainPID", unit="docker") == before
    # After the update, an uninstallation removes the engine that the previous version has installed.
    ours.deploy(REMOVE)
    ours.uninstall()
    assert installed(bare) == []


def test_an_engine_that_we_did_not_install_stays_with_its_configuration(fresh, extension):
    ours = extension(fresh)
    ours.deploy(REMOVE)
    before = fresh.unit("MainPID", unit="docker")
    ours.uninstall()
    assert "docker.io" in installed(fresh) and ours.leftovers() == []
    assert fresh.unit("MainPID", unit="docker") == before
    assert json.loads(fresh.read("/etc/docker/daemon.json")) == {"debug": True}
