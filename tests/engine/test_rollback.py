"""Settings that fail are rolled back, by themselves or by hand."""

import http.server
import json
import threading

import pytest
from harness import demo, service, wait_for

FAILING = "sh -c 'exit 7'"


def settings(n, web=None, rollback=True):
    """web depends on db; version n of both."""
    services = {"db": service(environment={"N": str(n)}),
                "web": service(web or "sleep 1000", restart="no", environment={"N": str(n)}, depends_on=["db"])}
    return {**demo(services), "reconcile": {"rollback": rollback, "monitor": "1s"}}


def versions(engine):
    """The variable N of each container; of one that is removed meanwhile nothing."""
    inspected = {name: engine.inspect(name) for name in engine.names()}
    return {name: next(each for each in found["Config"]["Env"] if each.startswith("N=")) for name, found in inspected.items() if found}


def goes_back_to(engine, daemon, n):
    expected = {"demo-db-1": f"N={n}", "demo-web-1": f"N={n}"}
    wait_for(lambda: versions(engine) == expected and all(engine.running(name) for name in expected), lambda: versions(engine))
    wait_for(lambda: daemon.status()["settings"]["state"] == "rolled back", daemon.status)


def test_settings_that_fail_are_rolled_back_as_a_whole(engine, daemon):
    daemon.apply(settings(1))
    done = daemon.apply(settings(2, FAILING), check=3)
    assert "rolled back" in done.stderr and "exited with code 7" in done.stderr, done.stderr
    goes_back_to(engine, daemon, 1)
    status = daemon.status()
    assert status["state"] == "degraded" and "exited with code 7" in status["settings"]["errors"][0]["message"], status["settings"]
    wait_for(lambda: all(each["state"] == "running" for each in daemon.status()["services"]), daemon.status)
    assert "the newest settings were rolled back" in daemon.run("status").stdout

    count = len(daemon.history())
    daemon.apply(settings(2, FAILING), wait=None)  # the same settings are not tried again
    daemon.kill()
    daemon.start()
    goes_back_to(engine, daemon, 1)
    wait_for(lambda: all(each["state"] == "running" for each in daemon.status()["services"]), daemon.status)
    assert len(daemon.history()) == count

    daemon.run("reconcile", check=0)  # but by this
    wait_for(lambda: len(daemon.history()) > count, "tried again")
    goes_back_to(engine, daemon, 1)
    daemon.apply(settings(3))
    assert versions(engine) == {"demo-db-1": "N=3", "demo-web-1": "N=3"}


def test_a_new_service_that_fails_rolls_back_the_document(engine, daemon):
    daemon.apply(settings(1))
    second = settings(2)
    second["compose"]["services"]["new"] = service(FAILING, environment={"N": "2"})
    done = daemon.apply(second, check=3)
    assert "rolled back" in done.stderr and "container new-1: exited with code 7" in " ".join(done.stderr.split()), done.stderr
    goes_back_to(engine, daemon, 1)


class EmptyRegistry(http.server.BaseHTTPRequestHandler):
    error = {"code": "MANIFEST_UNKNOWN", "message": "manifest unknown", "detail": {"Tag": "1"}}

    def do_GET(self):
        body = json.dumps({"errors": [self.error]}).encode()
        self.send_response(200 if self.path == "/v2/" else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


class TerseRegistry(EmptyRegistry):
    """Engines answer 500 for it."""
    error = {"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}


@pytest.fixture(params=[EmptyRegistry, TerseRegistry])
def registry(request):
    """The address of a registry without images."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), request.param)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_image_that_the_registry_does_not_have_rolls_back_the_document(engine, daemon, registry):
    daemon.apply(settings(1))
    second = settings(2)
    second["compose"]["services"]["db"]["image"] = f"{registry}/no/such:1"
    second["reconcile"]["rollout-deadline"] = "10s"
    done = daemon.apply(second, check=3)
    assert "rolled back" in done.stderr and "no/such:1" in done.stderr, done.stderr
    goes_back_to(engine, daemon, 1)


def test_without_the_setting_nothing_is_rolled_back(engine, daemon):
    daemon.apply(settings(1, rollback=False))
    daemon.apply(settings(2, FAILING, rollback=False), check=3)
    wait_for(lambda: versions(engine) == {"demo-db-1": "N=2", "demo-web-1": "N=1"}, lambda: versions(engine))
    assert daemon.status()["settings"]["state"] == "accepted"


def test_failure_action_rolls_back_one_service(engine, daemon):
    def versions_of(n, web):
        update = {"update_config": {"failure_action": "rollback", "parallelism": 1, "monitor": "1s"}}
        return demo({"db": service(environment={"N": str(n)}),
                     "web": service(web, restart="no", environment={"N": str(n)}, volumes=["data:/data"], scale=2, deploy=update)},
                    volumes={"data": {}})
    daemon.apply(versions_of(1, "sleep 1000"))
    fails_second = ["sh", "-c", "test -e /data/first && exit 7; touch /data/first; exec sleep 1000"]
    daemon.apply(versions_of(2, fails_second), check=3)
    expected = {"demo-db-1": "N=2", "demo-web-1": "N=1", "demo-web-2": "N=1"}
    wait_for(lambda: versions(engine) == expected and all(engine.running(name) for name in expected), lambda: versions(engine))
    status = daemon.status()["settings"]
    assert status["state"] == "rolled back" and "running web of the settings of" in status["errors"][0]["message"], status
    daemon.kill()
    daemon.start()
    wait_for(lambda: all(each["state"] == "running" for each in daemon.status()["services"]) and daemon.status()["services"], daemon.status)
    assert versions(engine) == expected


def test_what_never_rolls_back_stays_when_the_document_goes_back(engine, daemon):
    def keeping(n, web=None):
        document = settings(n, web)
        document["compose"]["services"]["db"]["x-dockerextd"] = {"rollback": "never"}
        return document
    daemon.apply(keeping(1))
    done = daemon.apply(keeping(2, FAILING), check=3)
    assert "except db (x-dockerextd.rollback: never): container web-1: new container exited with code 7" in " ".join(done.stderr.split()), done.stderr
    expected = {"demo-db-1": "N=2", "demo-web-1": "N=1"}
    wait_for(lambda: versions(engine) == expected and all(engine.running(name) for name in expected), lambda: versions(engine))
    count = len(daemon.history())
    daemon.kill()
    daemon.start()
    wait_for(lambda: daemon.status()["services"] and all(each["state"] == "running" for each in daemon.status()["services"]), daemon.status)
    assert daemon.status()["settings"]["state"] == "rolled back" and versions(engine) == expected
    assert len(daemon.history()) == count
    daemon.apply(keeping(3))
    assert versions(engine) == {"demo-db-1": "N=3", "demo-web-1": "N=3"}


def test_a_failure_of_what_never_rolls_back_pauses(engine, daemon):
    def version(n, command):
        update = {"update_config": {"failure_action": "rollback", "monitor": "1s"}}
        web = service(command, restart="no", environment={"N": str(n)}, volumes=["data:/data"], scale=2, deploy=update)
        return {**demo({"web": {**web, "x-dockerextd": {"rollback": "never"}}}, volumes={"data": {}}), "reconcile": {"rollback": True}}
    daemon.apply(version(1, "sleep 1000"))
    fails_second = ["sh", "-c", "test -e /data/first && exit 7; touch /data/first; exec sleep 1000"]
    daemon.apply(version(2, fails_second), check=3)
    expected = {"demo-web-1": "N=2", "demo-web-2": "N=1"}
    wait_for(lambda: versions(engine) == expected and all(engine.running(name) for name in expected), lambda: versions(engine))
    assert "the service does not go back (x-dockerextd.rollback: never)" in daemon.service("web")["reason"]
    assert daemon.status()["settings"]["state"] == "accepted"


def test_going_back_follows_rollback_config(engine, daemon):
    """All replicas at once, although an update replaces one after the other. The second version fails only at the last one."""
    def versions_of(n, command):
        deploy = {"update_config": {"failure_action": "rollback", "monitor": "1s"}, "rollback_config": {"parallelism": 0, "monitor": "1s"}}
        return demo({"web": service(command, restart="no", environment={"N": str(n)}, volumes=["data:/data"], scale=3, deploy=deploy)},
                    volumes={"data": {}})
    daemon.apply(versions_of(1, "sleep 1000"))
    fails_third = ["sh", "-c", "test -e /data/b && exit 7; test -e /data/a && touch /data/b; touch /data/a; exec sleep 1000"]
    daemon.apply(versions_of(2, fails_third), check=3)
    wait_for(lambda: list(versions(engine).values()) == 3 * ["N=1"] and daemon.status()["settings"]["state"] == "rolled back"
             and all(each["state"] == "running" for each in daemon.status()["services"]), daemon.status)
    steps = [(entry["verb"], entry["object"]) for entry in daemon.history()]
    back = steps[max(i for i, step in enumerate(steps) if step == ("create", "demo-web-3")):]  # of the version that failed
    first_renamed = next(i for i, (verb, _) in enumerate(back) if verb == "rename")
    assert {name for verb, name in back[:first_renamed] if verb == "create"} >= {"demo-web-1", "demo-web-2"}, back


def test_a_moved_tag_is_rolled_back_to_the_image_that_ran(engine, daemon):
    engine.import_image("local/moving:1", command=["sleep", "1000"])
    ran = engine.ok("GET", "/images/local/moving:1/json")["Id"]
    def moving(n):
        return {**demo({"web": {"image": "local/moving:1", "stop_grace_period": "0s", "restart": "no", "environment": {"N": str(n)}}}),
                "reconcile": {"rollback": True, "monitor": "1s"}}
    daemon.apply(moving(1))
    engine.import_image("local/moving:1", command=["false"])
    daemon.apply(moving(2), check=3)
    wait_for(lambda: daemon.status()["settings"]["state"] == "rolled back", daemon.status)
    engine.ok("DELETE", "/containers/demo-web-1?force=1")  # what is created anew is of that image, too
    wait_for(lambda: engine.running("demo-web-1"), "the container is back")
    assert engine.inspect("demo-web-1")["Image"] == ran
    assert "N=1" in engine.inspect("demo-web-1")["Config"]["Env"]


def test_an_operator_rolls_back_by_hand(engine, daemon):
    assert "no settings yet" in daemon.run("rollback", "--list", check=0).stdout
    assert "no valid settings in force" in daemon.run("rollback", check=1).stderr
    for n in (1, 2, 3):
        daemon.apply(settings(n))
        if n == 1:
            assert "no earlier settings" in daemon.run("rollback", check=1).stderr
        wait_for(lambda: len(json.loads(daemon.run("rollback", "--list", "--json").stdout)["good"]) == n, f"{n} good settings")
    planned = daemon.run("rollback", "--dry-run", check=3).stdout
    assert "N: 3 → 2" in planned or "environment.N" in planned, planned
    assert versions(engine) == {"demo-db-1": "N=3", "demo-web-1": "N=3"}
    daemon.run("rollback", check=0)
    goes_back_to(engine, daemon, 2)
    daemon.run("rollback", "--to", "1", check=0)
    goes_back_to(engine, daemon, 1)
    assert "number 7" in daemon.run("rollback", "--to", "7", check=1).stderr
    daemon.run("reconcile", "--wait", check=0)
    assert versions(engine) == {"demo-db-1": "N=3", "demo-web-1": "N=3"}
    daemon.run("down", check=0)
    assert "no settings yet" in daemon.run("rollback", "--list", check=0).stdout


def test_secrets_of_settings_in_force_again_stay_hidden(engine, daemon):
    """Three generations: those in force again, the ones between, and the newest."""
    def secret(n, command):
        document = {**demo({"web": service([*command, "${KEY}"], restart="no", environment={"N": str(n)})}), "reconcile": {"rollback": True, "monitor": "1s"}}
        return document, {"environment": {"KEY": f"sesame-number-{n}"}}
    works, fails = ["sh", "-c", "exec sleep 1000"], ["sh", "-c", "exit 7"]
    daemon.apply(*secret(1, works))
    daemon.apply(*secret(2, fails), check=3)
    wait_for(lambda: daemon.status()["settings"]["state"] == "rolled back", daemon.status)
    daemon.apply(*secret(3, fails), check=3)
    wait_for(lambda: daemon.status()["settings"]["state"] == "rolled back", daemon.status)
    daemon.apply(*secret(4, works))
    shown = daemon.log() + json.dumps(daemon.history()) + json.dumps(daemon.status())
    assert "sesame-number" not in shown


def rollback_part(daemon):
    return next((part for part in daemon.status()["parts"] if part["name"] == "settings.rollback"), None)


def test_a_way_back_that_is_closed_for_good_is_told(engine, daemon, tmp_path):
    environment = tmp_path / "web.env"
    environment.write_text("A=1\n")
    first = settings(1)
    first["compose"]["services"]["web"]["env_file"] = str(environment)
    daemon.apply(first)
    environment.unlink()
    daemon.apply(settings(2, FAILING), check=3)
    wait_for(lambda: rollback_part(daemon), daemon.status)
    part = rollback_part(daemon)
    assert part["state"] == "failed", part
    assert part["message"].startswith("cannot return to earlier settings: ") and "web.env" in part["message"], part
    assert "the present settings stay in force" in part["message"], part
    status = daemon.status()
    assert status["state"] == "degraded" and status["settings"]["state"] == "accepted", status
    assert "cannot return to earlier settings" in " ".join(daemon.run("status").stdout.split())

    environment.write_text("A=1\n")
    daemon.run("reconcile", check=0)
    goes_back_to(engine, daemon, 1)
    wait_for(lambda: rollback_part(daemon) is None, daemon.status)


def test_without_earlier_good_settings_only_the_service_is_told(engine, daemon):
    def never_good(web):
        document = settings(1, web)
        document["compose"]["services"]["other"] = service(FAILING, restart="no")
        return document
    daemon.apply(never_good("sleep 1000"), check=3)
    daemon.apply(never_good(FAILING), check=3)
    wait_for(lambda: "exited with code 7" in daemon.service("web")["reason"], daemon.status)
    status = daemon.status()
    assert rollback_part(daemon) is None and status["settings"]["state"] == "accepted", status
    assert "cannot return" not in daemon.log() and "cannot roll back" not in daemon.log()
