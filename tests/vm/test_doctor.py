"""Broken machines as an operator meets them at 3 a.m.: `dockerextd doctor` alone names the cause."""

import json
from pathlib import Path

import pytest
from docker_section import settings
from harness import IMAGE, service, wait_for
from jsonschema import Draft202012Validator

SCHEMA = Draft202012Validator(json.loads((Path(__file__).resolve().parents[2] / "config/doctor.schema.json").read_text()))
OURS, DOCKER = "/etc/systemd/system/dockerextd.service.d", "/etc/systemd/system/docker.service.d"
STATE = "/var/lib/dockerextd"
# The daemon would start the engine again, and read unit files.
START = "systemctl reset-failed dockerextd; systemctl start dockerextd"  # without systemd's limit of starts
UNWATCHED, WATCHED = "systemctl stop dockerextd; ", "; " + START
ENGINE_UP = "systemctl reset-failed docker.service docker.socket; systemctl start docker.socket docker.service" + WATCHED

# What is done to the machine; the check that finds it, how bad it is, words of its message; how it is undone.
SITUATIONS = {
    "engine masked": ("systemctl -q mask docker.service", "systemd.engine-unit", "error", "masked", "systemctl -q unmask docker.service"),
    "engine stopped": (UNWATCHED + "systemctl stop docker.socket docker.service", "systemd.engine-unit", "error", "stopped", ENGINE_UP),
    "engine stopped, seen from its socket": (UNWATCHED + "systemctl stop docker.socket docker.service", "engine.answers", "error", "", ENGINE_UP),
    "engine hangs": ("kill -STOP $(pidof dockerd)", "engine.answers", "error", "hangs", "kill -CONT $(pidof dockerd)"),
    "engine not at boot": ("systemctl -q disable docker.service", "systemd.boot", "warning", "docker.service",
                           "systemctl -q enable docker.service"),
    "daemon.json is no JSON": ("mkdir -p /etc/docker; echo { >/etc/docker/daemon.json", "engine.daemon-json", "error",
                               "dockerd does not start with it", "rm /etc/docker/daemon.json"),
    "an option twice": ("""mkdir -p /etc/docker; echo '{"hosts": ["fd://"]}' >/etc/docker/daemon.json""", "engine.options", "error",
                        "hosts is set by /etc/docker/daemon.json and by docker.service", "rm /etc/docker/daemon.json"),
    "daemon stopped": ("systemctl stop dockerextd", "systemd.unit", "error", "stopped", START),
    "daemon stopped, seen from its socket": ("systemctl stop dockerextd", "daemon.answers", "error", "does not answer",
                                             START),
    "daemon masked": ("systemctl -q mask --runtime dockerextd", "systemd.unit", "error", "masked", "systemctl -q unmask --runtime dockerextd"),
    "sandbox broken": (f"mkdir -p {OURS}; printf '[Service]\\nReadWritePaths=\\n' >{OURS}/a.conf; systemctl daemon-reload",
                       "systemd.sandbox", "error", "ReadWritePaths=", f"rm {OURS}/a.conf; systemctl daemon-reload"),
    "sandbox weakened": (f"mkdir -p {OURS}; printf '[Service]\\nNoNewPrivileges=no\\n' >{OURS}/a.conf; systemctl daemon-reload",
                         "systemd.sandbox", "warning", "NoNewPrivileges=no", f"rm {OURS}/a.conf; systemctl daemon-reload"),
    "unit not read again": (UNWATCHED + f"mkdir -p {DOCKER}; printf '[Service]\\nNice=1\\n' >{DOCKER}/a.conf", "systemd.reload", "warning",
                            "docker.service", f"rm {DOCKER}/a.conf; systemctl daemon-reload" + WATCHED),
    "socket for everybody": ("chmod 666 /run/docker.sock", "security.socket", "error", "everybody", "chmod 660 /run/docker.sock"),
    "state for everybody": (f"chmod 755 {STATE}", "state.permissions", "error", "others than root", f"chmod 700 {STATE}"),
    "key for everybody": ("mkdir -p /etc/docker; touch /etc/docker/key.pem; chmod 644 /etc/docker/key.pem", "tls.key", "error",
                          "key.pem", "rm /etc/docker/key.pem"),
    "state full": (f"systemctl stop dockerextd; mount -t tmpfs -o size=1m,mode=700 small {STATE}; head -c 1100000 /dev/zero >{STATE}/x || true",
                   "storage.state-space", "error", "0 MiB free", f"umount -l {STATE}; " + START),
    "state read-only": (f"systemctl stop dockerextd; mount -t tmpfs -o ro,mode=700 none {STATE}", "storage.state-space", "error",
                        "read-only", f"umount -l {STATE}; " + START),
    "no forwarding": ("echo 0 >/proc/sys/net/ipv4/ip_forward", "network.forwarding", "error", "forwarded",
                      "echo 1 >/proc/sys/net/ipv4/ip_forward"),
    "nameserver on loopback": ("cat /etc/resolv.conf >/root/resolv; echo nameserver 127.0.0.1 >/etc/resolv.conf", "dns.nameservers",
                               "warning", "127.0.0.1", "cat /root/resolv >/etc/resolv.conf"),
    "network over a route": ("ip route add 172.30.0.0/16 dev lo; docker network create --subnet 172.30.5.0/24 office >/dev/null",
                             "network.overlap", "error", "office (172.30.5.0/24)", "docker network rm office; ip route del 172.30.0.0/16"),
    "no iptables": ("mv /usr/sbin/iptables /root", "network.iptables", "error", "no iptables", "mv /root/iptables /usr/sbin"),
    "no authorities": ("mv /etc/ssl/certs/ca-certificates.crt /root", "tls.authorities", "error", "x509",
                       "mv /root/ca-certificates.crt /etc/ssl/certs"),
    "logs without a limit": (f"docker run -d --name chatty {IMAGE} sleep 1000", "engine.log-rotation", "warning", "chatty",
                             "docker rm -f chatty"),
    "watchtower": (f"docker tag {IMAGE} local/watchtower:1; docker run -d --name tower local/watchtower:1 sleep 1000",
                   "compose.updaters", "warning", "tower (local/watchtower:1)", "docker rm -f tower; docker rmi local/watchtower:1"),
    "another unit": ("printf '[Service]\\nWorkingDirectory=/srv/demo\\nExecStart=/usr/bin/docker compose up\\n' >/etc/systemd/system/x.service",
                     "compose.units", "warning", "/etc/systemd/system/x.service", "rm /etc/systemd/system/x.service"),
}


def examine(machine):
    report = json.loads(machine.dockerextd("doctor", "--json").stdout)
    SCHEMA.validate(report)
    return {check["id"]: check for check in report["checks"]}


@pytest.fixture(scope="module")
def applied(shared_machine):
    try:
        shared_machine.apply(settings({"web": service(logging={"driver": "local"})}))
        yield shared_machine
    finally:
        shared_machine.wipe()


def test_a_sound_machine_has_no_errors_that_are_not_its_isolation(applied):
    """The machine has no network: names do not resolve, and nobody sets its clock."""
    isolated = {"dns.registries", "registries.reach", "time.synchronised", "dns.nameservers"}

    def errors():
        return {id: check for id, check in examine(applied).items() if check["state"] == "error" and id not in isolated}
    wait_for(lambda: not errors(), errors)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_doctor_names_the_cause(applied, situation):
    broken, id, state, words, repair = SITUATIONS[situation]

    def is_named():
        check = examine(applied)[id]
        return check["state"] == state and words in check["message"] and check["remedy"]
    try:
        applied.sh(broken)
        wait_for(is_named, lambda: examine(applied)[id])
    finally:
        applied.sh("set +e; " + repair, check=None)


def test_it_does_not_start_a_stopped_engine(applied):
    """systemd listens on docker.socket and would start the engine for whoever connects, as the daemon does."""
    try:
        applied.sh("systemctl stop dockerextd; systemctl start docker.socket; systemctl stop docker.service; rm -f /root/b.tar.zst")
        check = examine(applied)["engine.answers"]
        assert check["state"] == "error" and "connecting would start it" in check["message"], check
        report = json.loads(applied.dockerextd("support-bundle", "-o", "/root/b.tar.zst", "--json", check=0).stdout)
        assert any(each.startswith("engine/info.json") and "connecting would start it" in each for each in report["missing"])
        assert applied.sh("systemctl is-active docker.socket; systemctl is-active docker.service || true").split() == ["active", "inactive"]
    finally:
        applied.sh(ENGINE_UP + "; " + START, check=None)


def test_damaged_settings(applied):
    applied.sh(f"systemctl stop dockerextd; cp -a {STATE} /root/state; for each in {STATE}/settings.json*; do echo x >$each; done")
    try:
        assert "cannot be read" in examine(applied)["state.stored-settings"]["message"]
        refused = applied.dockerextd("support-bundle", "-o", "/root/b.tar.zst")
        assert refused.returncode == 1 and "cannot be read" in refused.stderr
    finally:
        applied.sh(f"cp -a /root/state/. {STATE}; rm -r /root/state; " + START)


def test_without_root_it_says_what_it_cannot_see(applied):
    applied.sh("id nobody >/dev/null")
    done = applied.run("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "dockerextd", "doctor", "--json")
    checks = {check["id"]: check for check in json.loads(done.stdout)["checks"]}
    for id in ("state.stored-settings", "state.spool", "registries.login", "security.denials"):
        assert checks[id]["state"] == "skipped" and "needs root" in checks[id]["message"], checks[id]
    assert checks["daemon.answers"]["state"] == "skipped" and checks["systemd.unit"]["state"] == "ok"
    bundle = applied.run("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "dockerextd", "support-bundle", "-o", "/tmp/b")
    assert bundle.returncode == 1 and "only root" in bundle.stderr


def test_a_bundle_has_journals_and_units(applied):
    applied.sh("rm -f /root/b.tar.zst")
    report = json.loads(applied.dockerextd("support-bundle", "-o", "/root/b.tar.zst", "--json", check=0).stdout)
    missing = {each.split(":")[0] for each in report["missing"]}
    assert not missing & {"journal/dockerextd.log", "journal/engine.log", "systemd/units.txt", "systemd/status.txt", "status.json"}
    assert applied.sh("stat -c %a /root/b.tar.zst").strip() == "600"
