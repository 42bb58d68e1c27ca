"""Logins to Azure Container Registry with the machine's managed identity."""

import json
import os
import signal
from pathlib import Path

import pytest

import azure
import samples
from azure import PRIVATE, REGISTRY, SYSTEM, private
from harness import Daemon, demo, service, wait_for

PART = f"registry.{REGISTRY}"


@pytest.fixture(scope="module")
def backend(session_engine, tmp_path_factory):
    with azure.registry_backend(session_engine, tmp_path_factory.mktemp("registry")):
        yield


@pytest.fixture
def metadata(machine):
    server = azure.Metadata()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def registry(metadata, certificate, backend, engine):
    server = azure.Registry(metadata, certificate)
    server.start()
    yield server
    server.stop()
    engine.wipe()
    engine.call("DELETE", f"/images/{PRIVATE}?force=1")


@pytest.fixture
def daemon(engine, registry, certificate, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate["ca"]))
    daemon = Daemon(tmp_path / "root", engine.socket)
    daemon.start()
    yield daemon
    daemon.stop()


def part(daemon):
    return next((p for p in daemon.status()["parts"] if p["name"] == PART), {"state": "none", "message": ""})


def wait_for_failure(daemon, *words):
    """Waits until the registry's part has failed with a message that contains all `words`."""
    def has_failed():
        registry = part(daemon)
        return registry["state"] == "failed" and all(word in registry["message"] for word in words)
    wait_for(has_failed, lambda: part(daemon))


def content(path):
    try:
        return path.read_bytes() if path.is_file() else b""
    except FileNotFoundError:  # a temporary file that has been renamed meanwhile
        return b""


def everything_written(daemon):
    process = Path(f"/proc/{daemon.process.pid}")
    files = [*daemon.root.rglob("*"), process / "environ", process / "cmdline"]
    return b"\n".join(map(content, files)) + json.dumps([daemon.status(), daemon.history()]).encode()


def test_an_image_is_pulled_with_the_machines_identity_and_no_token_leaks(engine, daemon, metadata, registry):
    daemon.apply(private(), SYSTEM)
    assert engine.running("demo-app-1") and part(daemon)["state"] == "ok"
    [(_, query, headers)] = metadata.requests
    assert query == {"api-version": ["2018-02-01"], "resource": ["https://management.azure.com/"]} and headers["Metadata"] == "true"
    [(_, path, form)] = registry.exchanges
    assert path == "/oauth2/exchange"
    assert form == {"grant_type": ["access_token"], "service": [REGISTRY], "access_token": [metadata.tokens[0]]}
    written = everything_written(daemon)
    assert not azure.contains_token(written) and b"pull image" in written  # the record of the pull is included
    assert "failed" not in json.dumps(daemon.history()), "the first pull waited for the token"


def test_used_tokens_do_not_stay_in_memory(engine, daemon):
    """Except the registry's own, unencoded: once for the next pull, and once to redact it from the engine's messages."""
    daemon.apply(private(), SYSTEM)
    memory = daemon.memory()
    assert memory.count(b"access-canary") == 0
    assert memory.count(b"refresh-canary") == 2
    assert not any(form in memory for form in azure.in_base64(azure.CANARY)), "the engine's header"


def test_the_azure_registry_sample(engine, daemon):
    """With the names of the stand-in, and a command, as its image has none."""
    settings = samples.document("azure-registry").replace("example.azurecr.io/shop/web:1.4", PRIVATE)
    secrets = samples.secrets("azure-registry").replace("example.azurecr.io", REGISTRY)
    daemon.apply(settings.replace('"restart"', '"command": "sleep 1000", "restart"'), secrets)
    assert engine.running("shop-web-1") and part(daemon)["state"] == "ok"


def test_a_build_starts_from_an_image_of_the_registry(engine, daemon, tmp_path):
    (tmp_path / "context").mkdir()
    (tmp_path / "context/Dockerfile").write_text(f"FROM {PRIVATE}\nENV BUILT=1\n")
    daemon.apply(demo({"app": {"build": str(tmp_path / "context"), "command": "sleep 1000", "stop_grace_period": "0s"}}), SYSTEM)
    assert "BUILT=1" in engine.inspect("demo-app-1")["Config"]["Env"]


def test_a_token_is_renewed_at_80_percent_of_its_life(engine, daemon, registry):
    registry.life = 10
    daemon.apply(private(), SYSTEM)
    def intervals():
        times = [time for time, *_ in registry.exchanges]
        return [later - earlier for earlier, later in zip(times, times[1:])]
    # Before it expires; a machine that stalls may miss that once.
    wait_for(lambda: any(7.5 < interval < 10 for interval in intervals()), lambda: f"a second token: {intervals()}")
    registry.life = 10800  # long enough for the rest of the test
    first = next(iter(registry.tokens))
    registry.tokens[first] = 0
    daemon.run("pause", check=0)
    engine.ok("DELETE", "/containers/demo-app-1?force=1")
    engine.ok("DELETE", f"/images/{PRIVATE}?force=1")
    daemon.run("resume", check=0)
    wait_for(lambda: engine.running("demo-app-1"), lambda: "pulled with the second token: " + daemon.log())
    assert not azure.contains_token(everything_written(daemon))


def test_without_a_metadata_service_services_with_local_images_run(engine, daemon, metadata):
    metadata.stop()
    daemon.apply({"compose": {"name": "demo", "services": {"there": service(), **private()["compose"]["services"]}}}, SYSTEM,
                 wait=None)
    wait_for_failure(daemon, "instance metadata service", "is this a machine in Azure?")
    wait_for(lambda: engine.running("demo-there-1"), "the other service runs")
    assert daemon.status()["state"] == "degraded"
    metadata.start()
    daemon.converged(60)  # the backoff may be that long
    assert engine.running("demo-app-1") and part(daemon)["state"] == "ok"


def test_an_unreachable_registry_stops_no_service_with_a_local_image(engine, daemon, registry):
    daemon.apply(private(), SYSTEM)
    registry.stop()
    daemon.stop()
    engine.call("DELETE", "/containers/demo-app-1?force=1")
    daemon.start()
    wait_for(lambda: engine.running("demo-app-1"), "it runs again")
    wait_for_failure(daemon, f"log in to {REGISTRY}")


@pytest.mark.parametrize("identity, remedy", [
    ("system", "az vm identity assign`"), ("0f8fad5b-d9cb-469f-a165-70867728950e", "0f8fad5b-d9cb-469f-a165-70867728950e")])
def test_a_missing_identity_is_reported_with_the_remedy(daemon, metadata, identity, remedy):
    metadata.refusal = (400, {"error": "invalid_request", "error_description": "Identity not found"})
    daemon.apply(private(), {"login": {"server": REGISTRY, "identity": identity}}, wait=None)
    wait_for_failure(daemon, remedy, "AcrPull")
    metadata.refusal = None
    daemon.converged()


def test_other_clouds_and_identities_are_requested_by_name(daemon, metadata):
    client = "0f8fad5b-d9cb-469f-a165-70867728950e"
    daemon.apply({**private(), "azure-environment": "AzureChinaCloud"}, {"login": {"server": REGISTRY, "identity": client}})
    assert metadata.requests[0][1] == {"api-version": ["2018-02-01"], "resource": ["https://management.chinacloudapi.cn/"],
                                    "client_id": [client]}


def test_retry_after_is_honoured(daemon, registry):
    registry.refusal = (429, {}, [("Retry-After", "4")])
    daemon.apply(private(), SYSTEM, wait=None)
    wait_for(lambda: "too many logins" in part(daemon)["message"], lambda: part(daemon))
    registry.refusal = None
    daemon.converged()
    assert registry.exchanges[1][0] - registry.exchanges[0][0] > 3.9


def test_a_registry_with_an_untrusted_certificate_gets_no_token(engine, registry, metadata, tmp_path):
    daemon = Daemon(tmp_path / "root", engine.socket)
    daemon.start()
    try:
        daemon.apply(private(), SYSTEM, wait=None)
        wait_for_failure(daemon, "certificate is not trusted")
        assert metadata.tokens and not registry.exchanges
    finally:
        daemon.stop()
