"""A machine with systemd as its first process, in a container of a private engine: with all capabilities that we have, all
devices, an isolated network, and /var/lib/docker on a volume."""

import json
import subprocess
from http.client import HTTPException
from pathlib import Path
from urllib.parse import quote

import disks
import harness
from harness import IMAGE, STATUS_SCHEMA, without_monitoring, wait_for

CGROUPS_V1 = not Path("/sys/fs/cgroup/cgroup.controllers").exists()
# systemd 257 uses cgroups of version 1 only with these settings.
LEGACY = {"SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE": "1", "systemd.unified_cgroup_hierarchy": "0"}

NAMESPACES = ("--mount", "--uts", "--ipc", "--net", "--pid")

# In the kernel's order, up to the last one that the oldest engine knows.
CAPABILITIES = """chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service
    net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin sys_boot
    sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog
    wake_alarm block_suspend audit_read""".split()


def capabilities():
    """All that we have ourselves; `--privileged` would also request those that we lack."""
    ours = int(Path("/proc/self/status").read_text().split("CapBnd:")[1].split()[0], 16)
    return [f"--cap-add={name}" for bit, name in enumerate(CAPABILITIES) if ours >> bit & 1]


def is_gone(cgroup):
    """Removes a cgroup; false while the kernel has not finished with its last process."""
    try:
        cgroup.rmdir()
    except FileNotFoundError:
        pass
    except OSError:
        return False
    return True


class Host:
    """The engine that runs the machines, and their disks."""

    def __init__(self, folder):
        self.engine = harness.Engine(folder)
        self.imported = set()

    def docker(self, *arguments, check=True, stdin=None, timeout=300):
        done = subprocess.run(["docker", "-H", f"unix://{self.engine.socket}", *map(str, arguments)], input=stdin,
                              capture_output=True, timeout=timeout, check=False)
        if check:
            assert done.returncode == 0, f"docker {arguments}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def image(self, suite, kind):
        name = disks.named(suite, kind)
        if name not in self.imported:
            self.docker("import", disks.disk(suite, kind), name)
            self.imported.add(name)
        return name


class Machine:
    """One machine. `kind`: the kind of its disk (disks.py); `network`: the host engine's network that it is on."""

    def __init__(self, host, suite, name, kind="", network="bridge"):
        self.host, self.suite, self.name, self.kind, self.network = host, suite, name, kind, network
        self.environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
        self.forced = LEGACY if CGROUPS_V1 and suite != "bookworm" else {}
        self.environment |= {name: value for name, value in self.forced.items() if "." not in name}
        self.cgroups = set()  # of containers in it: they outlive the machine

    # Power.
    def create(self):
        """Starts it without waiting until it is up."""
        self.host.docker(
            "run", "-d", "--name", self.name, "--hostname", self.name, "--network", self.network, *capabilities(),
            "--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined",
            "--security-opt", "systempaths=unconfined", "--device-cgroup-rule", "a *:* rwm",
            "--cgroupns=host", "--mount", "type=bind,src=/sys/fs/cgroup,dst=/sys/fs/cgroup",
            "--tmpfs", "/run", "--tmpfs", "/run/lock", "--tmpfs", "/tmp", "-v", f"{self.name}-docker:/var/lib/docker",
            *(f"--env={name}={value}" for name, value in self.environment.items()),
            "--stop-signal", "SIGRTMIN+3", self.host.image(self.suite, self.kind), "/sbin/init",
            *(f"{name}={value}" for name, value in self.forced.items()))

    def boot(self):
        self.create()
        self.wait_until_up()

    def wait_until_up(self):
        state = lambda: self.run("systemctl", "is-system-running").stdout.strip()  # noqa: E731
        wait_for(lambda: state() in ("running", "degraded"), lambda: f"{self.name} is up: {state()}", 60, 0.2)

    def reboot(self):
        """Like `reboot`: everything is stopped in order."""
        self.host.docker("restart", "-t", 60, self.name)
        self.wait_until_up()

    def power_cut(self):
        self.host.docker("kill", self.name)
        self.remember_cgroups()

    def power_on(self):
        self.host.docker("start", self.name)
        self.wait_until_up()

    def remember_cgroups(self):
        containers = self.host.engine.folder / f"data/volumes/{self.name}-docker/_data/containers"
        self.cgroups |= {path.name for path in containers.glob("*")}

    def destroy(self):
        self.host.docker("rm", "-f", self.name, check=False)
        self.remember_cgroups()
        self.host.docker("volume", "rm", "-f", f"{self.name}-docker", check=False)
        for path in (path for name in self.cgroups for path in Path("/sys/fs/cgroup").glob(f"*/docker/{name}")):
            wait_for(lambda: is_gone(path), f"nothing uses {path}", 30)  # noqa: B023

    # Commands and files.
    def pid(self):
        """The process id of its first process outside the machine; 0 while it is off."""
        return self.host.engine.inspect(self.name)["State"]["Pid"]

    def run(self, *command, check=None, stdin=None, timeout=300):
        """Runs a program in the machine; returns the finished process, with its output as text. Not by `docker exec`, whose
        overhead would be half of this level's time."""
        stdin = stdin.encode() if isinstance(stdin, str) else stdin or b""
        done = subprocess.run(["nsenter", f"--target={self.pid()}", *NAMESPACES, *map(str, command)], env=self.environment,
                              input=stdin, capture_output=True, timeout=timeout, check=False)
        done.stdout, done.stderr = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
        if check is not None:
            assert done.returncode == check, f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def sh(self, script, check=0, timeout=300):
        """Runs a shell script in the machine; returns its standard output."""
        return self.run("sh", "-euc", script, check=check, timeout=timeout).stdout

    def write(self, path, text, mode=0o644):
        """Writes a file atomically."""
        content = text if isinstance(text, (str, bytes)) else json.dumps(text)
        self.run("sh", "-euc", 'mkdir -p "$(dirname "$1")"; cat >"$1.new"; chmod "$2" "$1.new"; mv "$1.new" "$1"',
                 "sh", path, f"{mode:o}", check=0, stdin=content)

    def read(self, path):
        return self.run("cat", path, check=0).stdout

    def exists(self, path):
        return self.run("test", "-e", path).returncode == 0

    def install(self, package):
        """dpkg's output."""
        self.host.docker("cp", package, f"{self.name}:/root/{Path(package).name}")
        return self.sh(f"DEBIAN_FRONTEND=noninteractive dpkg -i /root/{Path(package).name} 2>&1")

    # systemd.
    def unit(self, *properties, unit="dockerextd"):
        """The value of one property, or a dictionary of several."""
        shown = self.run("systemctl", "show", unit, *(f"-p{name}" for name in properties), check=0).stdout
        values = dict(line.split("=", 1) for line in shown.splitlines())
        return values[properties[0]] if len(properties) == 1 else values

    def drop_in(self, name, text, unit="dockerextd"):
        self.write(f"/etc/systemd/system/{unit}.service.d/{name}.conf", text)
        self.sh("systemctl daemon-reload")

    def remove_drop_in(self, name, unit="dockerextd"):
        self.sh(f"rm -f /etc/systemd/system/{unit}.service.d/{name}.conf; systemctl daemon-reload")

    def journal(self, *arguments, unit="dockerextd"):
        """Entries as dictionaries, oldest first, including everything logged before the call."""
        self.run("journalctl", "--sync")
        lines = self.run("journalctl", "-q", "-o", "json", "-u", unit, *arguments, check=0).stdout.splitlines()
        return [json.loads(line) for line in lines]

    def now(self):
        """The current time for `journal(f"--since={…}")`, after everything logged before has its time stamp."""
        return "@" + self.sh("journalctl --sync || true; date +%s.%N").strip()

    # The engine.
    def import_image(self, name=IMAGE):
        self.run("docker", "import", "-", name, check=0, stdin=harness.busybox_layer())

    def ask_engine(self, target):
        """The engine's answer to a GET; None if there is none."""
        try:
            status, answer = harness.call(f"/proc/{self.pid()}/root/run/docker.sock", "GET", target)
        except (OSError, HTTPException):
            return None
        return answer if status == 200 else None

    def inspect(self, name):
        return self.ask_engine(f"/containers/{name}/json")

    def running(self, name):
        found = self.inspect(name)
        return bool(found and found["State"]["Running"] and not found["State"]["Paused"])

    def engine_control(self, verb):
        """start, stop or restart: of both units, so that a stop lasts; without systemd's limit of starts."""
        self.sh(f"systemctl reset-failed docker.service docker.socket; systemctl {verb} docker.socket docker.service")

    def started(self, name):
        """When the container was last started."""
        return self.inspect(name)["State"]["StartedAt"]

    def names(self, project="demo"):
        """The names of a project's containers; of all containers if None."""
        filters = quote(json.dumps({"label": [f"com.docker.compose.project={project}"]} if project else {}))
        return sorted(one["Names"][0][1:] for one in self.ask_engine(f"/containers/json?all=1&filters={filters}"))

    # The daemon.
    def dockerextd(self, *arguments, check=None, stdin=None):
        return self.run("dockerextd", *arguments, check=check, stdin=stdin, timeout=360)

    def apply(self, settings, protected=None, wait="180s", check=0):
        self.write("/root/settings.json", without_monitoring(settings))
        arguments = ["apply", "/root/settings.json"]
        if protected is not None:
            self.write("/root/protected.json", protected, 0o600)
            arguments += ["--protected", "/root/protected.json"]
        return self.dockerextd(*arguments, *([f"--wait={wait}"] if wait else []), check=check)

    def status(self):
        done = self.dockerextd("status", "--json")
        assert done.returncode in (0, 3), f"status: exit {done.returncode}\n{done.stderr}"
        status = json.loads(done.stdout)
        STATUS_SCHEMA.validate(status)
        return status

    def service(self, name):
        """Its status; waits until settings with the service are in force."""
        def found():
            return next((s for s in self.status()["services"] if s["name"] == name), None)
        return wait_for(found, f"{name} is in the settings", 10)

    def converged(self, seconds=30):
        def is_converged():
            done = self.dockerextd("status", "--json")
            return done.returncode == 0 and json.loads(done.stdout)["state"] == "converged"
        wait_for(is_converged, lambda: f"converged: {self.dockerextd('status').stdout}\n{self.report()}", seconds, 0.1)

    def main_pid(self):
        return int(self.unit("MainPID"))

    def wipe(self):
        """Restores the state after the installation: no settings, no containers, units and engine as packaged and running."""
        self.sh("""systemctl stop dockerextd
            rm -rf /etc/systemd/system/dockerextd.service.d /var/lib/dockerextd /root/.docker
            ours=$(ls -d /etc/systemd/system/docker.service.d /etc/docker/*.pem /etc/docker/certs.d /etc/docker/daemon.json* 2>/dev/null || true)
            rm -rf $ours
            systemctl -q --no-reload unmask docker.service docker.socket
            systemctl -q --no-reload enable docker.service docker.socket
            systemctl daemon-reload; systemctl reset-failed
            [ -z "$ours" ] || systemctl restart docker
            systemctl start docker.socket docker""")
        self.empty_engine()
        self.sh("systemctl start dockerextd")

    def empty_engine(self):
        """Removes all containers, networks and volumes."""
        self.sh("""docker ps -aq | xargs -r docker rm -f -v >/dev/null; docker network prune -f >/dev/null
            docker volume ls -q | xargs -r docker volume rm >/dev/null""")

    def report(self):
        """For a failed test: the last log lines of systemd, the daemon and the engine."""
        return self.sh("""systemctl --no-pager --failed list-units; systemctl --no-pager status dockerextd | head -20
            journalctl --no-pager -n 60 -u dockerextd -u docker -o short-monotonic""", check=None)
