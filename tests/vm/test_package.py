"""The package: built, installed, upgraded, removed, purged."""

import subprocess

import disks
from harness import demo, service, wait_for

SERVICES = {"web": service(restart="always"), "db": service()}


def test_lintian_reports_nothing(package):
    done = subprocess.run(["lintian", "--allow-root", "--fail-on=error,warning", package], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_containers_survive_the_whole_life_of_an_installation(fresh, package, newer_package):
    """Installed, upgraded, downgraded, removed, installed again, purged: containers keep running throughout."""
    fresh.install(package)
    assert fresh.unit("ActiveState", "SubState", "UnitFileState") == {
        "ActiveState": "active", "SubState": "running", "UnitFileState": "enabled"}
    fresh.apply(demo({**SERVICES, "kept": service(volumes=["./data:/data"])}))
    fresh.write("/var/lib/dockerextd/project/data/rows", "of a database")
    names = fresh.names()

    def starts():
        return {name: fresh.started(name) for name in names}
    before, pid = starts(), fresh.main_pid()
    for version in (newer_package, package):
        fresh.install(version)
        assert fresh.unit("ActiveState") == "active" and fresh.main_pid() != pid
        pid = fresh.main_pid()
        fresh.converged()
        assert starts() == before

    fresh.sh("dpkg --remove dockerextd")
    assert fresh.run("systemctl", "is-active", "dockerextd").stdout.strip() != "active"
    assert fresh.unit("ActiveState", unit="docker") == "active" and starts() == before
    assert fresh.exists("/var/lib/dockerextd/settings.json")

    fresh.install(package)
    fresh.converged()
    assert starts() == before

    fresh.sh("dpkg --purge dockerextd")
    assert starts() == before and fresh.unit("ActiveState", unit="docker") == "active"
    assert fresh.exists("/var/lib/docker/containers")
    assert fresh.read("/var/lib/dockerextd/project/data/rows") == "of a database"
    fresh.sh("rm -r /var/lib/dockerextd/project; rmdir /var/lib/dockerextd")
    find = "find / -xdev -path /proc -prune -o -name '*dockerextd*' -print | grep -v -e ^/root/ -e ^/var/log/ -e ^/tmp/ || true"
    # systemd removes its folder in /var/tmp a moment later.
    wait_for(lambda: fresh.sh(find) == "", lambda: f"nothing is left: {fresh.sh(find)}", 10)
    assert "dockerextd" not in fresh.sh("systemctl list-unit-files; systemctl list-units --failed; journalctl --list-catalog")


def test_a_disabled_service_stays_disabled_after_an_upgrade(fresh, package, newer_package):
    fresh.install(package)
    fresh.sh("systemctl disable --now dockerextd")
    fresh.install(newer_package)
    assert fresh.unit("UnitFileState") == "disabled"


def test_the_daemon_runs_without_an_engine_and_reports_it(bare, package):
    bare.install(package)
    assert bare.unit("ActiveState") == "active"
    assert bare.status()["engine"]["state"] in ("unreachable", "unknown")
    # An engine that is installed later is found without a restart.
    bare.sh("apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "
            f"{' '.join(disks.ENGINE[bare.suite])} 2>&1")
    bare.import_image()
    bare.apply(demo(SERVICES))
    assert bare.running("demo-web-1")
