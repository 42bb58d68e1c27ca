"""Applies every sample of config/examples unchanged; azure-registry is in test_identity.py. Images are stand-ins with the
samples' names; the engine itself is not managed here, as systemd does not run it."""

import http.client
import json
from pathlib import Path

import pytest

import samples
from harness import STATUS_SCHEMA, wait_for

ANYTHING = ["sh", "-c", "exec sleep 1000"]  # ignores the command
SITE = ["sh", "-c", "exec httpd -f -p 8080 -h /www"]

# Each sample's images, the containers that run in the end, and the parts of the engine that it sets.
SAMPLES = {
    "engine-only": ({}, [], ["engine.config"]),
    "tls": ({}, [], ["engine.port", "engine.tls"]),
    "registry": ({"registry.example.com/shop/web:1.4": SITE}, ["shop-web-1"], []),
    "monitoring": (dict.fromkeys(["prom/prometheus:v2.53.0", "prom/node-exporter:v1.8.1", "gcr.io/cadvisor/cadvisor:v0.49.1",
                                  "grafana/grafana:11.0.0"], ANYTHING),
                   ["monitoring-cadvisor-1", "monitoring-grafana-1", "monitoring-node-exporter-1", "monitoring-prometheus-1"], []),
    "secrets": ({"postgres:16": ANYTHING, "example/shop:1.4": SITE}, ["shop-db-1", "shop-web-1"], []),
}


@pytest.fixture
def put_image(engine):
    """put_image(name, **options): an image that is removed after the test."""
    names = []

    def put(name, **options):
        engine.import_image(name, **options)
        names.append(name)
    yield put
    engine.wipe()
    for name in names:
        engine.call("DELETE", f"/images/{name}?force=1")


@pytest.fixture
def daemon(put_image, daemon):  # it stops before the images are removed
    return daemon


@pytest.fixture
def apply(put_image, daemon, certificate):
    """Applies a sample with stand-ins for its images."""
    def apply(name, images, wait="180s"):
        for image, entrypoint in images.items():
            put_image(image, entrypoint=entrypoint, programs=["pg_isready"])
        daemon.apply(samples.document(name), samples.secrets(name, certificate), wait=wait)
    return apply


def answers(port, *statuses):
    """Waits until the port answers with one of `statuses`."""
    def status():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            return error
    return wait_for(lambda: status() in statuses, lambda: f"{port} answers: {status()}")


def states(status):
    return {part["name"]: part["state"] for part in status["parts"]}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_reaches_its_desired_state(engine, daemon, apply, name):
    images, containers, parts = SAMPLES[name]
    json.loads(samples.document(name))  # Azure's tools accept no comments
    apply(name, images)
    assert sorted(c["Names"][0][1:] for c in engine.containers()) == containers
    assert all(engine.running(container) for container in containers)
    shown = states(daemon.status())
    assert {part: shown.get(part) for part in parts} == dict.fromkeys(parts, "unmanaged")

    def converged():  # not while a late event is being handled
        done = daemon.run("status", "--json")
        return done.returncode == 0 and json.loads(done.stdout)
    printed = wait_for(converged, daemon.status)
    STATUS_SCHEMA.validate(printed)
    assert printed["state"] == "converged"
    assert [s["name"] for s in printed["services"]] == sorted(json.loads(samples.document(name)).get("compose", {}).get("services", {}))


def read(engine, container, path):
    return engine.call("GET", f"/containers/{container}/archive?path={path}")[1]


def test_the_monitoring_stack_gets_its_configuration_and_password(engine, apply):
    apply("monitoring", SAMPLES["monitoring"][0])
    assert "node-exporter:9100" in read(engine, "monitoring-prometheus-1", "/etc/prometheus/prometheus.yml")
    assert "a password" in read(engine, "monitoring-grafana-1", "/run/secrets/grafana-password")


def test_secrets_reach_files_and_variables(engine, apply):
    apply("secrets", SAMPLES["secrets"][0])
    for container in SAMPLES["secrets"][1]:
        assert "a password" in read(engine, container, "/run/secrets/db-password")
    assert "API_KEY=a key" in engine.inspect("shop-web-1")["Config"]["Env"]
    answers(8080, 200, 404)


def test_the_articles_document_runs_as_printed(engine, apply):
    apply("article", {"google/cadvisor:latest": ANYTHING}, wait=None)
    wait_for(lambda: engine.running("compose-monitoring-1"), "it runs")
    found = engine.inspect("compose-monitoring-1")
    assert set(found["HostConfig"]["Binds"]) == {
        "/:/rootfs:ro", "/var/run:/var/run:rw", "/sys:/sys:ro", "/var/lib/docker/:/var/lib/docker:ro"}
    assert found["HostConfig"]["PortBindings"]["8080/tcp"][0]["HostPort"] == "8080"
    assert found["HostConfig"]["RestartPolicy"]["Name"] == "always"
    assert found["Config"]["Labels"]["com.docker.compose.project"] == "compose"


def test_the_articles_engine_settings_are_unmanaged_here(daemon, apply):
    apply("article", {"google/cadvisor:latest": ANYTHING}, wait=None)
    wait_for(lambda: "engine.options" in states(daemon.status()), "the settings are accepted")
    parts = states(daemon.status())
    assert parts["engine.options"] == parts["engine.tls"] == "unmanaged"


def test_the_old_extensions_integration_settings(engine, daemon, apply):
    made = not Path("/test").exists()
    try:
        apply("envdump", {"busybox:latest": None, "nginx:latest": ["httpd", "-f", "-p", "80", "-h", "/www"]})
        assert engine.names("test") == ["test-envdump-1", "test-web-1"]
        wait_for(lambda: daemon.service("envdump")["state"] == "completed", "it has ended")
        text = Path("/test/env.txt").read_text()
        assert "COMPOSE_PROJECT_NAME=test" in text and "SECRET_KEY=SECRET_VALUE" in text
        answers(80, 200, 404)
    finally:
        Path("/test/env.txt").unlink(missing_ok=True)
        if made and Path("/test").exists():
            Path("/test").rmdir()


def test_the_web_example_serves_its_page(daemon, apply):
    apply("web", {})
    answers(18080, 200)
    assert daemon.service("page")["state"] == "completed"


@pytest.mark.parametrize("name", ["swarm-managers", "swarm-workers", "swarm-stack"])
def test_the_swarms_settings_are_accepted(daemon, apply, name):
    """Its managers are other machines, which do not exist here."""
    apply(name, {}, wait=None)
    wait_for(lambda: daemon.status()["settings"]["state"] == "accepted", daemon.status)


def test_every_sample_is_applied_by_a_test():
    here = Path(__file__).parent
    tests = "".join((here / f"test_{name}.py").read_text() for name in ("samples", "identity"))
    for path in samples.FOLDER.glob("*.json"):
        name = path.stem.removesuffix("-protected")
        assert name in SAMPLES or f'"{name}"' in tests, f"{path.name} is applied by no test"
