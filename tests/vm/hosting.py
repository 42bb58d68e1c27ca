"""What every level with machines needs in its conftest: the release, the engine that runs the machines, logs after failures."""

import tempfile
from pathlib import Path

import debian
import disks
import machine as machines
import pytest
import sharding


def pytest_addoption(parser):
    parser.addoption("--suite", choices=disks.ENGINE, required=True, help="the Debian release of the machines")


def pytest_collection_modifyitems(config, items):
    if config.getoption("shard"):
        suite = config.getoption("suite")
        sharding.keep_shard(config, items, suite, list(disks.ENGINE), lambda item: item.nodeid.replace(suite, ""))


def pytest_generate_tests(metafunc):
    if "suite" in metafunc.fixturenames:
        metafunc.parametrize("suite", [metafunc.config.getoption("suite")], scope="session")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Adds the machines' last log lines to the report of a failure."""
    report = (yield).get_result()
    if report.failed and call.when in ("setup", "call"):
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, machines.Machine):
                report.sections.append((f"machine {value.name}", value.report()))


@pytest.fixture(scope="session")
def host():
    with tempfile.TemporaryDirectory(prefix="dockerextd-vm-") as folder:
        debian.run("mount", "-t", "tmpfs", "-o", "size=80%", "machines", folder)  # in the mount namespace that `check` made
        host = machines.Host(Path(folder) / "e")
        try:
            host.engine.start()
            yield host
        finally:
            host.engine.destroy()
            debian.run("umount", "-l", folder)
