import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import sharding

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "oracle")]
import azure  # noqa: E402
import debian  # noqa: E402
import harness  # noqa: E402


WORKERS = ["1", "2"]  # run in parallel, each with its own engine


def pytest_addoption(parser):
    parser.addoption("--worker", choices=WORKERS, help="run only the tests assigned to this worker")
    parser.addoption("--engine", choices=debian.ENGINES, default="installed", help="which engine to run on")
    parser.addoption("--seed", type=int, help="run test_engine_model.py with this seed only")


def pytest_collection_modifyitems(config, items):
    if config.getoption("worker"):
        sharding.keep_shard(config, items, config.getoption("worker"), WORKERS)


@pytest.fixture(scope="session")
def session_engine(pytestconfig):
    with tempfile.TemporaryDirectory(prefix="dockerextd-engine-") as folder:
        engine = harness.Engine(Path(folder) / "e", debian.programs(pytestconfig.getoption("engine")))
        try:
            engine.start()
            engine.import_image()
            yield engine
        finally:
            engine.destroy()


@pytest.fixture
def engine(session_engine):
    """The session's engine, running, with nothing in it but the tests' image."""
    if session_engine.process is None:
        session_engine.start()
    yield session_engine
    if session_engine.process is None:
        session_engine.start()
    harness.wait_for(session_engine.wipe, "the engine is empty")


@pytest.fixture
def daemon(engine, tmp_path):
    daemon = harness.Daemon(tmp_path / "root", engine.socket)
    daemon.start()
    yield daemon
    daemon.stop()


NAMES = (azure.REGISTRY, "registry.test")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """For all of NAMES."""
    return azure.make_certificate(tmp_path_factory.mktemp("certificate"), NAMES)


@pytest.fixture(scope="session")
def machine(session_engine, certificate, tmp_path_factory):
    """Makes the tests' namespaces look like a machine in Azure: the metadata service's address and NAMES are on loopback,
    and the engine trusts the certificate of NAMES."""
    hosts = tmp_path_factory.mktemp("machine") / "hosts"
    hosts.write_text(f"127.0.0.1 localhost {' '.join(NAMES)}\n")
    Path("/etc/docker").mkdir(exist_ok=True)
    subprocess.run(["ip", "address", "add", f"{azure.METADATA[0]}/32", "dev", "lo"], check=True)
    subprocess.run(["mount", "--bind", hosts, "/etc/hosts"], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", "/etc/docker"], check=True)
    for name in (azure.REGISTRY, f"{NAMES[1]}:15443"):
        trust = Path("/etc/docker/certs.d") / name
        trust.mkdir(parents=True)
        (trust / "ca.crt").write_text(certificate["ca"].read_text())
    login = {"username": "nobody", "password": "nothing", "serveraddress": azure.REGISTRY}
    harness.wait_for(lambda: "lookup" not in str(session_engine.call("POST", "/auth", login)[1]),
                     "the engine has read the new /etc/hosts; it caches the old one for 5 s")
    yield
    subprocess.run(["umount", "-l", "/etc/docker"], check=True)  # the engine may be reading files in it
    subprocess.run(["umount", "-l", "/etc/hosts"], check=True)
    subprocess.run(["ip", "address", "del", f"{azure.METADATA[0]}/32", "dev", "lo"], check=True)
