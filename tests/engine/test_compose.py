"""What goes beyond the fields of one container: Compose files, configs and secrets, changed networks, hooks, builds."""

import json
import os

from harness import IMAGE, demo, service, wait_for


def run_in(engine, name, *command):
    """The output of a command in a container."""
    made = engine.ok("POST", f"/containers/{name}/exec", {"Cmd": list(command), "AttachStdout": True, "Tty": True})["Id"]
    answer = engine.ok("POST", f"/exec/{made}/start", {"Detach": False, "Tty": True})
    return str(answer).replace("\r", "")


def test_a_compose_file_is_applied_as_it_is(engine, daemon):
    project = daemon.root / "var/lib/dockerextd/project"
    project.mkdir(parents=True, exist_ok=True)
    (project / "web.env").write_text("GREETING=hello\n")
    daemon.write(".env", "# beside the file\nOWNER='me'\nDATA=${HOME}/data\n")
    file = daemon.write("docker-compose.yml", f"""
name: demo
x-common: &common
  image: {IMAGE}
  stop_grace_period: 0s
services:
  web:
    <<: *common
    command: sleep 1000
    env_file: web.env
    labels: {{owner: "$OWNER", data: "$DATA", project: "$PWD"}}
""")
    daemon.run("validate", file, check=0)
    daemon.run("apply", "--wait=180s", file, check=0)
    config = engine.inspect("demo-web-1")["Config"]
    assert "GREETING=hello" in config["Env"]
    assert [config["Labels"][name] for name in ("owner", "data", "project")] == ["me", "/root/data", str(project)]
    daemon.run("plan", file, check=0)
    imported = daemon.write("imported.json", daemon.run("import", file, check=0).stdout)
    daemon.run("plan", imported, check=0)
    nameless = daemon.write("nameless.yml", f"services: {{web: {{image: {IMAGE}, labels: {{who: $WHO}}}}}}")
    named = json.loads(daemon.run("import", nameless, "-p", "shop", "-e", "WHO=me", check=0).stdout)
    assert named["compose-environment"]["COMPOSE_PROJECT_NAME"] == "shop" and named["compose-environment"]["WHO"] == "me"
    refused = daemon.run("apply", daemon.write("bad.yml", "services:\n  web:\n    image: x\n    prots: ['1:1']\n"))
    assert refused.returncode == 2 and "line 4, column 5" in refused.stderr and "'ports'" in refused.stderr


def test_depending_on_health_without_a_health_check_is_a_failure(engine, daemon):
    def settings(**more):
        return demo({"web": service(depends_on={"db": {"condition": "service_healthy", **more}}), "db": service()})
    daemon.apply(settings(), check=3)
    web = daemon.service("web")
    assert web["state"] == "failed" and "needs db to be healthy" in web["reason"] and IMAGE in web["reason"]
    daemon.apply(settings(required=False))


def test_configs_and_secrets_and_their_changes_reach_the_container(engine, daemon):
    def settings(greeting):
        return {"compose": {"name": "demo",
                            "services": {"web": service(configs=["greeting"], secrets=[{"source": "token", "mode": "0400"}]),
                                         "db": service()},
                            "configs": {"greeting": {"content": greeting}},
                            "secrets": {"token": {"environment": "TOKEN"}}}}
    daemon.apply(settings("hello"), {"environment": {"TOKEN": "canary-51ab"}})
    assert run_in(engine, "demo-web-1", "cat", "/greeting") == "hello"
    assert run_in(engine, "demo-web-1", "cat", "/run/secrets/token") == "canary-51ab"
    engine.ok("POST", "/containers/demo-web-1/restart?t=0")
    assert run_in(engine, "demo-web-1", "cat", "/greeting") == "hello"
    daemon.converged()
    db = engine.inspect("demo-db-1")["Id"]
    daemon.apply(settings("goodbye"), {"environment": {"TOKEN": "canary-52ab"}})
    assert run_in(engine, "demo-web-1", "cat", "/greeting") == "goodbye"
    assert run_in(engine, "demo-web-1", "cat", "/run/secrets/token") == "canary-52ab"
    assert engine.inspect("demo-db-1")["Id"] == db
    shown = daemon.log() + daemon.run("history").stdout + daemon.run("status", "--json").stdout
    assert "canary" not in shown


def test_a_changed_network_is_recreated_without_new_containers(engine, daemon):
    def settings(**network):
        services = {"web": service(networks={"back": {"aliases": ["alias"], "ipv4_address": "10.123.1.9"}}), "db": service()}
        pool = {"ipam": {"config": [{"subnet": "10.123.1.0/24"}]}}
        return demo(services, networks={"back": {**pool, **network}})
    daemon.apply(settings())
    before = {name: engine.inspect(name)["Id"] for name in engine.names()}
    daemon.apply(settings(internal=True, labels={"a": "b"}))
    assert engine.ok("GET", "/networks/demo_back")["Internal"]
    assert {name: engine.inspect(name)["Id"] for name in engine.names()} == before
    endpoint = engine.inspect("demo-web-1")["NetworkSettings"]["Networks"]["demo_back"]
    assert endpoint["IPAddress"] == "10.123.1.9" and {"alias", "web", "demo-web-1"} <= set(endpoint["Aliases"])


def test_a_changed_volume_is_reported_and_left_alone(engine, daemon):
    settings = lambda **options: demo({"web": service(volumes=["data:/data"])}, volumes={"data": options})
    daemon.apply(settings())
    run_in(engine, "demo-web-1", "touch", "/data/precious")
    daemon.apply(settings(driver_opts={"type": "tmpfs", "device": "tmpfs"}), wait=None)
    def reported():
        status = daemon.status()
        return status["state"] == "degraded" and any("demo_data" in str(held) for held in status["held"])
    wait_for(reported, daemon.status)
    assert "precious" in run_in(engine, "demo-web-1", "ls", "/data")


def test_hooks_run_after_the_start_and_before_the_stop(engine, daemon):
    hooks = {"post_start": [{"command": ["touch", "/data/started"]}], "pre_stop": [{"command": "touch /data/stopping"}]}
    volumes = {"volumes": {"data": None}}
    daemon.apply(demo({"web": service(volumes=["data:/data"], **hooks)}, **volumes))
    assert run_in(engine, "demo-web-1", "ls", "/data").split() == ["started"]
    daemon.apply(demo({"web": service("sleep 2000", volumes=["data:/data"], **hooks)}, **volumes))
    assert run_in(engine, "demo-web-1", "ls", "/data").split() == ["started", "stopping"]


def test_a_failing_post_start_hook_fails_its_service_and_is_retried(engine, daemon):
    hooks = [{"command": ["test", "-e", "/tmp/ok"]}, {"command": "touch /tmp/second"}]
    daemon.apply(demo({"web": service(post_start=hooks), "after": service(depends_on=["web"])}), wait=None)
    failed = daemon.failed("web", attempts=2)
    assert "post_start hook 'test -e /tmp/ok': it exited with code 1" in failed["reason"]
    assert daemon.status()["state"] == "degraded"
    assert not engine.running("demo-after-1")
    web = engine.inspect("demo-web-1")
    run_in(engine, "demo-web-1", "touch", "/tmp/ok")
    daemon.converged()
    assert engine.running("demo-after-1")
    assert run_in(engine, "demo-web-1", "ls", "/tmp").split() == ["ok", "second"]
    assert engine.inspect("demo-web-1")["State"]["StartedAt"] == web["State"]["StartedAt"], "the container was not restarted"


def test_containers_that_share_a_namespace_are_restarted_after_its_owner(engine, daemon):
    vpn = engine.ok("POST", "/containers/create?name=vpn", {"Image": IMAGE, "Cmd": ["sleep", "1000"], "StopTimeout": 0})["Id"]
    engine.ok("POST", f"/containers/{vpn}/start")
    daemon.apply(demo({"gw": service(ipc="shareable"),
                       "app": service(network_mode="service:gw", depends_on={"gw": {"condition": "service_started", "restart": True}}),
                       "shm": service(ipc="service:gw"),
                       "far": service(network_mode="container:vpn")}))
    clients = {"demo-app-1": ("demo-gw-1", "net"), "demo-shm-1": ("demo-gw-1", "ipc"), "demo-far-1": ("vpn", "net")}
    before = {name: engine.inspect(name)["Id"] for name in clients}

    def namespace(name, kind):
        return os.stat(f"/proc/{engine.inspect(name)['State']['Pid']}/ns/{kind}").st_ino

    def all_share():
        try:
            return all(namespace(name, kind) == namespace(owner, kind) for name, (owner, kind) in clients.items())
        except OSError:  # between two runs
            return False
    assert all_share()
    engine.ok("POST", "/containers/demo-gw-1/restart?t=0")
    engine.ok("POST", "/containers/vpn/restart?t=0")
    wait_for(all_share, lambda: f"all share a namespace again: {daemon.status()}")
    daemon.converged()
    assert {name: engine.inspect(name)["Id"] for name in clients} == before
    restarts = [(step["object"], step["reason"]) for step in daemon.history() if step["verb"] == "restart"]
    assert sorted(restarts) == [("demo-app-1", "demo-gw-1, whose network it shares, was started after it"),
                                ("demo-far-1", "vpn, whose network it shares, was started after it"),
                                ("demo-shm-1", "demo-gw-1, whose IPC namespace it shares, was started after it")]


def test_a_reference_to_a_container_by_name_is_no_drift(engine, daemon):
    """`container:NAME` becomes an id in the engine's answers."""
    engine.ok("POST", "/containers/create?name=outsider", {"Image": IMAGE, "Cmd": ["sleep", "1000"]})
    engine.ok("POST", "/containers/outsider/start")
    daemon.apply(demo({"web": service(network_mode="container:outsider", pid="container:outsider")}))
    daemon.run("reconcile", "--wait", check=0)
    assert daemon.run("plan", check=0).stdout and engine.names() == ["demo-web-1"]


def built(build, **more):
    return {"build": build, "command": "sleep 1000", "stop_grace_period": "0s", **more}


def test_an_image_is_built_and_rebuilt_as_the_pull_policy_says(engine, daemon):
    context = daemon.root / "var/lib/dockerextd/project/web"
    context.mkdir(parents=True, exist_ok=True)

    def settings(word, **more):
        (context / "Dockerfile").write_text(f"FROM {IMAGE}\nARG WORD\nRUN echo $WORD > /word\n")
        return demo({"web": built({"context": "web", "args": {"WORD": word}}, **more)})
    daemon.apply(settings("one"))
    assert run_in(engine, "demo-web-1", "cat", "/word") == "one\n"
    first = engine.inspect("demo-web-1")["Id"]
    daemon.apply(settings("two"))  # as with Compose, an existing image is not rebuilt
    assert engine.inspect("demo-web-1")["Id"] == first
    daemon.apply(settings("two", pull_policy="build"))
    assert run_in(engine, "demo-web-1", "cat", "/word") == "two\n"
    second = engine.inspect("demo-web-1")["Id"]
    daemon.run("reconcile", "--wait", check=0)
    assert engine.inspect("demo-web-1")["Id"] == second  # it is built once per settings
    assert [step for step in daemon.history() if step["verb"] == "build image"][-1]["status"] == "done"


def test_a_failing_build_leaves_the_running_container_and_reports_why(engine, daemon):
    context = daemon.root / "var/lib/dockerextd/project/web"
    context.mkdir(parents=True, exist_ok=True)
    daemon.apply(demo({"broken": service()}))
    running = engine.inspect("demo-broken-1")["Id"]
    (context / "Dockerfile").write_text(f"FROM {IMAGE}\nRUN echo canary-word; exit 7\n")
    daemon.apply(demo({"broken": built("web")}), wait="5s", check=3)
    def is_reported():  # between two attempts
        reason = daemon.service("broken")["reason"]
        return "non-zero code: 7" in reason and "canary-word" in reason
    wait_for(is_reported, lambda: "the reason is reported: " + daemon.service("broken")["reason"])
    assert engine.inspect("demo-broken-1")["Id"] == running and engine.running("demo-broken-1")
    def others():  # a running build step has one
        return [entry for entry in engine.containers() if entry["Id"] != running]
    wait_for(lambda: not others(), lambda: f"no failed step's container is left: {others()}")
    (context / "Dockerfile").write_text(f"FROM {IMAGE}\n")
    daemon.run("reconcile", "--wait=180s", check=0)
    assert engine.inspect("demo-broken-1")["Config"]["Image"] == "demo-broken"


def test_containers_of_docker_compose_v1_are_adopted_with_their_anonymous_volumes(engine, daemon):
    """As docker-compose 1.29 made them: other names, a hash of its own, no label of the image."""
    engine.ok("POST", "/networks/create", {"Name": "demo_default", "Labels": {
        "com.docker.compose.network": "default", "com.docker.compose.project": "demo", "com.docker.compose.version": "1.29.2"}})
    made = {}
    for number in (1, 2):
        labels = {"com.docker.compose.config-hash": "1" * 64, "com.docker.compose.container-number": str(number),
                  "com.docker.compose.oneoff": "False", "com.docker.compose.project": "demo",
                  "com.docker.compose.service": "web", "com.docker.compose.version": "1.29.2",
                  "com.docker.compose.project.working_dir": "/srv", "com.docker.compose.project.config_files": "a.yml"}
        made[number] = engine.ok("POST", f"/containers/create?name=demo_web_{number}", {
            "Image": IMAGE, "Cmd": ["sleep", "1000"], "Labels": labels, "Volumes": {"/data": {}}, "StopTimeout": 0,
            "HostConfig": {"NetworkMode": "demo_default"},
            "NetworkingConfig": {"EndpointsConfig": {"demo_default": {"Aliases": ["web"]}}}})["Id"]
        engine.ok("POST", f"/containers/{made[number]}/start")
        run_in(engine, made[number], "sh", "-c", f"echo kept-{number} > /data/file")
    def settings(**more):
        return {"compose": {"web": service(volumes=["/data"], scale=2, **more)},
                "compose-environment": {"COMPOSE_PROJECT_NAME": "demo"}}
    daemon.apply(settings())  # nothing differs but the names
    assert engine.names() == ["demo-web-1", "demo-web-2"]
    assert [engine.inspect(f"demo-web-{number}")["Id"] for number in (1, 2)] == [made[1], made[2]]
    daemon.apply(settings(environment={"A": "b"}))
    assert engine.names() == ["demo-web-1", "demo-web-2"]
    for number in (1, 2):
        assert engine.inspect(f"demo-web-{number}")["Id"] != made[number]
        assert run_in(engine, f"demo-web-{number}", "cat", "/data/file") == f"kept-{number}\n"
    created = [(step["object"], step["reason"], step["error"]) for step in daemon.history() if step["verb"] == "create"]
    assert len(created) == 2, created
