"""The unit's sandbox: its exposure, which restrictions are in effect, and that everything users do works in it."""

import json
import re

import pytest
from harness import demo, service, wait_for

THRESHOLD = 3.0


def inside(machine, script):
    """Runs a shell in the daemon's namespaces: its mounts, its network, its IPC. (Restrictions by process, such as capabilities
    and system calls, are read from /proc.)"""
    pid = machine.main_pid()
    return machine.run("nsenter", "-t", str(pid), "-m", "-n", "-i", "sh", "-c", script)


def test_the_exposure_is_low(machine):
    report = machine.sh("systemd-analyze security --no-pager dockerextd.service")
    exposure = float(re.search(r"Overall exposure level for dockerextd.service: ([\d.]+)", report).group(1))
    assert exposure <= THRESHOLD, report


@pytest.mark.parametrize("path", ["/usr/x", "/etc/x", "/boot/x", "/home/x", "/var/lib/x", "/srv/x", "/sys/fs/cgroup/x"])
def test_the_daemon_cannot_write_elsewhere(machine, path):
    machine.sh("mkdir -p /boot /srv")
    done = inside(machine, f"touch {path}")
    assert done.returncode != 0 and "Read-only file system" in done.stderr


def test_the_daemon_can_write_its_own_files(machine):
    files = "/var/lib/dockerextd/x /run/dockerextd/x /root/x"  # /root: logins go into root's docker configuration
    assert inside(machine, f"touch {files} /tmp/x && rm {files}").returncode == 0
    assert not machine.exists("/tmp/x")


def test_the_daemon_sees_no_other_process_and_no_device(machine):
    machine.sh("echo 1 >/tmp/foreign")
    assert inside(machine, "ls /proc/sys /proc/cpuinfo").returncode != 0  # ProcSubset=pid
    assert "null" in inside(machine, "ls /dev").stdout and inside(machine, "ls /dev/kmsg").returncode != 0
    assert inside(machine, "cat /tmp/foreign").returncode != 0  # PrivateTmp


def test_the_daemon_has_few_privileges(machine):
    status = dict(line.split(":\t", 1) for line in machine.read(f"/proc/{machine.main_pid()}/status").splitlines())
    assert status["NoNewPrivs"] == "1" and status["Seccomp"].strip() == "2"
    held = {bit for bit in range(64) if int(status["CapEff"], 16) >> bit & 1}
    assert held == {0, 2, 19}, "CAP_CHOWN, CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE"
    assert int(status["CapBnd"], 16) == int(status["CapEff"], 16) and int(status["CapAmb"], 16) == 0


def test_files_of_a_model_are_readable_in_the_usual_places(machine):
    """In /etc, /srv, /opt, root's home, other mounts, and a user's home that nobody else may read."""
    machine.sh("""id azureuser >/dev/null 2>&1 || useradd -m -d /home/azureuser azureuser; chmod 700 /home/azureuser
        mkdir -p /etc/demo /srv/demo /opt/demo /root/demo /mnt/demo /data/demo
        for place in /etc/demo /srv/demo /opt/demo /root/demo /mnt/demo /data/demo /home/azureuser; do
          name=$(echo $place | tr / _); echo "FROM$name=1" >$place/app.env; chmod 600 $place/app.env; echo "label$name=1" >$place/labels
        done
        chown -R azureuser: /home/azureuser""")
    places = ["/etc/demo", "/srv/demo", "/opt/demo", "/root/demo", "/mnt/demo", "/data/demo", "/home/azureuser"]
    machine.apply(demo({"web": service(env_file=[f"{place}/app.env" for place in places],
                                       label_file=[f"{place}/labels" for place in places])}))
    config = machine.inspect("demo-web-1")["Config"]
    for place in places:
        name = place.replace("/", "_")
        assert f"FROM{name}=1" in config["Env"] and config["Labels"][f"label{name}"] == "1"


def test_every_feature_of_a_service_works(machine):
    machine.sh("mkdir -p /srv/site /etc/demo /home/other; echo hello >/srv/site/index.html; echo c >/etc/demo/c.conf; echo s >/home/other/s; chmod 600 /home/other/s")
    machine.apply(demo({
        "web": service("httpd -f -p 80 -h /www", ports=["127.0.0.1:18080:80"], volumes=["/srv/site:/www:ro", "data:/data"],
                       configs=["inline", "file"], secrets=["env", "home"], networks={"front": {"ipv4_address": "10.77.0.9"}},
                       healthcheck={"test": ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1/"], "interval": "1s"},
                       post_start=[{"command": ["touch", "/data/hooked"]}], mem_limit="64m", tmpfs=["/scratch"]),
        "job": service("sh -c 'wget -q -O - http://web/ && ls /data/hooked'", depends_on={"web": {"condition": "service_healthy"}},
                       networks=["front"], volumes=["data:/data"]),
    }, volumes={"data": {}}, networks={"front": {"ipam": {"config": [{"subnet": "10.77.0.0/24"}]}}},
        configs={"inline": {"content": "inline\n"}, "file": {"file": "/etc/demo/c.conf"}},
        secrets={"env": {"environment": "SECRET"}, "home": {"file": "/home/other/s"}}),
        protected={"environment": {"SECRET": "hush"}})
    read = machine.sh("docker exec demo-web-1 cat /inline /file /run/secrets/env /run/secrets/home")
    assert read == "inline\nc\nhushs\n"
    assert machine.sh("docker logs demo-job-1").split() == ["hello", "/data/hooked"]
    assert "hello" in machine.dockerextd("logs", "job", check=0).stdout
    for command in (["explain", "web"], ["history"], ["plan"], ["reconcile", "--wait"], ["pause"], ["resume"]):
        machine.dockerextd(*command, check=0)
    machine.sh("docker rm -f demo-web-1")
    machine.converged()


def test_the_swarm_is_founded_and_kept(machine):
    """The sandbox hides /proc/net and forbids netlink, from which a program usually learns the machine's addresses."""
    own = machine.sh("hostname -I").split()[0]
    machine.apply({"swarm": {"managers": [own], "labels": {"zone": "1"}}})
    try:
        machine.converged()
        assert json.loads(machine.sh("docker node inspect self"))[0]["Spec"]["Labels"] == {"zone": "1"}
        assert json.loads(machine.dockerextd("swarm", "tokens").stdout)["swarm"]["worker-token"].startswith("SWMTKN-1-")
        machine.sh("docker node update --availability drain $(docker info -f '{{.Swarm.NodeID}}')")
        wait_for(lambda: machine.sh("docker node inspect self -f '{{.Spec.Availability}}'") == "active\n", "it is active again")
    finally:
        machine.dockerextd("down", check=0)
        machine.sh("docker swarm leave --force")


def test_metrics_have_their_port_and_their_file(machine):
    """Also after a crash, whose connections the kernel still remembers."""
    folder = "/var/lib/prometheus/node-exporter"
    machine.sh(f"mkdir -p {folder} && systemctl restart dockerextd")
    machine.apply({**demo({"web": service()}), "metrics": {"listen": "127.0.0.1:9323", "textfile": f"{folder}/dockerextd.prom"}})
    ask = r"exec 3<>/dev/tcp/127.0.0.1/9323; printf 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' >&3; cat <&3"
    process = lambda: machine.sh("systemctl show -P MainPID dockerextd").strip()  # noqa: E731

    def offers_both():
        wait_for(lambda: "Healthy" in machine.run("bash", "-c", ask).stdout, "the port answers")
        wait_for(lambda: machine.sh(f"stat -c '%U %a' {folder}/*.prom 2>/dev/null || true") == "root 644\n", "the file is there")
    for _ in range(2):
        offers_both()
        before = process()
        machine.sh(f"systemctl reset-failed dockerextd; rm {folder}/dockerextd.prom; systemctl kill -s KILL dockerextd")
        wait_for(lambda: process() not in ("0", before), "a new process runs")
    offers_both()
    machine.converged()
    machine.apply({**demo({"web": service()}), "metrics": {"textfile": "/srv/x.prom"}}, wait=None)
    wait_for(lambda: any("ReadWritePaths=" in part["message"] for part in machine.status()["parts"]), machine.status)


def test_only_root_and_the_group_reach_the_daemon(machine):
    machine.sh("""id member >/dev/null 2>&1 || useradd -G docker member; id outsider >/dev/null 2>&1 || useradd outsider
        setpriv --reuid member --regid member --init-groups dockerextd status""", check=0)
    assert machine.run("setpriv", "--reuid", "outsider", "--regid", "outsider", "--init-groups", "dockerextd", "status").returncode == 4
    assert machine.run("setpriv", "--reuid", "member", "--regid", "member", "--init-groups", "dockerextd", "pause").returncode == 1
