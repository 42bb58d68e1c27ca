"""`stack`: the Compose model as a stack of the swarm. The swarm's leader deploys it, keeps it, changes and removes it."""

import base64
import json
import re

import pytest

from harness import demo, service, wait_for
from node import at_once, form, settings
from test_secrets import assert_hidden

PASSWORD, OTHER_PASSWORD = "a password of the stack", "another password of the stack"
CONFIG = "the config of the stack\n"
ON_EACH_NODE = {"mode": "global", "endpoint_mode": "dnsrr"}
ON_A_PORT = [{"target": 8080, "published": 8090, "protocol": "tcp", "mode": "host"}]


def web(command="httpd -f -p 8080 -h /www", a="1", replicas=2, deploy=(), **more):
    """Without a virtual IP, which needs IPVS in the kernel."""
    return service(command, environment={"A": a}, networks=["back"], volumes=["data:/data"], secrets=["key"],
                   configs=[{"source": "app", "target": "/etc/app.conf", "mode": 0o440}],
                   deploy={"replicas": replicas, "endpoint_mode": "dnsrr", **dict(deploy)}, **more)


def model(web=web(), config=CONFIG, back=(), **services):
    """The model with web and agent; `agent=None` leaves that out."""
    services = {"web": web, "agent": service(networks=["back"], deploy=ON_EACH_NODE), **services}
    return demo({name: each for name, each in services.items() if each}, networks={"back": dict(back)}, volumes={"data": {}},
                configs={"app": {"content": config}}, secrets={"key": {"environment": "PASSWORD"}})["compose"]


class Cluster:
    """Machines of one swarm that all get the same document."""

    def __init__(self, lab, managers, workers=0):
        self.nodes = lab.add(*(f"m{number + 1}" for number in range(managers)), *(f"w{number + 1}" for number in range(workers)))
        self.managers, self.workers = self.nodes[:managers], self.nodes[managers:]
        at_once(lambda node: node.engine.import_image(), self.nodes)
        self.tokens = form(self.managers, self.workers)

    def document(self, compose, stack=True):
        return {"swarm": settings(self.managers), "stack": stack, "compose": compose}

    def secrets(self, password=PASSWORD):
        return {**self.tokens, "environment": {"PASSWORD": password}}

    def apply(self, compose, password=PASSWORD, stack=True):
        """On all machines. Does not wait."""
        at_once(lambda node: node.daemon.apply(self.document(compose, stack), self.secrets(password), wait=None), self.running())

    def deploy(self, compose, **replicas):
        """On all machines, and waits until so many tasks run: deploy(model(), web=2, agent=3)."""
        self.apply(compose)
        self.runs(**replicas)

    def running(self):
        return [node for node in self.nodes if node.power]

    def leader(self):
        return wait_for(lambda: next((node for node in self.managers if node.power and node.leads()), None), "the swarm has a leader", 90)

    def followers(self):
        leader = self.leader()
        return [node for node in self.managers if node.power and node is not leader]

    def spec(self, name):
        """The Spec of a service, or None."""
        return self.leader().listed("services").get(f"demo_{name}", {}).get("Spec")

    def runs(self, **replicas):
        """Waits until these services have so many running tasks, and the leader's daemon is content with that."""
        for name, count in replicas.items():
            wait_for(lambda: len(self.leader().running_tasks(f"demo_{name}")) == count,
                     lambda: f"{count} tasks of {name}: {self.leader().part(f'stack.{name}')}; {self.leader().daemon.log()[-3000:]}", 120)
            self.leader().told("", part=f"stack.{name}", state="ok")

    def has(self, name, a):
        """Waits until the service has A=a in its environment."""
        wait_for(lambda: f"A={a}" in environment(self.spec(name)), lambda: f"{name} has A={a}: {self.spec(name)}", 60)


def environment(spec):
    return spec["TaskTemplate"]["ContainerSpec"].get("Env", []) if spec else []


def version(node, name):
    return node.listed("services")[f"demo_{name}"]["Version"]["Index"]


def update_state(node, name):
    return node.listed("services")[f"demo_{name}"].get("UpdateStatus", {}).get("State")


def sequence(node):
    """The number of the settings that its daemon has in force."""
    newest = node.daemon.status()["settings"]
    return newest["sequence"] if newest["state"] == "accepted" else -1


def networks(node):
    return {each["Name"] for each in node.engine.ok("GET", "/networks") if each["Scope"] == "swarm" and each["Name"].startswith("demo_")}


def content_in_container(node, service, path):
    """The content of a file in the container of a service whose one task runs at this node; None while there is none."""
    tasks = node.running_tasks(service)
    if len(tasks) != 1:
        return None
    status, _ = node.engine.call("GET", f"/containers/{tasks[0]['Status']['ContainerStatus']['ContainerID']}/json")
    if status != 200:  # the task has ended in between
        return None
    return node.docker("exec", tasks[0]["Status"]["ContainerStatus"]["ContainerID"], "cat", path)


def deploy_with_docker(node, compose, folder):
    """The same model by docker's own command, which wants a version, no name, and the contents in files."""
    compose = {**{key: value for key, value in compose.items() if key != "name"}, "version": "3.8"}
    for kind, name, content in (("configs", "app", CONFIG), ("secrets", "key", PASSWORD)):
        (folder / name).write_text(content)
        compose[kind] = {name: {"file": str(folder / name)}}
    (folder / "compose.json").write_text(json.dumps(compose))
    node.docker("stack", "deploy", "--compose-file", str(folder / "compose.json"), "demo")


@pytest.mark.short
def test_one_document_deploys_a_stack_on_three_managers_and_two_workers(lab, tmp_path):
    """With the names, labels and specs of docker's own command, which changes nothing of the services afterwards."""
    cluster = Cluster(lab, managers=3, workers=2)
    deployed = model(web=web(ports=ON_A_PORT))
    cluster.deploy(deployed, web=2, agent=5)
    leader = cluster.leader()
    leader.told("applied by this node", part="stack")
    leader.told("2 of 2", part="stack.web", state="ok")
    for node in cluster.followers():
        node.told(f"applied by the leader {leader} ({leader.address})", part="stack")
        node.told("2 of 2", part="stack.web", state="ok")
        assert node.stack_steps() == []
    for node in cluster.workers:
        node.told("manager", part="stack", state="unmanaged")
        assert node.part("stack.web") is None and node.stack_steps() == []
    assert leader.docker("stack", "ls", "--format", "{{.Name}} {{.Services}}").split() == ["demo", "2"]
    assert sorted(leader.docker("stack", "services", "--format", "{{.Name}} {{.Replicas}}", "demo").splitlines()) == [
        "demo_agent 5/5", "demo_web 2/2"]
    assert networks(leader) == {"demo_back"}
    assert "`docker service update --force demo_web`" in leader.daemon.run("restart", "web", check=1).stderr
    for node in (leader, cluster.workers[0]):
        assert "`docker service logs STACK_web`" in node.daemon.run("logs", "web", check=1).stderr
    assert "no service 'wbe'" in leader.daemon.run("restart", "wbe", check=1).stderr

    for node in cluster.nodes:  # the deploy takes our label off configs and secrets
        node.daemon.run("pause", check=0)
    specs = {name: each["Spec"] for name, each in leader.listed("services").items()}
    tasks = {name: {task["ID"] for task in leader.running_tasks(name)} for name in specs}
    deploy_with_docker(leader, deployed, tmp_path)
    assert {name: each["Spec"] for name, each in leader.listed("services").items()} == specs
    for node in cluster.nodes:
        node.daemon.run("resume", check=0)
    cluster.runs(web=2, agent=5)
    assert {task["ID"] for task in leader.running_tasks("demo_agent")} == tasks["demo_agent"]  # it has no config and no secret
    assert set(leader.listed("services")) == {"demo_web", "demo_agent"}


@pytest.mark.short
def test_drift_by_hand_is_put_right_by_the_leader_alone(lab):
    cluster = Cluster(lab, managers=3)
    cluster.deploy(model(), web=2, agent=3)
    leader, (follower, other) = cluster.leader(), cluster.followers()
    wanted = cluster.spec("web")

    def is_back():
        wait_for(lambda: cluster.spec("web") == wanted, lambda: f"web is as before: {cluster.spec('web')}", 60)
    follower.docker("service", "update", "--detach", "--env-add", "A=9", "demo_web")
    is_back()
    other.docker("service", "scale", "--detach", "demo_web=1")
    is_back()
    follower.docker("service", "rm", "demo_agent")
    cluster.runs(web=2, agent=3)
    changed = {change["field"] for step in leader.daemon.history() if step["object"] == "demo_web" for change in step["changes"]}
    assert {"environment.A", "deploy.replicas"} <= changed
    assert leader.stack_steps().count("create service demo_agent") == 2
    assert follower.stack_steps() == other.stack_steps() == []


def test_changed_settings_change_services_and_remove_what_left_the_model(lab):
    cluster = Cluster(lab, managers=1, workers=1)
    m1, = cluster.managers
    side = {**model(side=service(networks=["side"], deploy=ON_EACH_NODE)), "networks": {"back": {}, "side": {}}}
    cluster.deploy(side, web=2, agent=2, side=2)
    assert networks(m1) == {"demo_back", "demo_side"}
    changed = model(web=web(a="2", replicas=3), config="another config\n", agent=None)
    document = m1.daemon.write("new.json", cluster.document(changed))
    protected = m1.daemon.write("new-protected.json", cluster.secrets())
    plan = m1.daemon.run("plan", document, "--protected", protected, check=3).stdout
    assert all(part in plan for part in ("update service demo_web", "environment.A", "deploy.replicas", "create config demo_app_",
                                         "remove service demo_agent", "remove service demo_side")), plan
    cluster.apply(changed)
    cluster.has("web", a="2")
    cluster.runs(web=3)
    wait_for(lambda: set(m1.listed("services")) == {"demo_web"}, lambda: m1.listed("services"))
    wait_for(lambda: networks(m1) == {"demo_back"}, lambda: networks(m1), 60)
    wait_for(lambda: len(m1.listed("configs")) == 1, lambda: m1.listed("configs"), 60)
    assert re.fullmatch("demo_app_[0-9a-f]{10}", *m1.listed("configs"))
    assert "remove config demo_app" in m1.stack_steps()
    assert m1.daemon.converged()


def test_a_changed_secret_moves_over_and_the_old_one_goes(lab):
    cluster = Cluster(lab, managers=1)
    m1, = cluster.managers
    compose = model(web=web(replicas=1))
    cluster.deploy(compose, web=1, agent=1)
    assert set(m1.listed("secrets")) == {"demo_key"}
    agent = version(m1, "agent")

    def becomes(password):
        """Waits until the container has this secret, and the swarm only this one."""
        cluster.apply(compose, password)
        wait_for(lambda: content_in_container(m1, "demo_web", "/run/secrets/key") == password, "the container has the new secret", 120)
        wait_for(lambda: len(m1.listed("secrets")) == 1, lambda: f"one secret is left: {list(m1.listed('secrets'))}", 60)
        return set(m1.listed("secrets"))
    name, = becomes(OTHER_PASSWORD)
    assert re.fullmatch("demo_key_[0-9a-f]{10}", name)
    assert {"create secret " + name, "update service demo_web", "remove secret demo_key"} <= set(m1.stack_steps())
    assert becomes(PASSWORD) != {name}
    cluster.runs(web=1, agent=1)
    assert version(m1, "agent") == agent  # it does not use the secret


def test_an_update_that_rolls_back_is_told_and_not_tried_again(lab):
    cluster = Cluster(lab, managers=1)
    m1, = cluster.managers
    careful = {"update_config": {"failure_action": "rollback", "monitor": "5s"}}
    sound, broken = model(web=web(deploy=careful)), model(web=web("false", a="2", deploy=careful))
    cluster.deploy(sound, web=2, agent=1)
    m1.daemon.apply(cluster.document(broken), cluster.secrets(), check=3)
    wait_for(lambda: update_state(m1, "web") == "rollback_completed", lambda: f"it is rolled back: {update_state(m1, 'web')}", 120)
    m1.told("roll", part="stack.web", state="failed")
    rolled_back, agent = version(m1, "web"), cluster.spec("agent")
    assert "A=1" in environment(cluster.spec("web"))

    m1.docker("service", "update", "--detach", "--env-add", "B=1", "demo_agent")
    wait_for(lambda: cluster.spec("agent") == agent, "the daemon has planned again since", 60)
    assert version(m1, "web") == rolled_back
    assert m1.part("stack.web")["state"] == "failed" and m1.daemon.status()["state"] == "degraded"

    m1.daemon.run("reconcile", check=0)
    wait_for(lambda: version(m1, "web") != rolled_back, "it is tried once more, because somebody asked for it")
    cluster.deploy(sound, web=2, agent=1)


def test_an_update_that_is_paused_is_told(lab):
    """The default of failure_action."""
    cluster = Cluster(lab, managers=1)
    m1, = cluster.managers
    cluster.deploy(model(), web=2, agent=1)
    cluster.apply(model(web=web("false", a="2")))
    wait_for(lambda: update_state(m1, "web") == "paused", lambda: f"it is paused: {update_state(m1, 'web')}", 120)
    m1.told("paused", part="stack.web", state="failed")
    assert m1.daemon.status()["state"] == "degraded"
    cluster.apply(model(web=web(a="3")))
    cluster.has("web", a="3")
    cluster.runs(web=2)


@pytest.mark.parametrize("moment", ["before its first step", "after its first step"])
def test_the_next_leader_goes_on_when_the_leader_fails(lab, moment):
    """All daemons have the new settings; the leader's is killed with its engine."""
    cluster = Cluster(lab, managers=3)
    cluster.deploy(model(), web=2, agent=3)
    leader, followers = cluster.leader(), cluster.followers()
    before, sequences = leader.stack_steps(), {node: sequence(node) for node in cluster.nodes}
    changed = model(web=web(a="2"), config="another config\n", agent=None, more=service(networks=["back"], deploy=ON_EACH_NODE))
    if moment == "before its first step":
        leader.daemon.run("pause", check=0)
    cluster.apply(changed, password=OTHER_PASSWORD)
    for node in cluster.nodes:
        wait_for(lambda: sequence(node) > sequences[node], f"{node} has the new settings")
    if moment == "after its first step":
        wait_for(lambda: leader.stack_steps() != before, "the leader has begun", every=0.01)
    else:
        assert leader.stack_steps() == before
    assert [node.stack_steps() for node in followers] == [[], []]
    leader.off()

    cluster.has("web", a="2")
    cluster.runs(web=2, more=2)
    wait_for(lambda: set(cluster.leader().listed("services")) == {"demo_web", "demo_more"}, lambda: cluster.leader().listed("services"), 60)
    for kind in ("secrets", "configs"):
        wait_for(lambda: len(cluster.leader().listed(kind)) == 1, lambda: f"one is left: {list(cluster.leader().listed(kind))}", 60)
    second = cluster.leader()
    assert [node.stack_steps() for node in followers if node is not second] == [[]]

    leader.on()
    leader.becomes("manager")
    leader.daemon.run("resume")
    leader.told(f"applied by the leader {second} ", part="stack")
    cluster.runs(web=2, more=3)
    assert "A=2" in environment(cluster.spec("web")) and len(second.listed("secrets")) == 1


def test_local_containers_become_a_stack_and_a_stack_becomes_local_containers(lab):
    """Without the loss of a volume on any machine, and although both have networks of the same names."""
    cluster = Cluster(lab, managers=1, workers=1)
    m1, = cluster.managers
    compose = model(web=None, agent=service(networks=["back"], volumes=["data:/data"], deploy=ON_EACH_NODE))

    def is_local():
        for node in cluster.nodes:
            wait_for(lambda: node.engine.running("demo-agent-1"), lambda: f"local at {node}: {node.daemon.status()}", 120)

    def marks():
        return [node.engine.folder / "data/volumes/demo_data/_data/mark" for node in cluster.nodes]
    cluster.apply(compose, stack=False)
    is_local()
    for mark in marks():
        mark.write_text("kept")
    volumes = [node.engine.ok("GET", "/volumes/demo_data")["CreatedAt"] for node in cluster.nodes]

    cluster.deploy(compose, agent=2)
    for node in cluster.nodes:
        wait_for(lambda: node.engine.names() == [], lambda: f"no local containers at {node}: {node.engine.names()}", 60)
    assert all(mark.read_text() == "kept" for mark in marks())

    cluster.apply(compose, stack=False)
    is_local()
    wait_for(lambda: not m1.listed("services"), lambda: f"the stack is gone: {list(m1.listed('services'))}", 60)
    wait_for(lambda: not networks(m1), lambda: f"its networks are gone: {networks(m1)}", 60)
    for node in cluster.nodes:
        assert node.daemon.converged()
        assert node.part("stack") is None
    assert all(mark.read_text() == "kept" for mark in marks())
    assert [node.engine.ok("GET", "/volumes/demo_data")["CreatedAt"] for node in cluster.nodes] == volumes


@pytest.mark.short
def test_a_task_that_finds_no_node_is_told_with_the_reason(lab):
    cluster = Cluster(lab, managers=1)
    m1, = cluster.managers
    cluster.apply(model(web=web(deploy={"placement": {"constraints": ["node.labels.disk == ssd"]}})))
    m1.told("0 of 2", "no suitable node (scheduling constraints not satisfied", part="stack.web")
    assert "no suitable node" in m1.daemon.run("status", check=3).stdout
    m1.update_by_hand(m1, lambda spec: spec.update(Labels={"disk": "ssd"}))
    cluster.runs(web=2, agent=1)
    cluster.apply(model(web=web(a="2", deploy={"resources": {"reservations": {"memory": "900g"}}})))
    m1.told("no suitable node (insufficient resources", part="stack.web")


@pytest.mark.short
def test_no_output_and_no_object_of_the_engine_has_the_content_of_a_secret(lab):
    cluster = Cluster(lab, managers=1)
    m1, = cluster.managers
    cluster.deploy(model(web=web(replicas=1)), web=1, agent=1)
    first = m1.listed("secrets")["demo_key"]
    assert re.fullmatch("[0-9a-f]{10,}", first["Spec"]["Labels"]["dockerextd.content"])
    m1.daemon.apply(cluster.document(model(web=web(replicas=1))), cluster.secrets(OTHER_PASSWORD))
    wait_for(lambda: len(m1.listed("secrets")) == 1 and "demo_key" not in m1.listed("secrets"), lambda: list(m1.listed("secrets")), 60)
    hidden = [PASSWORD, OTHER_PASSWORD]
    hidden += [base64.b64encode(secret.encode()).decode() for secret in hidden]
    assert_hidden([m1], hidden)
    shown = json.dumps([first, *(m1.engine.ok("GET", target) for target in ("/services", "/secrets", "/configs", "/tasks"))])
    assert [secret for secret in hidden if secret in shown] == []


def test_a_network_whose_definition_changed_is_left_alone_and_told(lab):
    cluster = Cluster(lab, managers=1)
    m1, = cluster.managers
    cluster.deploy(model(), web=2, agent=1)
    before = version(m1, "web")
    cluster.apply(model(back={"attachable": True}))

    def told():
        text = m1.daemon.run("status").stdout
        return "demo_back" in text and "docker stack rm" in text
    wait_for(told, m1.daemon.status)
    assert version(m1, "web") == before and len(m1.running_tasks("demo_web")) == 2
    other = json.loads(json.dumps(model()).replace('"back"', '"inner"'))
    cluster.deploy(other, web=2, agent=1)
    wait_for(lambda: networks(m1) == {"demo_inner"}, lambda: networks(m1), 60)


def test_down_on_the_leader_removes_the_stack(lab):
    cluster = Cluster(lab, managers=1)
    m1, = cluster.managers
    cluster.deploy(model(), web=2, agent=1)
    m1.daemon.run("down", check=0)
    wait_for(lambda: not any(m1.listed(kind) for kind in ("services", "secrets", "configs")) and not networks(m1), "the stack is gone", 60)
    assert m1.engine.ok("GET", "/volumes/demo_data") and m1.info()["ControlAvailable"]
