import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import sharding

sys.path[:0] = [str(Path(__file__).parent), *(str(Path(__file__).parents[1] / level) for level in ("engine", "oracle"))]
import debian  # noqa: E402
import lab as machines  # noqa: E402
import node  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--engine", choices=debian.ENGINES, default="installed", help="which engine the machines have")
    parser.addoption("--rounds", type=int, default=1, help="how often a swarm is formed by machines that start at once")


def pytest_collection_modifyitems(config, items):
    """A swarm takes several engines: `check` without `full` runs a few tests only."""
    if config.getoption("shard"):
        sharding.keep_short(config, items)


@pytest.fixture(scope="session")
def network():
    if machines.BRIDGE in subprocess.run(["ip", "link"], check=True, capture_output=True, text=True).stdout:
        pytest.exit("the bridge exists: start these tests with tests/swarm/run, in namespaces of their own", 2)
    machines.make_bridge()


@pytest.fixture
def lab(network, pytestconfig):
    """No machines yet: lab.add("m1", "m2")."""
    with tempfile.TemporaryDirectory(prefix="dockerextd-swarm-") as folder:
        lab = node.Lab(folder, debian.programs(pytestconfig.getoption("engine")))
        try:
            yield lab
        finally:
            lab.destroy()
