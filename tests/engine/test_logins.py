"""Logins: images that a registry serves only with authentication."""

import base64
import json
import signal
import subprocess

import pytest

import azure
from harness import IMAGE, demo, end, service, wait_for

ADDRESS = "127.0.0.1:15000"  # every engine allows plain HTTP on loopback
PRIVATE = f"{ADDRESS}/team/app:1"
PASSWORD = "sesame-open-the-registry"
LOGIN = {"server": ADDRESS, "username": "deployer", "password": PASSWORD}


class Registry:
    def __init__(self, folder, address=ADDRESS, **http):
        self.folder, self.address, self.process = folder, address, None
        (folder / "htpasswd").write_text(subprocess.run(
            ["htpasswd", "-Bbn", LOGIN["username"], PASSWORD], check=True, capture_output=True, text=True).stdout)
        (folder / "config.yml").write_text(json.dumps({
            "version": 0.1, "storage": {"filesystem": {"rootdirectory": f"{folder}/data"}}, "http": {"addr": address, **http},
            "auth": {"htpasswd": {"realm": "test", "path": f"{folder}/htpasswd"}}}))

    def start(self, engine):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(["docker-registry", "serve", self.folder / "config.yml"], stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL)
        wait_for(lambda: engine.call("POST", "/auth", {**LOGIN, "serveraddress": self.address})[0] == 200,
                 lambda: "the registry answers: " + (self.folder / "log").read_text())

    def stop(self):
        end(self.process, signal.SIGTERM)
        self.process = None


def push(engine, image):
    """Pushes IMAGE as `image`, with the login, and removes that name from the engine."""
    header = {"X-Registry-Auth": base64.urlsafe_b64encode(json.dumps(LOGIN).encode()).decode()}
    repository, _, tag = image.rpartition(":")
    engine.ok("POST", f"/images/{IMAGE}/tag?repo={repository}&tag={tag}")
    pushed = engine.call("POST", f"/images/{repository}/push?tag={tag}", headers=header)
    assert pushed[0] == 200 and "errorDetail" not in str(pushed[1]), pushed
    engine.ok("DELETE", f"/images/{image}")


@pytest.fixture
def registry(engine, tmp_path):
    """Holds an image that is not on the engine."""
    registry = Registry(tmp_path)
    registry.start(engine)
    push(engine, PRIVATE)
    yield registry
    registry.stop()
    engine.wipe()
    engine.call("DELETE", f"/images/{PRIVATE}?force=1")


def private(**more):
    return demo({"app": {**service(), "image": PRIVATE, **more}})


def test_a_private_image_is_pulled_with_the_login(engine, daemon, registry):
    daemon.apply(private(), {"login": LOGIN})
    assert engine.running("demo-app-1")
    assert PASSWORD not in daemon.log() + json.dumps([daemon.status(), daemon.history()])


@pytest.mark.parametrize("secrets", [None, {"login": {**LOGIN, "password": PASSWORD + "-not"}}])
def test_a_missing_or_wrong_login_is_reported_without_the_password(engine, daemon, registry, secrets):
    daemon.apply(private(), secrets, wait=None)
    reason = daemon.failed("app")["reason"]
    assert PRIVATE in reason and ("no basic auth" in reason or "unauthorized" in reason), reason
    assert PASSWORD not in daemon.log() + json.dumps([daemon.status(), daemon.history()])
    daemon.apply(private(), {"login": LOGIN})
    assert engine.running("demo-app-1")


def test_an_unreachable_registry_stops_no_service_with_a_local_image(engine, daemon, registry):
    daemon.apply(private(), {"login": LOGIN})
    registry.stop()
    engine.call("DELETE", "/containers/demo-app-1?force=1")
    daemon.apply(private(environment={"CHANGED": "1"}), {"login": LOGIN})
    assert "CHANGED=1" in engine.inspect("demo-app-1")["Config"]["Env"] and engine.running("demo-app-1")


def test_a_build_starts_from_a_private_image(engine, daemon, registry, tmp_path):
    (tmp_path / "context").mkdir()
    (tmp_path / "context/Dockerfile").write_text(f"FROM {PRIVATE}\nENV BUILT=1\n")
    daemon.apply(demo({"app": {"build": str(tmp_path / "context"), "command": "sleep 1000",
                               "stop_grace_period": "0s"}}), {"login": LOGIN})
    assert "BUILT=1" in engine.inspect("demo-app-1")["Config"]["Env"]


def test_a_private_image_is_pulled_over_tls(engine, daemon, machine, certificate, tmp_path):
    address, image = "registry.test:15443", "registry.test:15443/team/app:1"
    (tmp_path / "tls").mkdir()
    registry = Registry(tmp_path / "tls", address,
                        tls={"certificate": str(certificate["cert"]), "key": str(certificate["key"])})
    registry.start(engine)
    try:
        push(engine, image)
        daemon.apply(private(image=image), {"login": {**LOGIN, "server": address}})
        assert engine.running("demo-app-1")
        assert PASSWORD not in daemon.log() + json.dumps([daemon.status(), daemon.history()])
    finally:
        registry.stop()
        engine.wipe()
        engine.call("DELETE", f"/images/{image}?force=1")


@pytest.mark.parametrize("status, code, text", [
    (401, "UNAUTHORIZED", "come again later"), (429, "TOOMANYREQUESTS", "come again later"), (503, "UNAVAILABLE", "503")])
def test_a_registry_that_refuses_temporarily_is_backed_off_and_blocks_nothing_else(engine, daemon, registry, status, code, text):
    """Engines pass on only the text of the answer, not Retry-After."""
    address, requests, refusing = ("127.0.0.1", 15002), [], [True]
    image = PRIVATE.replace(ADDRESS, "%s:%d" % address)

    class Handler(azure.Quiet):
        def do_GET(self):
            if refusing and "/manifests/" in self.path:
                requests.append(self.path)
                return self.answer(status, {"errors": [{"code": code, "message": "come again later"}]}, [("Retry-After", "2")])
            return self.relay(("127.0.0.1", 15000), ("Accept", "Authorization"))

        do_HEAD = do_GET

    front = azure.Server(address, Handler)
    front.start()
    try:
        daemon.apply(demo({"app": {**service(), "image": image}, "there": service()}), {"login": {**LOGIN, "server": "%s:%d" % address}},
                     wait=None)
        failed = daemon.failed("app", 3)
        assert text in failed["reason"], failed
        wait_for(lambda: engine.running("demo-there-1"), "the other service runs")
        assert PASSWORD not in daemon.log() + json.dumps([daemon.status(), daemon.history()])
        per_attempt = 10 if status == 503 else 2  # the engine itself retries after a server error
        assert len(requests) <= per_attempt * daemon.failed("app")["attempts"]  # read after the requests
        refusing.clear()
        daemon.converged(60)  # the backoff may be that long
        assert engine.running("demo-app-1")
    finally:
        front.stop()
        engine.wipe()
        engine.call("DELETE", f"/images/{image}?force=1")
