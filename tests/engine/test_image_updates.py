"""Images that pull_policy keeps up to date while the daemon runs, with a real registry and a tag that moves."""

import datetime
import json
import time

import pytest

import azure
from harness import demo, service, wait_for

BACKEND = "%s:%d" % azure.BACKEND
ADDRESS = ("127.0.0.1", 15002)
REPOSITORY = "%s:%d/team/moving" % ADDRESS
IMAGE = f"{REPOSITORY}:1"


class Registry(azure.Server):
    """The registry as the engine and the daemon see it. `asked`: (method, path) of the questions about manifests.
    `refusal`: the answer to them instead."""

    def __init__(self):
        self.asked, self.refusal = [], None
        outer = self

        class Handler(azure.Quiet):
            def do_GET(self):
                if "/manifests/" in self.path:
                    outer.asked.append((self.command, self.path))
                    if outer.refusal:
                        return self.answer(*outer.refusal)
                return self.relay(azure.BACKEND, ("Accept",))

            do_HEAD = do_GET

        super().__init__(ADDRESS, Handler)

    def heads(self):
        return sum(method == "HEAD" for method, _ in self.asked)

    def pulls(self):
        return sum(method == "GET" for method, _ in self.asked)


@pytest.fixture(scope="module")
def backend(session_engine, tmp_path_factory):
    with azure.registry_backend(session_engine, tmp_path_factory.mktemp("registry")):
        yield


@pytest.fixture
def registry(backend, engine):
    registry = Registry()
    registry.start()
    yield registry
    registry.stop()
    engine.wipe()
    for image in engine.ok("GET", "/images/json?digests=1"):
        names = [*(image["RepoTags"] or []), *(image["RepoDigests"] or [])]
        if any("moving" in name for name in names):
            engine.call("DELETE", f"/images/{image['Id']}?force=1")


def push(engine, command):
    """Moves the tag in the registry to another image; returns that image's id."""
    engine.import_image("moving:local", command=command)
    local = f"{BACKEND}/team/moving"
    engine.ok("POST", f"/images/moving:local/tag?repo={local}&tag=1")
    status, answer = engine.call("POST", f"/images/{local}/push?tag=1", headers={"X-Registry-Auth": "e30="})
    assert status == 200 and "errorDetail" not in str(answer), answer
    engine.ok("DELETE", f"/images/{local}:1")
    return engine.ok("GET", "/images/moving:local/json")["Id"]


def moving(policy="every_10s", **more):
    app = {**service(), "image": IMAGE, "pull_policy": policy, "deploy": {"update_config": {"monitor": "1s"}}, **more}
    del app["command"]  # each image has its own
    return app


def running_image(engine):
    return engine.inspect("demo-app-1")["Image"]


def image_check(daemon):
    return daemon.service("app")["imageCheck"]


def test_a_tag_that_moves_is_followed(engine, daemon, registry):
    first = push(engine, ["sleep", "1001"])
    daemon.apply(demo({"app": moving()}))
    assert running_image(engine) == first
    container, pulls = engine.inspect("demo-app-1")["Id"], registry.pulls()
    wait_for(lambda: registry.heads() >= 2, lambda: registry.asked)
    assert registry.pulls() == pulls and engine.inspect("demo-app-1")["Id"] == container, "a question is no pull"
    second = push(engine, ["sleep", "1002"])
    wait_for(lambda: engine.names() == ["demo-app-1"] and running_image(engine) == second, lambda: daemon.log(), 60)
    daemon.converged()
    [pulled] = [entry for entry in daemon.history() if entry["verb"] == "pull image"][1:]
    assert pulled["reason"] == "its registry has a newer image (pull_policy)"
    digest = daemon.service("app")["containers"][0]["digest"]
    assert [change["want"] for change in pulled["changes"]] == [digest[:19]]
    explained = "".join(daemon.run("explain", "app").stdout.split())  # whatever was wrapped
    assert f"{IMAGE}@{digest[:19]}" in explained and "nonewerimage" in explained, explained


def test_an_image_named_by_its_digest_never_changes(engine, daemon, registry):
    first = push(engine, ["sleep", "1013"])
    daemon.apply(demo({"app": moving()}))
    digest = daemon.service("app")["containers"][0]["digest"]
    for reference in (f"{REPOSITORY}@{digest}", f"{IMAGE}@{digest}"):
        daemon.run("down", check=0)
        engine.call("DELETE", f"/images/{IMAGE}?force=1")
        daemon.apply(demo({"app": moving(image=reference)}))
        assert running_image(engine) == first, reference
        [container] = daemon.service("app")["containers"]
        assert (container["image"], container["digest"]) == (reference, digest)
        assert image_check(daemon) == {"checkedAt": None, "newer": "", "error": ""}


def test_a_newer_image_that_fails_is_left_and_not_tried_again(engine, daemon, registry):
    first = push(engine, ["sleep", "1003"])
    daemon.apply(demo({"app": moving(restart="no")}))
    push(engine, ["sh", "-c", "exit 7"])
    wait_for(lambda: "exited with code 7" in daemon.service("app")["reason"], lambda: daemon.log(), 60)
    wait_for(lambda: engine.names() == ["demo-app-1"] and running_image(engine) == first, engine.names)
    heads = registry.heads()
    wait_for(lambda: registry.heads() >= heads + 2, lambda: registry.asked, 60)
    created = [entry for entry in daemon.history() if entry["verb"] == "create"]
    assert len(created) == 2 and running_image(engine) == first
    third = push(engine, ["sleep", "1004"])
    wait_for(lambda: engine.names() == ["demo-app-1"] and running_image(engine) == third, lambda: daemon.log(), 60)
    daemon.converged()


def test_a_failed_image_is_rolled_back_and_the_next_one_is_tried(engine, daemon, registry):
    first = push(engine, ["sleep", "1011"])
    daemon.apply({**demo({"app": moving(restart="no")}), "reconcile": {"rollback": True}})
    push(engine, ["sh", "-c", "exit 9"])
    wait_for(lambda: daemon.status()["settings"]["state"] == "rolled back", lambda: daemon.log(), 60)
    wait_for(lambda: engine.names() == ["demo-app-1"] and running_image(engine) == first, engine.names)
    daemon.kill()
    daemon.start()
    third = push(engine, ["sleep", "1012"])
    wait_for(lambda: engine.names() == ["demo-app-1"] and running_image(engine) == third, lambda: daemon.log(), 60)
    daemon.converged()
    assert daemon.status()["settings"]["state"] == "accepted"


def test_a_rate_limit_is_heeded_and_told(engine, daemon, registry):
    first = push(engine, ["sleep", "1005"])
    daemon.apply(demo({"app": moving()}))
    registry.refusal = (429, b"{}", [("Retry-After", "7200")])
    wait_for(lambda: "allows no more requests for now (429)" in image_check(daemon)["error"], lambda: daemon.log(), 60)
    push(engine, ["sleep", "1006"])
    asked, registry.refusal = registry.heads(), None
    daemon.stop()
    daemon.start()
    wait_for(lambda: daemon.status()["state"] == "converged", lambda: daemon.log())
    assert image_check(daemon)["error"] and registry.heads() == asked, "the pause is remembered"
    assert running_image(engine) == first
    assert "the last question failed: 127.0.0.1 allows no more" in " ".join(daemon.run("explain", "app").stdout.split())


def test_a_closed_window_is_respected(engine, daemon, registry):
    first = push(engine, ["sleep", "1009"])
    daemon.apply(demo({"app": moving()}))
    hour = (datetime.datetime.now().hour + 12) % 24
    closed = {**demo({"app": moving()}), "reconcile": {"update-window": f"{hour:02}:00-{hour:02}:30", "interval": "10s"}}
    daemon.apply(closed)
    second, asked = push(engine, ["sleep", "1010"]), registry.heads()
    time.sleep(15)  # more than the interval of the questions
    assert registry.heads() == asked and running_image(engine) == first
    daemon.apply({**closed, "reconcile": {"update-window": [f"{hour:02}:00-{hour:02}:30", "00:00-24:00"]}})
    wait_for(lambda: engine.names() == ["demo-app-1"] and running_image(engine) == second, lambda: daemon.log(), 60)


def test_a_young_image_waits(engine, daemon, registry):
    first = push(engine, ["sleep", "1007"])
    young = {**demo({"app": moving()}), "reconcile": {"minimum-image-age": "1h"}}
    daemon.apply(young)
    second = push(engine, ["sleep", "1008"])
    wait_for(lambda: image_check(daemon)["newer"], lambda: daemon.log(), 60)
    newer, heads = image_check(daemon)["newer"], registry.heads()
    wait_for(lambda: registry.heads() > heads, lambda: registry.asked, 60)
    assert running_image(engine) == first and image_check(daemon)["newer"] == newer
    daemon.apply({**young, "reconcile": {}})
    wait_for(lambda: engine.names() == ["demo-app-1"] and running_image(engine) == second, lambda: daemon.log(), 60)
    assert json.loads(daemon.run("status", "--json").stdout)["services"][0]["containers"][0]["digest"] == newer
