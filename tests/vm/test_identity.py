"""Logins to Azure Container Registry by the packaged service: in its sandbox, over the machine's own network, with the machine's
names and certificates. Everything else about logins by identity: tests/engine/test_identity.py."""

import azure
import debian
import pytest
from azure import PRIVATE, REGISTRY, SYSTEM, private
from docker_section import part
from harness import wait_for

MISNAMED = "misnamed.azurecr.io"  # resolves to the registry, whose certificate is for REGISTRY


@pytest.fixture(scope="module")
def backend(host, tmp_path_factory):
    host.engine.import_image()
    with azure.registry_backend(host.engine, tmp_path_factory.mktemp("registry")):
        yield


@pytest.fixture
def metadata():
    """Runs outside of the machine, where its only route leads."""
    debian.run("ip", "address", "add", f"{azure.METADATA[0]}/32", "dev", "lo")
    server = azure.Metadata()
    server.start()
    yield server
    server.stop()
    debian.run("ip", "address", "del", f"{azure.METADATA[0]}/32", "dev", "lo")


@pytest.fixture
def registry(fresh, package, metadata, backend, tmp_path):
    """Runs beside the metadata service; `fresh` resolves its names and trusts its CA, and the package is installed."""
    certificate = azure.make_certificate(tmp_path / "certificate", [REGISTRY])
    address = fresh.sh("ip route show default").split()[2]
    fresh.write("/usr/local/share/ca-certificates/tests.crt", certificate["ca"].read_bytes())
    fresh.sh(f"update-ca-certificates; echo {address} {REGISTRY} {MISNAMED} >>/etc/hosts; systemctl restart docker", timeout=300)
    fresh.install(package)
    server = azure.Registry(metadata, certificate, (address, 443))
    server.start()
    yield server
    server.stop()


def everything_written(machine):
    """The whole journal, the daemon's answers and environment, and all files that it may write."""
    commands = ("status --json", "history --json", "explain app", "plan --json")
    return "".join(machine.dockerextd(*command.split()).stdout for command in commands) + machine.sh("""journalctl -q -o export
        cat /proc/$(systemctl show -P MainPID dockerextd)/environ
        find /var/lib/dockerextd /run/dockerextd /root /etc/docker /etc/systemd/system -type f ! -name '*.deb' -exec cat {} +""")


def test_the_service_pulls_with_the_machines_identity_and_no_token_leaks(fresh, metadata, registry):
    fresh.apply(private(), SYSTEM)
    assert fresh.running("demo-app-1") and fresh.inspect("demo-app-1")["Config"]["Image"] == PRIVATE
    assert part(fresh, f"registry.{REGISTRY}")["state"] == "ok"
    [(_, path, form)] = registry.exchanges
    assert path == "/oauth2/exchange" and form["access_token"] == metadata.tokens, "one request, one exchange"
    written = everything_written(fresh).encode()
    assert b"pull image" in written and not azure.contains_token(written)
    assert "cannot get a registry token" not in str(fresh.journal()), "the first attempt succeeded"


def test_a_registry_with_a_foreign_certificate_gets_no_token_and_the_status_says_why(fresh, metadata, registry):
    fresh.apply(private(), {"login": {"server": MISNAMED, "identity": "system"}}, wait=None)
    entry = lambda: part(fresh, f"registry.{MISNAMED}")  # noqa: E731
    wait_for(lambda: "certificate is for another name" in entry()["message"], entry, 60)
    assert entry()["state"] == "failed" and f"log in to {MISNAMED}" in entry()["message"]
    assert metadata.tokens and not registry.exchanges
