import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), *(str(HERE.parent / level) for level in ("vm", "engine", "oracle"))]
import azure  # noqa: E402
import debian  # noqa: E402
from fabric import Fabric  # noqa: E402
from harness import BINARY  # noqa: E402
from hosting import (host, pytest_addoption, pytest_collection_modifyitems, pytest_generate_tests,  # noqa: E402, F401
                     pytest_runtest_makereport)
from portal import Portal  # noqa: E402

PROJECT = HERE.parents[1]


@pytest.fixture(scope="session")
def package():
    """The handler's zip of the build under test; built here if `check` has not built it."""
    path = os.environ.get("DOCKEREXTD_HANDLER") or debian.run(PROJECT / "config/handler/build", BINARY.parents[1]).split()[-1]
    return Path(path).read_bytes()


@pytest.fixture(scope="session")
def fabric(host):  # noqa: F811
    azure.make_network(host)
    fabric = Fabric()
    fabric.start()
    yield fabric
    fabric.stop()


@pytest.fixture(scope="session")
def shared_machine(host, fabric, suite):  # noqa: F811
    one = azure.AzureMachine(host, suite, suite)
    try:
        one.boot()
        one.import_image()
        one.start_agent()
        yield one
    finally:
        one.destroy()


@pytest.fixture
def machine(shared_machine):
    """The machine in Azure: engine and agent run in it, without an extension."""
    yield shared_machine
    shared_machine.wipe()


@pytest.fixture
def portal(fabric, machine, package):
    """The machine's page at the portal; nothing is deployed."""
    portal = Portal(fabric, machine, package)
    yield portal
    portal.remove_from_goal_state()
    fabric.packages.clear()
