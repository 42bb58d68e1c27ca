"""A real engine and a real daemon for the tests, and helpers for what tests do with them."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import threading
import time
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from jsonschema import Draft202012Validator

IMAGE = "local/busybox:1"
TIMEOUT_FACTOR = 3  # a busy machine is no failure: a timeout only ends a test that hangs
STATUS_SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).resolve().parents[2] / "config/status.schema.json").read_text()))
BINARY = Path(os.environ.get("DOCKEREXTD", "build/daemon/dockerextd")).resolve()
INSIDE = [os.environ["DOCKEREXTD_INSIDE"]] if "DOCKEREXTD_INSIDE" in os.environ else []  # the command that starts it, if any (tests/arm64)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=60):
        super().__init__("localhost", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def call(path, method, target, body=None, headers=None, timeout=60):
    """One request over a unix socket; (status, decoded body)."""
    connection = UnixConnection(path, timeout)
    data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    connection.request(method, target, data, {"Content-Type": "application/json", **(headers or {})})
    response = connection.getresponse()
    text = response.read()
    connection.close()
    try:
        return response.status, json.loads(text) if text else None
    except ValueError:
        return response.status, text.decode(errors="replace")


def wait_for(condition, what, seconds=30, every=0.05):
    """Waits until condition() is true, and returns its value. `seconds` is the timeout on an idle machine."""
    seconds *= TIMEOUT_FACTOR
    end = time.monotonic() + seconds
    while True:
        checked = time.monotonic()
        value = condition()
        if value:
            return value
        if checked > end:
            raise AssertionError(f"timed out after {seconds} s; expected: {what() if callable(what) else what}")
        time.sleep(max(every, 2 * (time.monotonic() - checked)))  # polling must not itself keep the machine busy


def busybox_layer(programs=()):
    """The one layer of the tests' image: busybox under the names that the tests use, and `programs` that do nothing and succeed."""
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.add("/bin/busybox", "bin/busybox")
        for name in ("sh", "httpd", "wget", "sleep", "env", "cat", "ls", "true", "false", "mkdir", "touch", "test", "nc", "kill", "echo"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
        for name in programs:
            script, text = tarfile.TarInfo(f"bin/{name}"), b"#!/bin/sh\n"
            script.mode, script.size = 0o755, len(text)
            tar.addfile(script, BytesIO(text))
        for folder, mode in (("tmp", 0o1777), ("www", 0o755)):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, mode
            tar.addfile(entry)
    return buffer.getvalue()


def end(process, sig):
    """Ends a process that we started: by `sig`, or by SIGKILL if it does not end within 30 s."""
    if process is None:
        return
    process.send_signal(sig)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Engine:
    """dockerd and containerd as on a real machine, with their own folders and sockets."""

    def __init__(self, folder, programs=None):
        """`programs`: the root of unpacked packages to take dockerd and containerd from; the machine's own if None."""
        self.folder = Path(folder)
        places = [f"{programs}/usr/sbin", f"{programs}/usr/bin"] if programs else []
        self.environment = {**os.environ, "PATH": ":".join([*places, os.environ["PATH"]])}
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket = self.folder / "docker.sock"
        self.containerd = None
        self.process = None

    def spawn(self, *command):
        with open(self.folder / "dockerd.log", "ab") as log:
            return subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                    start_new_session=True)

    def start(self, *options):
        """`options`: further ones of dockerd."""
        folder = self.folder
        address = folder / "containerd.sock"
        if self.containerd is None:
            (folder / "containerd.toml").write_text(
                f'version = 2\nroot = "{folder}/containerd"\nstate = "{folder}/containerd-state"\n'
                f'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\naddress = "{address}"\n')
            self.containerd = self.spawn("containerd", "--config", folder / "containerd.toml")
            wait_for(address.exists, "containerd listens", 30)
        (folder / "pid").unlink(missing_ok=True)  # left by a dockerd that was killed
        self.process = self.spawn("dockerd", "-H", f"unix://{self.socket}", "--containerd", address, "--data-root",
                                  folder / "data", "--exec-root", folder / "exec", "--pidfile", folder / "pid", *options)
        wait_for(self.answers, lambda: "dockerd answers; its log ends: " + self.log_tail(), 60)

    def log_tail(self):
        return (self.folder / "dockerd.log").read_text(errors="replace")[-2000:]

    def answers(self):
        try:
            return self.call("GET", "/_ping", timeout=2)[0] == 200
        except OSError:
            return False

    def stop(self, sig=signal.SIGTERM):
        end(self.process, sig)
        self.process = None
        if sig == signal.SIGTERM:  # no container runs; engine 20.10 may leave the mount of one that was starting
            self.unmount(self.folder / "data")

    @staticmethod
    def unmount(folder):
        for line in reversed(Path("/proc/self/mounts").read_text().splitlines()):
            mount = line.split()[1]
            if mount.startswith(str(folder)):
                subprocess.run(["umount", "-l", mount], check=False)

    def destroy(self):
        """Ends its processes, and removes its mounts and its folder."""
        self.stop()
        end(self.containerd, signal.SIGTERM)
        self.unmount(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    # The part of the API that tests use.
    def call(self, method, target, body=None, headers=None, timeout=60):
        return call(self.socket, method, "/v1.41" + target, body, headers, timeout)

    def ok(self, method, target, body=None, headers=None):
        status, answer = self.call(method, target, body, headers)
        assert status < 300 or status == 304, f"{method} {target}: {status} {answer}"
        return answer

    def import_image(self, name=IMAGE, command=None, entrypoint=None, programs=()):
        repo, _, tag = name.rpartition(":")
        config = {"CMD": command, "ENTRYPOINT": entrypoint}
        changes = "".join("&changes=" + quote(f"{instruction} {json.dumps(value)}") for instruction, value in config.items() if value)
        self.ok("POST", f"/images/create?fromSrc=-&repo={repo}&tag={tag}{changes}", busybox_layer(programs),
                {"Content-Type": "application/x-tar"})

    def containers(self, label=None):
        filters = quote(json.dumps({"label": [label]} if label else {}))
        return self.ok("GET", f"/containers/json?all=1&filters={filters}")

    def names(self, project="demo"):
        return sorted(c["Names"][0][1:] for c in self.containers(f"com.docker.compose.project={project}"))

    def inspect(self, name):
        status, answer = self.call("GET", f"/containers/{name}/json")
        return answer if status == 200 else None

    def running(self, name):
        found = self.inspect(name)
        return bool(found and found["State"]["Running"] and not found["State"]["Paused"])

    def wipe(self):
        """Removes containers, networks and volumes; true if all are gone. Some may be busy, or created again meanwhile."""
        for container in self.containers():
            self.call("DELETE", f"/containers/{container['Id']}?force=1&v=1")
        self.call("POST", "/networks/prune")
        for volume in self.ok("GET", "/volumes")["Volumes"] or []:
            self.call("DELETE", f"/volumes/{volume['Name']}?force=1")
        return not self.containers() and not self.ok("GET", "/volumes")["Volumes"]


class Daemon:
    """`dockerextd run` under its own root, and the commands that talk to it."""

    def __init__(self, root, docker_socket, inside=INSIDE):
        """`inside`: a command that runs another one in namespaces of a machine."""
        self.root = Path(root)
        self.inside = inside
        self.docker_host = f"unix://{docker_socket}"
        self.process = None

    @property
    def control(self):
        return self.root / "run/dockerextd/control.sock"

    def start(self, wait=True):
        self.root.mkdir(parents=True, exist_ok=True)
        log = open(self.root / "log", "ab")
        self.process = subprocess.Popen([*self.inside, BINARY, "--root", self.root, "--docker-host", self.docker_host, "run"],
                                        stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        if wait:
            wait_for(self.answers, lambda: "dockerextd answers; its log ends: " + self.log()[-2000:], 20, 0.01)

    def answers(self):
        assert self.process.poll() is None, f"dockerextd ended: {self.log()[-2000:]}"
        try:
            return call(self.control, "GET", "/v1/status", timeout=2)[0] == 200
        except OSError:
            return False

    def log(self):
        return (self.root / "log").read_text(errors="replace")

    def stop(self, sig=signal.SIGTERM):
        if self.process is None:
            return None
        self.process.send_signal(sig)
        try:
            code = self.process.wait(60)  # running calls get 15 s
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("dockerextd did not end: " + self.log()[-2000:])
        finally:
            self.process = None
        return code

    def kill(self):
        self.stop(signal.SIGKILL)

    def processor_time(self):
        """The CPU seconds that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """The contents of all writable mappings."""
        self.process.send_signal(signal.SIGSTOP)  # no mapping may disappear while it is read
        try:
            os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)
            with open(f"/proc/{self.process.pid}/mem", "rb", 0) as memory:
                return b"\n".join(os.pread(memory.fileno(), end - begin, begin) for begin, end in self.writable_mappings())
        finally:
            self.process.send_signal(signal.SIGCONT)

    def writable_mappings(self):
        for line in Path(f"/proc/{self.process.pid}/maps").read_text().splitlines():
            if line.split()[1].startswith("rw"):
                yield tuple(int(at, 16) for at in line.split()[0].split("-"))

    def run(self, *arguments, check=None, stdin=None, env=None):
        """Runs an operator's command; returns the finished process."""
        done = subprocess.run([*self.inside, BINARY, "--root", self.root, *arguments], input=stdin, capture_output=True, text=True,
                              timeout=360, env=env)
        if check is not None:
            assert done.returncode == check, f"{arguments}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def write(self, name, document):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return path

    def apply(self, settings, protected=None, wait="180s", check=0):
        arguments = ["apply", self.write("settings.json", without_monitoring(settings))]
        if protected is not None:
            arguments += ["--protected", self.write("protected.json", protected)]
        if wait:
            arguments.append(f"--wait={wait}")
        return self.run(*arguments, check=check)

    def status(self):
        """The status, validated against config/status.schema.json."""
        status = call(self.control, "GET", "/v1/status", timeout=20)[1]  # shorter than the daemon waits for an engine that hangs
        STATUS_SCHEMA.validate(status)
        return status

    def service(self, name):
        """The status of a service, as soon as settings with it are in force."""
        def known():
            return next((each for each in self.status()["services"] if each["name"] == name), None)
        return wait_for(known, f"the status has service {name}")

    def failed(self, name, attempts=1):
        """The status of a service that waits for its next attempt, after at least `attempts` of them."""
        def between():
            status = self.service(name)
            return status["state"] == "failed" and status["attempts"] >= attempts and status["nextAttempt"] and status
        return wait_for(between, lambda: f"failed {attempts} times: {self.service(name)}")

    def history(self):
        return call(self.control, "GET", "/v1/history")[1]["entries"]

    def converged(self, seconds=30):
        return wait_for(lambda: self.status()["state"] == "converged",
                        lambda: "converged; status: " + json.dumps(self.status(), indent=1) + self.log()[-3000:], seconds)


class Relay:
    """A proxy between a daemon and its engine that counts the bytes that the daemon sends. Calls `on_trigger` when
    the first request arrives that contains `trigger`. A request that contains a key of `answers` is not forwarded: the
    answer is the key's value, or none if it is empty."""

    def __init__(self, path, engine):
        self.socket, self.engine, self.sent = path, str(engine), 0
        self.trigger, self.on_trigger, self.answers = None, None, {}
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(path))
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            far.connect(self.engine)
            threading.Thread(target=self.copy, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self.copy, args=(far, near, False), daemon=True).start()

    def copy(self, source, sink, counted):
        try:
            while data := source.recv(65536):
                triggers = counted and self.trigger and self.trigger in data
                if counted:
                    self.sent += len(data)
                if triggers:
                    self.trigger = None
                    self.on_trigger()
                if counted:
                    answer = next((answer for part, answer in self.answers.items() if part in data), None)
                    if answer is not None:
                        source.sendall(answer)
                        continue
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.close()


# For a version that is to fail although it has a predecessor: with 0 s, a busy machine may see it run before it ends.
MONITORED = {"monitor": "5s"}


def without_monitoring(settings):
    """The same settings with a monitoring time of 0 s, unless they set one: monitoring times are tested in virtual time
    (tests/sim)."""
    if not isinstance(settings, dict) or not isinstance(settings.get("reconcile", {}), dict):
        return settings
    return {**settings, "reconcile": {"monitor": "0s", **settings.get("reconcile", {})}}


def demo(services, **more):
    return {"compose": {"name": "demo", "services": services, **more}}


def service(command="sleep 1000", **more):
    return {"image": IMAGE, "command": command, "stop_grace_period": "0s", **more}


if __name__ == "__main__":  # an engine for experiments: harness.py FOLDER
    engine = Engine(sys.argv[1])
    engine.start()
    engine.import_image()
    print(engine.socket)
    try:
        signal.pause()
    except KeyboardInterrupt:
        pass
    engine.destroy()
