"""dockerextd.service: start, readiness, watchdog, restarts, the journal, reboots."""

import random
import re
import time

import debian
import pytest
from harness import demo, service, wait_for

MESSAGES = {"started": "e52182334efe4432b9849c96207f87d7", "accepted": "0d162b199ddd43afa49c8f6f788b6436",
            "repaired": "02c06fd9cccb4ed5bdf406a9c6e88cbb", "failed": "1a1e22ff6c8d44a9b6785b62c06aacdc",
            "lost": "30b9571b96e0488d8d08aad56fb28e8b", "back": "5db6e5f05a074507b1acc3ff82b07dd6"}


def ready_after(machine):
    """Seconds from the start of the process to READY=1."""
    machine.sh("systemctl restart dockerextd")
    times = machine.unit("ExecMainStartTimestampMonotonic", "ActiveEnterTimestampMonotonic")
    return (int(times["ActiveEnterTimestampMonotonic"]) - int(times["ExecMainStartTimestampMonotonic"])) / 1e6


def starts(machine, names):
    return {name: machine.started(name) for name in names}


TWO = {"web": service(restart="always"), "db": service()}
NAMES = ["demo-db-1", "demo-web-1"]


def test_systemd_gets_the_daemons_state(machine):
    machine.apply(demo(TWO))
    machine.sh("systemctl restart dockerextd")
    machine.converged()
    wait_for(lambda: machine.unit("StatusText") == "converged", "systemd shows the state", 10)


@pytest.mark.bench
def test_ready_within_a_second(machine):
    machine.apply(demo(TWO))
    assert min(ready_after(machine) for _ in range(3)) < 1


def test_the_daemon_starts_while_the_engine_is_stopped(machine):
    machine.apply(demo(TWO))
    machine.dockerextd("pause", check=0)  # or the daemon would start the engine at once
    machine.engine_control("stop")
    machine.sh("systemctl restart dockerextd")
    wait_for(lambda: machine.status()["engine"]["state"] == "unreachable", "the engine is unreachable", 10)
    machine.dockerextd("resume", check=0)
    machine.converged()


def test_no_unit_of_ours_is_failed_and_the_units_are_ordered(machine):
    assert "dockerextd" not in machine.sh("systemctl list-units --failed --plain --no-legend")
    assert {"docker.service", "docker.socket"} <= set(machine.unit("After").split())
    # Ordering only: stopping, masking or removing the engine does not stop the daemon.
    assert not re.search(r"docker\.(service|socket)", machine.unit("Requires") + machine.unit("BindsTo") + machine.unit("PartOf"))
    assert machine.sh("systemd-analyze verify --man=no dockerextd.service 2>&1 | grep dockerextd || true") == ""


def test_the_daemon_survives_an_engine_restart(machine):
    machine.apply(demo(TWO))
    pid, since = machine.main_pid(), machine.now()
    machine.sh("systemctl restart docker")
    seen = lambda: {entry.get("MESSAGE_ID") for entry in machine.journal(f"--since={since}")}  # noqa: E731
    wait_for(lambda: {MESSAGES["lost"], MESSAGES["back"]} <= seen(), lambda: f"both are logged: {seen()}")
    machine.converged()
    assert machine.main_pid() == pid
    assert all(machine.running(name) for name in NAMES)


def test_an_engine_stopped_by_hand_stays_stopped_during_a_pause(machine):
    machine.apply(demo(TWO))
    machine.dockerextd("pause", check=0)
    machine.engine_control("stop")
    wait_for(lambda: machine.status()["engine"]["state"] == "unreachable", "the engine is unreachable", 10)
    assert "unreachable" in machine.dockerextd("status", check=3).stdout
    time.sleep(3)
    assert machine.unit("ActiveState", unit="docker") == "inactive"
    assert machine.unit("ActiveState") == "active"
    machine.dockerextd("resume", check=0)
    machine.converged()


def test_a_stopped_engine_is_started_through_its_socket(machine):
    machine.apply(demo(TWO))
    machine.sh("systemctl reset-failed docker.service docker.socket; systemctl stop docker.service")
    wait_for(lambda: machine.unit("ActiveState", unit="docker") == "active", "the engine is started", 20)
    machine.converged()


def test_a_reload_runs_a_full_check_in_the_same_process(machine):
    machine.apply(demo(TWO))
    pid, since = machine.main_pid(), machine.now()
    machine.sh("systemctl reload dockerextd")
    wait_for(lambda: any("signal" in entry["MESSAGE"] for entry in machine.journal(f"--since={since}")), "handled", 10)
    machine.converged()
    wait_for(lambda: machine.unit("ActiveState") == "active", "no longer reloading", 10)
    assert machine.main_pid() == pid


def test_the_watchdog_restarts_a_frozen_daemon(machine):
    machine.apply(demo(TWO))
    before = starts(machine, NAMES)
    assert machine.unit("WatchdogUSec") == "1min"  # as packaged
    machine.drop_in("watchdog", "[Service]\nWatchdogSec=2\nTimeoutAbortSec=2\n")
    machine.sh("systemctl restart dockerextd")
    restarts, pid = int(machine.unit("NRestarts")), machine.main_pid()
    machine.sh(f"kill -STOP {pid}")
    wait_for(lambda: int(machine.unit("NRestarts")) > restarts, "restarted", 20, 0.2)
    wait_for(lambda: machine.unit("ActiveState") == "active" and machine.main_pid() != pid, "up again", 10)

    def is_left_alone():
        one = machine.main_pid()
        time.sleep(5)  # two more periods
        return one and machine.main_pid() == one
    wait_for(is_left_alone, "a working daemon is not restarted, unless the machine is too busy", 20)
    machine.converged()
    assert starts(machine, NAMES) == before


SLOW_DISK = """#include <unistd.h>
int fdatasync(int fd) { (void)fd; return usleep(900000); }
int fsync(int fd) { (void)fd; return usleep(900000); }
"""


def test_a_slow_disk_does_not_trigger_the_watchdog(machine, tmp_path):
    """Each fsync takes nearly a second, so that a few writes take longer than the watchdog's timeout."""
    (tmp_path / "slow.c").write_text(SLOW_DISK)
    debian.run("cc", "-shared", "-fPIC", "-o", tmp_path / "slow.so", tmp_path / "slow.c")
    machine.write("/usr/local/lib/slow.so", (tmp_path / "slow.so").read_bytes())
    machine.drop_in("slow", "[Service]\nEnvironment=LD_PRELOAD=/usr/local/lib/slow.so\nWatchdogSec=2\nTimeoutStartSec=2\n")
    machine.sh("systemctl restart dockerextd")
    machine.apply(demo(TWO), wait=None)
    machine.converged(90)
    assert machine.unit("NRestarts", "Result") == {"NRestarts": "0", "Result": "success"}


def test_a_killed_daemon_is_started_again(machine):
    machine.apply(demo(TWO))
    before, pid = starts(machine, NAMES), machine.main_pid()
    machine.sh(f"kill -9 {pid}")
    wait_for(lambda: machine.main_pid() not in (0, pid), "another process", 10)
    machine.converged()
    assert starts(machine, NAMES) == before


def test_stopping_the_daemon_leaves_containers_running(machine):
    machine.apply(demo(TWO))
    before = starts(machine, NAMES)
    machine.sh("systemctl stop dockerextd")
    assert machine.dockerextd("status").returncode == 4
    wait_for(lambda: not machine.exists("/run/dockerextd"), "its folder is gone", 10)
    machine.sh("docker stop -t 0 demo-db-1; systemctl start dockerextd")
    machine.converged()
    assert machine.started("demo-web-1") == before["demo-web-1"] and machine.running("demo-db-1")


def test_the_journal_has_fields_and_explanations(machine):
    since = machine.now()
    machine.apply(demo(TWO))
    container = machine.inspect("demo-web-1")["Id"]
    machine.sh("docker stop -t 0 demo-web-1")
    wait_for(lambda: machine.running("demo-web-1"), "back")

    def repaired():
        return [e for e in machine.journal(f"--since={since}", f"MESSAGE_ID={MESSAGES['repaired']}") if e.get("STEP") == "start"]
    entry = wait_for(lambda: next((e for e in repaired() if "stopped" in e["REASON"]), None), lambda: repaired())
    assert (entry["SERVICE"], entry["CONTAINER"], entry["CONTAINER_ID"]) == ("web", "demo-web-1", container)
    assert int(entry["CYCLE"]) > 0 and entry["PRIORITY"] == "6" and entry["SYSLOG_IDENTIFIER"] == "dockerextd"
    created = machine.journal(f"--since={since}", "STEP=create", "SERVICE=web")
    assert created[0]["CONTAINER_ID"] == container
    accepted = machine.journal(f"--since={since}", f"MESSAGE_ID={MESSAGES['accepted']}")
    assert accepted[0]["SOURCE"] == "operator"
    explained = machine.sh(f"journalctl -q -x -u dockerextd --since={since} --no-pager")
    assert "start: demo-web-1 of service web" in explained and "dockerextd pause" in explained


def test_everything_runs_again_after_a_reboot_without_network(machine):
    machine.apply(demo({**TWO, "job": service("true"), "late": service(depends_on=["db"])}))
    machine.sh("systemctl stop dockerextd")  # its last log lines do not belong to the next boot
    since = machine.now()
    machine.reboot()
    machine.converged(60)
    assert all(machine.running(name) for name in [*NAMES, "demo-late-1"])
    assert machine.names() == ["demo-db-1", "demo-job-1", "demo-late-1", "demo-web-1"]
    assert len(machine.journal(f"--since={since}", f"MESSAGE_ID={MESSAGES['started']}")) == 1
    assert not machine.journal(f"--since={since}", "-p", "warning")


def test_a_rollout_goes_on_after_a_reboot(machine):
    def settings(n):
        watched = {"update_config": {"order": "start-first", "monitor": "5s"}}
        return demo({"web": service(environment={"N": str(n)}, restart="always", deploy=watched)})
    machine.apply(settings(0))
    machine.apply(settings(1), wait=None)
    wait_for(lambda: len(machine.names()) == 2, machine.names)  # the new container is watched beside the old one
    machine.reboot()
    machine.converged(60)
    assert machine.names() == ["demo-web-1"] and "N=1" in machine.inspect("demo-web-1")["Config"]["Env"]


@pytest.mark.parametrize("cut", range(3))
def test_a_power_cut_during_an_apply(machine, cut):
    chance = random.Random(f"{machine.suite} {cut}")
    brief = {"update_config": {"monitor": "1s"}}
    def settings(n):
        return demo({"db": service(environment={"N": str(n)}, deploy=brief), "web": service(environment={"N": str(n)}, scale=3, depends_on=["db"], deploy=brief)},
                    networks={"default": {"labels": {"n": "1"}}})
    machine.apply(settings(0))
    machine.apply(settings(1), wait=None)
    time.sleep(chance.uniform(0, 1.5))
    machine.power_cut()
    machine.power_on()
    machine.converged(60)
    assert machine.names() == ["demo-db-1", "demo-web-1", "demo-web-2", "demo-web-3"]
    for name in machine.names():
        assert "N=1" in machine.inspect(name)["Config"]["Env"] and machine.running(name)
