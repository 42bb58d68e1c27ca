"""Logins in root's docker configuration, which others also write."""

import base64
import json

from docker_section import part
from harness import demo, service, wait_for
from registry import LOGIN, REPOSITORY, SERVER, push

CONFIG = "/root/.docker/config.json"
WEB = {"web": service(restart="always")}
THEIRS = {"auths": {"registry.example.com": {"auth": "dGhlaXJzOnRoZWlycw=="}}, "credHelpers": {"cloud.example.com": "cloud"},
          "HttpHeaders": {"X-Meta": "1"}}


def test_a_login_is_merged_and_removed_without_touching_others(engine, registry):
    registry(LOGIN)
    engine.write(CONFIG, THEIRS, 0o600)
    engine.apply(demo(WEB), {"login": LOGIN})
    ours = base64.b64encode(f"{LOGIN['username']}:{LOGIN['password']}".encode()).decode()
    assert json.loads(engine.read(CONFIG)) == {**THEIRS, "auths": {**THEIRS["auths"], SERVER: {"auth": ours}}}
    assert engine.sh(f"stat -c %a {CONFIG}").strip() == "600"
    push(engine)  # with docker's own client and that login
    engine.sh(f"docker logout {SERVER}")
    wait_for(lambda: SERVER in engine.read(CONFIG), "the login is back", 10)
    engine.converged()
    assert json.loads(engine.read(CONFIG))["auths"][SERVER] == {"auth": ours}
    engine.apply(demo(WEB))
    assert json.loads(engine.read(CONFIG)) == THEIRS
    assert engine.run("docker", "pull", REPOSITORY).returncode == 1


def test_a_refused_login_is_reported_until_it_is_corrected(engine, registry):
    registry(LOGIN)
    entry = lambda: part(engine, f"registry.{SERVER}")  # noqa: E731
    engine.apply(demo(WEB), {"login": {**LOGIN, "password": "not-that"}}, wait=None)
    wait_for(lambda: entry()["state"] == "failed" and "user name or password rejected" in entry()["message"], entry, 30)
    assert "not-that" not in entry()["message"] and engine.status()["state"] == "degraded"
    engine.apply(demo(WEB), {"login": LOGIN})
    assert entry()["state"] == "ok"
