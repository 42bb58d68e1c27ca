"""The VM Application of Azure Compute Gallery: its commands are run as Azure runs them, on machines without a network."""

import json
import os
from pathlib import Path

import debian
import pytest
from harness import BINARY, demo, service, without_monitoring

PROJECT = Path(__file__).parents[2]
GALLERY = json.loads((PROJECT / "config/vm-application/gallery.json").read_text())
MANAGER = "/var/lib/waagent/Microsoft.CPlat.Core.VMApplicationManagerLinux"
UNITS = "/etc/systemd/system/dockerextd.service /etc/systemd/system/dockerextd-retry.timer"
WEB = service(restart="always")


@pytest.fixture(scope="session")
def archive():
    path = os.environ.get("DOCKEREXTD_VM_APPLICATION") or \
        debian.run(PROJECT / "config/vm-application/build", BINARY.parents[1]).split()[-1]
    return Path(path).read_bytes()


class Gallery:
    """What Azure does: a folder for each version, with the package and the settings under their given names."""

    def __init__(self, machine, archive):
        self.machine, self.archive = machine, archive

    def run(self, action, version="1.0.0", settings=None, check=0):
        folder, names = f"{MANAGER}/dockerextd/{version}", GALLERY["settings"]
        self.machine.write(f"{folder}/{names['packageFileName']}", self.archive)
        if settings is not None:
            self.machine.write(f"{folder}/{names['configFileName']}", without_monitoring(settings))
        return self.machine.run("sh", "-c", f"cd {folder} && {GALLERY['manageActions'][action]}", check=check)


def test_install_update_and_remove(fresh, archive):
    gallery = Gallery(fresh, archive)
    gallery.run("install", settings=demo({"web": WEB}))
    assert fresh.running("demo-web-1") and fresh.status()["state"] == "converged"
    started, daemon = fresh.started("demo-web-1"), fresh.main_pid()

    gallery.run("update", "1.1.0", demo({"web": WEB, "cache": WEB}))
    assert fresh.names() == ["demo-cache-1", "demo-web-1"]
    assert fresh.started("demo-web-1") == started and fresh.main_pid() != daemon

    fresh.reboot()
    fresh.converged(60)

    fresh.sh("mkdir -p /var/lib/dockerextd/project/data")
    started = fresh.started("demo-web-1")
    gallery.run("remove", "1.1.0")
    assert fresh.names() == ["demo-cache-1", "demo-web-1"] and fresh.started("demo-web-1") == started
    assert fresh.sh(f"ls -d {UNITS} /usr/local/*bin/dockerextd* /run/dockerextd 2>/dev/null || true") == ""
    assert fresh.sh("ls /var/lib/dockerextd").split() == ["project"]

    gallery.run("install", "1.1.0", demo({"web": WEB}))
    assert fresh.names() == ["demo-web-1"] and fresh.started("demo-web-1") == started


def test_invalid_settings_fail_and_leave_everything_as_it_was(fresh, archive):
    gallery = Gallery(fresh, archive)
    gallery.run("install", settings=demo({"web": WEB}))
    started = fresh.started("demo-web-1")
    done = gallery.run("update", "1.1.0", demo({"web": {**WEB, "imagee": "x"}}), check=None)
    assert done.returncode != 0 and "imagee" in done.stderr, (done.stdout, done.stderr)
    assert fresh.started("demo-web-1") == started
    fresh.converged()


def test_a_machine_of_another_kind_or_with_the_extension_is_refused(fresh, archive):
    gallery = Gallery(fresh, archive)
    fresh.write("/usr/local/bin/uname", "#!/bin/sh\necho sparc\n", 0o755)
    done = gallery.run("install", settings=demo({"web": WEB}), check=1)
    assert "this machine is sparc" in done.stderr
    fresh.write("/usr/local/bin/uname", "#!/bin/sh\nexec /usr/bin/uname \"$@\"\n", 0o755)
    fresh.write("/usr/local/sbin/dockerextd-handler", "", 0o755)
    done = gallery.run("install", settings=demo({"web": WEB}), check=1)
    assert "delete one of the two" in done.stderr
    assert not fresh.exists("/usr/local/bin/dockerextd") and fresh.names() == []


def test_the_readme_has_the_commands_that_are_tested_here():
    readme = (PROJECT / "README.md").read_text()
    for command in GALLERY["manageActions"].values():
        assert command in readme, command
