"""Logins in root's docker configuration, which others write to, too."""

import base64
import json

from harness import demo, service
from registry import LOGIN, REPOSITORY, SERVER, push

CONFIG = "/root/.docker/config.json"
WEB = {"web": service(restart="always")}
THEIRS = {"auths": {"registry.example.com": {"auth": "dGhlaXJzOnRoZWlycw=="}}, "credHelpers": {"cloud.example.com": "cloud"},
          "HttpHeaders": {"X-Meta": "1"}}


def test_a_login_joins_what_is_there_and_leaves_alone(engine, registry):
    registry(LOGIN)
    engine.write(CONFIG, THEIRS, 0o600)
    engine.apply(demo(WEB), {"login": LOGIN})
    ours = base64.b64encode(f"{LOGIN['username']}:{LOGIN['password']}".encode()).decode()
    assert json.loads(engine.read(CONFIG)) == {**THEIRS, "auths": {**THEIRS["auths"], SERVER: {"auth": ours}}}
    assert engine.sh(f"stat -c %a {CONFIG}").strip() == "600"
    push(engine)  # by docker itself, with that login
    engine.apply(demo(WEB))
    assert json.loads(engine.read(CONFIG)) == THEIRS
    assert engine.run("docker", "pull", REPOSITORY).returncode == 1
