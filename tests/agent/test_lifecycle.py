"""The extension's life cycle in Azure: each time, what is reported, and what happens to the containers."""

import hashlib

import pytest
from azure import AGENT
from fabric import NAME
from harness import demo, service, wait_for

SETTINGS = demo({"web": service(restart="always"), "cache": service(restart="always", volumes=["data:/data"])}, volumes={"data": {}})
SERVICES = ["demo-cache-1", "demo-web-1"]


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def deployed(portal):
    """The extension is deployed and has converged."""
    portal.succeeds(SETTINGS)
    return portal


def state_folder(machine):
    """Identifies the folder. The agent runs `uninstall` during an update, and that must not remove it."""
    return machine.sh("stat -c %i /var/lib/dockerextd")


def assert_success(report):
    assert report.handler == "Ready" and report.code == 0, report
    assert report.parts and {state for state, _ in report.parts.values()} == {"success"}, report


def test_add(portal, machine):
    report = portal.succeeds(SETTINGS)
    assert_success(report)
    assert {"service.web", "service.cache"} <= set(report.parts), report
    assert set(portal.states()) <= {"transitioning", "success"}, portal.states()
    assert machine.names() == SERVICES and all(machine.running(name) for name in SERVICES)
    assert machine.unit("ActiveState", "UnitFileState") == {"ActiveState": "active", "UnitFileState": "enabled"}
    assert list(machine.programs().values()) == [sha256(portal.program("1.0.0"))]


def test_the_same_again_changes_nothing(deployed, machine):
    containers, daemon = machine.started_all(), machine.programs()
    deployed.publish()
    assert_success(deployed.state("success"))
    assert deployed.states() == ["success"]  # no `transitioning` in between
    since = len(deployed.fabric.blobs)
    machine.restart_agent()
    assert_success(deployed.state("success", since=since))
    assert machine.started_all() == containers and machine.programs() == daemon


def test_the_agent_is_restarted_during_enable(portal, machine):
    def enabled():
        return machine.sh(f"cat /var/log/azure/{NAME}/CommandExecution.log 2>/dev/null || true").count("Enable extension")
    before = enabled()
    portal.deploy(SETTINGS)
    wait_for(lambda: enabled() > before, "enable runs", 30)
    machine.restart_agent()
    assert_success(portal.state("success"))
    wait_for(lambda: len(machine.programs()) == 1, "one daemon runs; the second enable may have restarted it")
    assert all(machine.running(name) for name in SERVICES)


def test_reboot(deployed, machine):
    since = len(deployed.fabric.blobs)
    machine.reboot()
    assert_success(deployed.state("success", since=since))
    wait_for(lambda: all(machine.running(name) for name in SERVICES), "services run again")
    assert len(machine.programs()) == 1


def test_update_and_downgrade_keep_everything_running(deployed, machine):
    containers, state = machine.started_all(), state_folder(machine)
    deployed.offer("1.1.0")
    for version in ("1.1.0", "1.0.0"):
        deployed.change(version=version)
        assert_success(deployed.state("success"))
        wait_for(lambda: list(machine.programs().values()) == [sha256(deployed.program(version))],  # noqa: B023
                 lambda: f"the daemon of {version} alone runs: {machine.programs()}")
        assert machine.started_all() == containers and state_folder(machine) == state
        assert machine.exists(deployed.folder())
    assert not machine.exists(deployed.folder("1.1.0"))


def test_an_update_that_fails_leaves_services_running(deployed, machine):
    containers, state = machine.started_all(), state_folder(machine)
    deployed.offer("1.1.0", update="bin/launch update; exit 7")
    deployed.change(version="1.1.0")
    report = deployed.wait_for(lambda report: report.version == "1.1.0" and report.handler != "Ready", "the update failed")
    assert report.entry["code"] == 1008 and "7" in report.handler_message, report
    assert machine.started_all() == containers
    deployed.offer("1.2.0")
    deployed.change(version="1.2.0")
    assert_success(deployed.state("success"))
    assert machine.started_all() == containers and state_folder(machine) == state
    assert list(machine.programs().values()) == [sha256(deployed.program("1.2.0"))]


def test_a_disabled_extension_reconciles_nothing(deployed, machine):
    containers = machine.started_all()
    deployed.change(state="disabled")
    report = deployed.wait_for(lambda report: report.handler == "NotReady", "disabled")
    assert "disabled" in report.handler_message.lower(), report
    assert machine.programs() == {} and machine.started_all() == containers
    machine.sh("docker rm -f demo-web-1")
    deployed.change(state="enabled")
    wait_for(lambda: machine.running("demo-web-1"), "the removed container is back")  # the first success is an old one
    assert_success(deployed.state("success", since=len(deployed.fabric.blobs)))
    assert machine.started("demo-cache-1") == containers["demo-cache-1"]


def test_uninstall_leaves_containers_and_adding_again_adopts_them(deployed, machine):
    containers = machine.started_all()
    machine.sh("docker exec demo-cache-1 sh -c 'echo kept >/data/file'")
    deployed.uninstall()
    assert machine.leftovers() == [] and machine.programs() == {}
    assert not machine.exists(deployed.folder("1.0.0"))
    assert machine.started_all() == containers
    assert machine.sh("docker exec demo-cache-1 cat /data/file") == "kept\n"
    assert_success(deployed.succeeds(SETTINGS))
    assert machine.started_all() == containers


def test_the_daemon_keeps_running_without_the_extension_in_the_goal_state(deployed, machine):
    containers, daemon = machine.started_all(), machine.programs()
    folder = deployed.folder()
    deployed.remove_from_goal_state()
    wait_for(lambda: not machine.exists(folder), "the agent has deleted the handler's folder")
    machine.sh("docker stop -t 0 demo-web-1")
    wait_for(lambda: machine.running("demo-web-1"), "the daemon still repairs")
    assert not machine.exists(folder)  # the daemon writes no status there
    assert machine.programs() == daemon and machine.started("demo-cache-1") == containers["demo-cache-1"]


def test_without_settings_nothing_runs_but_the_engine(portal, machine):
    portal.deploy()
    portal.wait_for(lambda report: report.handler == "Ready", "it is ready")
    wait_for(lambda: machine.unit("ActiveState") == "active", "the daemon runs")
    machine.converged()
    assert machine.started_all() == {}
    assert machine.unit("ActiveState", unit=AGENT) == "active"
