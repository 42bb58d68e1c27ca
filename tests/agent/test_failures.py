"""What prevents the daemon from working, and what Azure reports about it."""

import pytest
from harness import demo, service, wait_for

SETTINGS = demo({"web": service(restart="always")})
STATE = "/var/lib/dockerextd"


@pytest.fixture
def quick_to_fail(machine):
    """systemd gives the daemon up sooner than as packaged, and retries sooner."""
    def drop_in(unit, text):
        machine.write(f"/etc/systemd/system/{unit}.d/quick-to-fail.conf", text)
    drop_in("dockerextd.service", "[Unit]\nStartLimitIntervalSec=20\nStartLimitBurst=3\n[Service]\nRestartSec=1\n")
    drop_in("dockerextd-retry.timer", "[Timer]\nOnUnitInactiveSec=\nOnUnitInactiveSec=20\nAccuracySec=100ms\n")
    return machine


def test_a_crashing_daemon_is_an_error_until_it_runs_again(portal, quick_to_fail):
    machine = quick_to_fail
    portal.succeeds(SETTINGS)
    started = machine.started_all()
    machine.sh("cp /usr/local/bin/dockerextd /root/whole")
    since = len(portal.fabric.blobs)
    machine.write("/usr/local/bin/dockerextd", "#!/bin/sh\necho simulated failure >&2\nexit 3\n", 0o755)
    machine.sh("systemctl kill -s STOP systemd-journald")  # a busy machine's journal stores lines late
    try:
        machine.sh("systemctl kill -s KILL dockerextd")
        wait_for(lambda: machine.unit("SubState") == "failed", lambda: machine.unit("SubState"))
    finally:
        machine.sh("systemctl kill -s CONT systemd-journald")
    report = portal.state("error", since=since)
    assert "keeps failing on this machine: exit code 3; its last message: simulated failure" in report.message, report
    assert machine.started_all() == started
    machine.sh("mv /root/whole /usr/local/bin/dockerextd")
    portal.state("success", since=len(portal.fabric.blobs))  # without help
    assert machine.started_all() == started
    machine.sh("systemctl stop dockerextd")
    wait_for(lambda: machine.unit("ActiveState", unit="dockerextd-retry.timer") == "inactive",
             "a stop by hand is final: nobody needs the timer any more, and systemd stops it a moment later")


def test_settings_that_the_disk_had_no_space_for_are_retried(portal, machine):
    machine.sh(f"mkdir -p {STATE}; mount -t tmpfs -o size=512k,mode=0700 full {STATE}")
    try:
        portal.succeeds(SETTINGS)
        machine.sh(f"dd if=/dev/zero of={STATE}/filler bs=4k || true")
        since = len(portal.fabric.blobs)
        portal.deploy(demo({"web": service(restart="always"), "more": service()}))
        report = portal.state("error", since=since)
        assert "disk full" in report.message and "retrying" in report.message, report
        assert machine.names() == ["demo-web-1"]
        machine.sh(f"rm {STATE}/filler")
        portal.state("success", since=len(portal.fabric.blobs))  # without another enable
        assert machine.names() == ["demo-more-1", "demo-web-1"]
    finally:
        machine.sh(f"systemctl stop dockerextd dockerextd-enable-again 2>/dev/null || true; umount -l {STATE}", check=None)


def test_a_reverted_upgrade_leaves_newer_state_alone(portal, machine):
    """The newer version is simulated by the number of the next format in its state."""
    def set_format(version):
        machine.sh(f"sed -i 's/^{{\"version\":[0-9]*,/{{\"version\":{version},/' {STATE}/*.json")

    def sums():
        return machine.sh(f"sha256sum {STATE}/*.json")
    portal.offer("1.1.0")
    portal.succeeds(SETTINGS)
    portal.change(version="1.1.0")
    portal.state("success")
    machine.sh("systemctl stop dockerextd")
    set_format(2)
    before = sums()
    portal.change(version="1.0.0")
    report = portal.state("error")
    assert "written by a newer dockerextd (format 2, this one reads 1)" in report.message, report
    machine.sh("docker stop -t 0 demo-web-1")
    portal.deploy(demo({"other": service()}))  # the newer version will apply them
    report = portal.state("error")
    assert "newer dockerextd" in report.message and sums() == before
    assert not machine.running("demo-web-1") and machine.names() == ["demo-web-1"]
    machine.sh("docker start demo-web-1")
    set_format(1)
    portal.change(version="1.1.0")
    portal.state("success")
    wait_for(lambda: machine.names() == ["demo-other-1"], machine.names)
