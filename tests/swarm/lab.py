"""Machines on one box, each with an engine and a daemon of its own, on a bridge in the network namespace of the tests. A machine is
a process with network, mount, PID and host name namespaces: when it ends, everything in it ends, as when a machine loses power."""

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

from harness import Daemon, Engine, wait_for

BRIDGE, NETWORK = "swarm0", "10.77.0"
# The machine's process 1; it has a name and a folder. A nameserver that refuses at once: one that is silent costs 20 s.
BOOT = """
set -e
hostname "$1"
mkdir -p "$2/cgroup" "$2/etc-docker"
mount --rbind /sys/fs/cgroup "$2/cgroup"
mount -t sysfs sysfs /sys
mount --move "$2/cgroup" /sys/fs/cgroup
mount -t tmpfs tmpfs /run
mount --bind "$2/etc-docker" /etc/docker
echo "nameserver $3" >"$2/resolv.conf"
mount --bind "$2/resolv.conf" /etc/resolv.conf
ip link set lo up
echo >"$2/booted"
while :; do sleep 1000; done  # bash reaps what loses its parent
"""


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def make_bridge():
    Path("/etc/docker").mkdir(exist_ok=True)  # each machine mounts its own there
    ip("link", "add", BRIDGE, "type", "bridge")
    ip("address", "add", f"{NETWORK}.1/24", "dev", BRIDGE)
    ip("link", "set", BRIDGE, "up")


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Inside(subprocess.Popen):
    """A command in a machine. nsenter has to fork for a PID namespace, so that signals are for its child."""

    def send_signal(self, sig):
        if self.poll() is None:
            for child in children(self.pid):
                os.kill(child, sig)


class MachineEngine(Engine):
    """The engine of a machine that runs."""

    def __init__(self, folder, programs):
        super().__init__(folder, programs)
        self.inside = ()

    def spawn(self, *command):
        with open(self.folder / "dockerd.log", "ab") as log:
            return Inside([*self.inside, *command], env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                          start_new_session=True)

    def lost(self):
        """After the machine has ended."""
        for process in filter(None, (self.process, self.containerd)):
            process.wait()
        self.process = self.containerd = None
        for name in ("containerd.sock", "docker.sock"):
            (self.folder / name).unlink(missing_ok=True)


class Machine:
    """A machine with a name and an address. Its disk, which is its folder, outlives its power."""

    def __init__(self, folder, name, number, programs=None):
        self.folder, self.name, self.number = Path(folder), name, number
        self.address = f"{NETWORK}.{10 + number}"
        self.port = f"port{number}"  # of the bridge
        self.engine = MachineEngine(self.folder / "engine", programs)
        self.daemon = Daemon(self.folder / "root", self.engine.socket)
        self.power = None

    def __repr__(self):
        return self.name

    # Power and cables.
    def on(self):
        booted = self.folder / "booted"
        booted.unlink(missing_ok=True)
        with open(self.folder / "boot.log", "ab") as log:
            self.power = subprocess.Popen(
                ["unshare", "--net", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private",
                 "bash", "-c", BOOT, "boot", self.name, self.folder, f"{NETWORK}.1"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        wait_for(booted.exists, lambda: f"{self.name} boots: {(self.folder / 'boot.log').read_text()}")
        self.first_process, = children(self.power.pid)
        self.plug_in()
        enter = ["nsenter", f"--target={self.first_process}", "--net"]
        self.engine.inside = [*enter, "--mount", "--uts", "--pid"]
        self.daemon.inside = enter  # its files are not in the machine's namespaces, but below its root
        self.engine.start()
        self.daemon.start()

    def plug_in(self):
        """The hardware address stays the same, because other machines remember it for a while."""
        ip("link", "add", self.port, "type", "veth", "peer", "name", "eth0", "address", f"02:00:00:00:00:{self.number:02x}",
           "netns", str(self.first_process))
        ip("link", "set", self.port, "master", BRIDGE, "up")
        for command in (["address", "add", f"{self.address}/24", "dev", "eth0"], ["link", "set", "eth0", "up"],
                        ["route", "add", "default", "via", f"{NETWORK}.1"]):
            subprocess.run(["nsenter", f"--target={self.first_process}", "--net", "ip", *command], check=True)

    def off(self):
        """Without warning."""
        if self.power is None:
            return
        if self.daemon.process:
            self.daemon.kill()
        for first_process in children(self.power.pid):
            os.kill(first_process, signal.SIGKILL)  # and with it all processes of the machine
        self.power.wait()
        self.power = None
        self.engine.lost()
        self.remove_cgroups()
        subprocess.run(["ip", "link", "delete", self.port], check=False, capture_output=True)

    def remove_cgroups(self):
        """Those of containers that ended with the machine stay, because cgroups are not in its namespaces."""
        for container in (self.engine.folder / "data/containers").glob("*"):
            for pattern in (f"docker/{container.name}", f"*/docker/{container.name}"):
                for group in Path("/sys/fs/cgroup").glob(pattern):
                    with contextlib.suppress(OSError):
                        group.rmdir()

    def reimage(self):
        """A new machine at the same address: nothing of the old one's disk is left."""
        self.off()
        self.wipe()
        self.folder.mkdir(parents=True)
        self.engine.folder.mkdir()
        self.on()

    def lose_engine(self):
        """The engine's data are lost, those of the daemon are not."""
        self.off()
        shutil.rmtree(self.engine.folder / "data")
        self.on()

    def wipe(self):
        def is_gone():  # the kernel unmounts what the machine had mounted a moment after its end
            shutil.rmtree(self.folder, ignore_errors=True)
            return not self.folder.exists()
        wait_for(is_gone, lambda: f"the disk of {self.name} is empty")

    def cut(self):
        ip("link", "set", self.port, "down")

    def heal(self):
        ip("link", "set", self.port, "up")
