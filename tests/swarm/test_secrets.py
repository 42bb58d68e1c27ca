"""Tokens and unlock keys: rotated, wrong, and hidden everywhere."""

import subprocess

import pytest

from harness import call, wait_for
from node import form, settings, with_other_digit

# Below the daemon's state: the settings themselves, which hold the secrets.
SETTINGS = ("settings.json", "settings.json.previous", "good", "spool")


def secrets_of(protected):
    """The tokens and the key, and what is secret in each alone."""
    whole = [value for key, value in protected["swarm"].items() if key != "manager-engine"]
    return whole + [value.rpartition("-")[2] for value in whole]


def restart_engine(node):
    node.engine.stop()
    node.engine.start()


def locked(node):
    return node.info()["LocalNodeState"] == "locked"


def outputs(node):
    """Everything that the daemon tells or writes, by what it is: bytes."""
    told = {}
    for name, command in {"status": ["status"], "status.json": ["status", "--json"], "plan": ["plan"], "plan.json": ["plan", "--json"],
                          "history": ["history", "--json"], "explain": ["explain", "swarm"], "doctor": ["doctor", "--json"],
                          "show": ["show"]}.items():
        done = node.daemon.run("--docker-host", node.daemon.docker_host, *command)
        told[name] = (done.stdout + done.stderr).encode()
    page = node.daemon.root / "report.html"
    page.unlink(missing_ok=True)
    node.daemon.run("report", "-o", page, check=0)
    told["report"] = page.read_bytes()
    told["log"] = node.daemon.log().encode()
    state = node.daemon.root / "var/lib/dockerextd"
    for path in state.rglob("*"):
        if path.is_file() and path.relative_to(state).parts[0] not in SETTINGS:
            told[str(path.relative_to(state))] = path.read_bytes()
    bundle = node.daemon.root / "bundle.tar.zst"
    bundle.unlink(missing_ok=True)
    node.daemon.run("--docker-host", node.daemon.docker_host, "support-bundle", "-o", bundle, check=0)
    told["support bundle"] = subprocess.run(["zstd", "-dc", bundle], check=True, capture_output=True).stdout
    return told


def assert_hidden(nodes, secrets):
    for node in nodes:
        for name, text in outputs(node).items():
            found = [secret for secret in secrets if secret.encode() in text]
            assert not found, f"{name} of {node} has {found}"


@pytest.mark.short
def test_no_output_has_a_token_or_the_unlock_key(lab):
    """Those of the settings, those that only the engine knows, and those that a manager refuses."""
    m1, m2, w1 = lab.add("m1", "m2", "w1")
    document = settings([m1, m2], autolock=True)
    m1.apply(document)
    m1.becomes("manager")
    protected = m1.tokens()
    secrets = secrets_of(protected)
    assert len(secrets) == 6
    assert_hidden([m1], secrets)  # its settings have none
    for node in (m1, m2):
        node.apply(document, protected)
    m2.becomes("manager")
    wrong = {"swarm": {"worker-token": with_other_digit(protected["swarm"]["worker-token"])}}
    w1.apply(document, wrong)
    w1.told("refuses the join token")
    m1.daemon.run("swarm", "rotate", "worker", check=0)
    secrets += secrets_of(wrong) + secrets_of(m1.tokens())
    assert_hidden([m1, m2, w1], secrets)


def test_no_secret_of_the_swarm_stays_in_memory_without_settings_that_have_it(lab):
    m1, = lab.add("m1")
    m1.apply(settings([m1], autolock=True))
    m1.becomes("manager")
    secrets = secrets_of(m1.tokens())
    memory = m1.daemon.memory()
    assert [secret for secret in secrets if secret.encode() in memory] == []


def test_only_root_sees_the_tokens(lab):
    """The socket's group may send a GET."""
    m1, = lab.add("m1")
    form([m1])
    for target in ("/v1/swarm/tokens", "/v1/swarm/rotate"):
        status, answer = call(m1.daemon.control, "GET", target)
        assert status in (404, 405) and "SWMTKN" not in str(answer)


def test_a_rotated_token_is_for_new_machines_only(lab):
    m1, w1, w2 = lab.add("m1", "w1", "w2")
    former = form([m1], [w1])
    m1.daemon.run("swarm", "rotate", "worker", check=0)
    protected = m1.tokens()
    assert protected["swarm"]["worker-token"] != former["swarm"]["worker-token"]
    assert protected["swarm"]["manager-token"] == former["swarm"]["manager-token"]
    for node, role in ((m1, "manager"), (w1, "worker")):
        node.look()
        node.becomes(role)
    w2.apply(settings([m1]), former)
    w2.told("refuses the join token", "rotated")
    w2.apply(settings([m1]), protected)
    w2.becomes("worker")
    m1.daemon.run("swarm", "rotate", "manager", check=0)
    assert m1.tokens()["swarm"]["manager-token"] != former["swarm"]["manager-token"]


@pytest.mark.short
def test_a_locked_manager_is_unlocked_with_the_key_of_its_settings(lab):
    m1, m2, m3 = nodes = lab.add("m1", "m2", "m3")
    document = settings(nodes, autolock=True)
    protected = form(nodes, autolock=True)
    assert protected["swarm"]["unlock-key"].startswith("SWMKEY-1-")
    restart_engine(m2)
    m2.becomes("manager")
    assert m2.steps()[-1].startswith("unlock")
    wrong = {"swarm": {**protected["swarm"], "unlock-key": with_other_digit(protected["swarm"]["unlock-key"])}}
    m3.apply(document, wrong)
    restart_engine(m3)
    m3.told("the engine refuses the unlock-key", state="failed")
    assert locked(m3)
    tries = sum(step.startswith("unlock") for step in m3.steps())
    m3.apply(document, {"swarm": {key: value for key, value in protected["swarm"].items() if key != "unlock-key"}})
    m3.told("locked", "deploy the unlock-key", state="failed")
    assert locked(m3) and sum(step.startswith("unlock") for step in m3.steps()) == tries
    m3.apply(document, protected)
    m3.becomes("manager")
    m1.sees({"m1": ["ready"], "m2": ["ready"], "m3": ["ready"]})


def test_a_rotated_unlock_key_is_the_one_that_unlocks(lab):
    m1, m2, m3 = nodes = lab.add("m1", "m2", "m3")
    former = form(nodes, autolock=True)
    m1.daemon.run("swarm", "rotate", "unlock-key", check=0)
    protected = m1.tokens()
    assert protected["swarm"]["unlock-key"] != former["swarm"]["unlock-key"]
    before = m2.daemon.status()["settings"]["sequence"]
    m2.apply(settings(nodes, autolock=True), protected)
    wait_for(lambda: m2.daemon.status()["settings"]["sequence"] > before, "m2 has the new key")
    m2.told(state="ok")
    restart_engine(m2)
    m2.becomes("manager")
