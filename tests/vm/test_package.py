"""The package: made, installed, upgraded, removed, purged."""

import subprocess

from harness import demo, service


def test_lintian_finds_no_fault(package):
    done = subprocess.run(["lintian", "--allow-root", "--fail-on=error,warning", package], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_installed_it_runs_and_is_enabled(fresh, package):
    fresh.install(package)
    assert fresh.unit("ActiveState", "SubState", "UnitFileState") == {
        "ActiveState": "active", "SubState": "running", "UnitFileState": "enabled"}
    fresh.apply(demo({"web": service()}))
    assert fresh.running("demo-web-1")
