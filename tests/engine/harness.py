"""A real engine and a real daemon for the tests, and short words for what tests do with them."""

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
SLOWNESS = 3  # of a busy machine, which is no failure: what a test says of seconds is its own assertion, not a wait's end
STATUS_SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).resolve().parents[2] / "config/status.schema.json").read_text()))
BINARY = Path(os.environ.get("DOCKEREXTD", "build/daemon/dockerextd")).resolve()


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


def wait_for(truth, what, seconds=30, every=0.05):
    """Until truth() is true; its value. `seconds` is for a machine that has nothing else to do; a look comes after."""
    seconds *= SLOWNESS
    end = time.monotonic() + seconds
    while True:
        asked = time.monotonic()
        value = truth()
        if value:
            return value
        if asked > end:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(max(every, 2 * (time.monotonic() - asked)))  # asking must not be what keeps the machine busy


def busybox_layer(programs=()):
    """The one layer of the tests' image: busybox under the names that the tests use, and `programs` that only succeed."""
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
    """Ends a process that we started, kindly at first."""
    if process is None:
        return
    process.send_signal(sig)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Engine:
    """dockerd, and containerd beside it as on a real machine, with folders and sockets of their own."""

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

    def start(self):
        folder = self.folder
        address = folder / "containerd.sock"
        if self.containerd is None:
            (folder / "containerd.toml").write_text(
                f'version = 2\nroot = "{folder}/containerd"\nstate = "{folder}/containerd-state"\n'
                f'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\naddress = "{address}"\n')
            self.containerd = self.spawn("containerd", "--config", folder / "containerd.toml")
            wait_for(address.exists, "containerd listens", 30)
        (folder / "pid").unlink(missing_ok=True)  # of one that was killed
        self.process = self.spawn("dockerd", "-H", f"unix://{self.socket}", "--containerd", address, "--data-root",
                                  folder / "data", "--exec-root", folder / "exec", "--pidfile", folder / "pid")
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
        if sig == signal.SIGTERM:  # no container is left; engine 20.10 may forget the mount of one that was being started
            self.unmount(self.folder / "data")

    @staticmethod
    def unmount(folder):
        for line in reversed(Path("/proc/self/mounts").read_text().splitlines()):
            mount = line.split()[1]
            if mount.startswith(str(folder)):
                subprocess.run(["umount", "-l", mount], check=False)

    def destroy(self):
        """Nothing of it stays: no process, no mount, no folder."""
        self.stop()
        end(self.containerd, signal.SIGTERM)
        self.unmount(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    # The API, as far as tests speak it.
    def call(self, method, target, body=None, headers=None, timeout=60):
        return call(self.socket, method, "/v1.41" + target, body, headers, timeout)

    def ok(self, method, target, body=None, headers=None):
        status, answer = self.call(method, target, body, headers)
        assert status < 300 or status == 304, f"{method} {target}: {status} {answer}"
        return answer

    def import_image(self, name=IMAGE, command=None, entrypoint=None, programs=()):
        repo, _, tag = name.rpartition(":")
        said = {"CMD": command, "ENTRYPOINT": entrypoint}
        changes = "".join("&changes=" + quote(f"{word} {json.dumps(value)}") for word, value in said.items() if value)
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
        """Removes containers, networks and volumes; whether all are gone: some may be busy, or somebody makes them anew."""
        for container in self.containers():
            self.call("DELETE", f"/containers/{container['Id']}?force=1&v=1")
        self.call("POST", "/networks/prune")
        for volume in self.ok("GET", "/volumes")["Volumes"] or []:
            self.call("DELETE", f"/volumes/{volume['Name']}?force=1")
        return not self.containers() and not self.ok("GET", "/volumes")["Volumes"]


class Daemon:
    """`dockerextd run` under a root of its own, and the commands that talk to it."""

    def __init__(self, root, docker_socket):
        self.root = Path(root)
        self.docker_host = f"unix://{docker_socket}"
        self.process = None

    @property
    def control(self):
        return self.root / "run/dockerextd/control.sock"

    def start(self, wait=True):
        self.root.mkdir(parents=True, exist_ok=True)
        log = open(self.root / "log", "ab")
        self.process = subprocess.Popen([BINARY, "--root", self.root, "--docker-host", self.docker_host, "run"],
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
            code = self.process.wait(60)  # calls under way have 15 s
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
        """Seconds of a processor that it has taken."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """All that it can write to, and so may have left something in."""
        self.process.send_signal(signal.SIGSTOP)  # a mapping must not go while it is read
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
        """A command of an operator; the finished process."""
        done = subprocess.run([BINARY, "--root", self.root, *arguments], input=stdin, capture_output=True, text=True,
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
        arguments = ["apply", self.write("settings.json", good_at_once(settings))]
        if protected is not None:
            arguments += ["--protected", self.write("protected.json", protected)]
        if wait:
            arguments.append(f"--wait={wait}")
        return self.run(*arguments, check=check)

    def status(self):
        """As it promises to be: config/status.schema.json holds for whatever a test sees."""
        status = call(self.control, "GET", "/v1/status", timeout=20)[1]  # less than it waits for an engine that hangs
        STATUS_SCHEMA.validate(status)
        return status

    def service(self, name):
        """How it stands, once settings with it have been taken."""
        def known():
            return next((each for each in self.status()["services"] if each["name"] == name), None)
        return wait_for(known, f"{name} is known")

    def failed(self, name, attempts=1):
        """How a service stands between two attempts, after so many."""
        def between():
            told = self.service(name)
            return told["state"] == "failed" and told["attempts"] >= attempts and told["nextAttempt"] and told
        return wait_for(between, lambda: f"failed {attempts} times: {self.service(name)}")

    def history(self):
        return call(self.control, "GET", "/v1/history")[1]["entries"]

    def converged(self, seconds=30):
        return wait_for(lambda: self.status()["state"] == "converged",
                        lambda: "converged; status: " + json.dumps(self.status(), indent=1) + self.log()[-3000:], seconds)


class Relay:
    """Stands between a daemon and its engine, and counts the bytes that the daemon sends. Calls `held` when a request
    with `hold` in it has gone through. What has a key of `answers` in it does not reach the engine: the value is the
    answer, none when it is empty."""

    def __init__(self, path, engine):
        self.socket, self.engine, self.sent = path, str(engine), 0
        self.hold, self.held, self.answers = None, None, {}
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
                holds = counted and self.hold and self.hold in data
                if counted:
                    self.sent += len(data)
                    answer = next((answer for part, answer in self.answers.items() if part in data), None)
                    if answer is not None:
                        source.sendall(answer)
                        continue
                if holds:
                    self.hold = None
                    self.held()
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


def good_at_once(settings):
    """The same settings, with which a container counts as soon as it runs, unless they say for themselves when it does: what
    holds for how long is proven on a virtual clock."""
    if not isinstance(settings, dict) or not isinstance(settings.get("reconcile", {}), dict):
        return settings
    return {**settings, "reconcile": {"monitor": "0s", **settings.get("reconcile", {})}}


def demo(services, **more):
    return {"compose": {"name": "demo", "services": services, **more}}


def service(command="sleep 1000", **more):
    return {"image": IMAGE, "command": command, "stop_grace_period": "0s", **more}


if __name__ == "__main__":  # an engine to try things on: harness.py FOLDER
    engine = Engine(sys.argv[1])
    engine.start()
    engine.import_image()
    print(engine.socket)
    try:
        signal.pause()
    except KeyboardInterrupt:
        pass
    engine.destroy()
