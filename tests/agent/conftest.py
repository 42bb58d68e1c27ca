import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), *(str(HERE.parent / level) for level in ("vm", "engine", "oracle"))]
import azure  # noqa: E402
from fabric import Fabric  # noqa: E402
from hosting import (host, pytest_addoption, pytest_generate_tests,  # noqa: E402, F401
                     pytest_runtest_makereport)


@pytest.fixture(scope="session")
def network(host):  # noqa: F811
    azure.make_network(host)


@pytest.fixture(scope="session")
def fabric(network):
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
