"""Installing an engine on a machine without one: from the distribution, in a pinned version, from a mirror of Docker's archive."""

import hashlib
import re
import subprocess

import disks
import pytest
from docker_section import give_program, part, wait_for_engine
from harness import wait_for

PIN = "/etc/apt/preferences.d/dockerextd"
MIRROR = "http://127.0.0.1:8080"
VERSION = "5:27.5.1-1~debian"  # of its packages


@pytest.fixture
def waiting(bare, package):
    """A machine without an engine; the daemon runs and has no settings yet."""
    bare.install(package)
    return bare


def apply(machine, install=None):
    machine.apply({"docker": {} if install is None else {"install": install}}, wait=None)


def install_part(machine):
    return part(machine, "engine.install")


def wait_until_running(machine):
    wait_for_engine(machine)
    machine.converged()


def wait_for_failure(machine, text):
    def failed():
        now = install_part(machine)
        return now["state"] == "failed" and text in now["message"] and now["message"]
    return wait_for(failed, lambda: f"{text}: {install_part(machine)}", 60)


def candidate(machine):
    """The version of docker.io that apt would install."""
    return machine.sh("apt-cache policy docker.io | sed -n 's/ *Candidate: //p'").strip()


def offer_newer(machine):
    packages = f"{disks.ARCHIVE}/Packages"
    machine.sh(f"""dpkg-query -W -f 'Package: docker.io\\nVersion: 99.9-1\\nArchitecture: ${{Architecture}}\\nMaintainer: t <t@example.com>\\n' docker.io >/root/more
        printf 'Filename: ./none.deb\\nSize: 1\\nSHA256: {"0" * 64}\\nDescription: newer\\n\\n' >>/root/more
        cat /root/more >>{packages}; apt-get update -qq""")


def test_an_engine_is_installed_where_there_is_none(waiting):
    apply(waiting)
    wait_until_running(waiting)
    assert waiting.sh("docker info -f '{{.ServerVersion}}'").strip()
    assert install_part(waiting) == {"name": "engine.install", "state": "ok", "message": "", "final": False}
    assert not waiting.exists(PIN)


def test_complaint_74_a_pinned_version_is_installed_and_not_upgraded(waiting):
    """#74: Docker was always the newest version, and was upgraded with the machine."""
    waiting.sh("apt-get update -qq")
    version = candidate(waiting)
    apply(waiting, {"version": version})
    wait_until_running(waiting)
    assert waiting.sh("dpkg-query -W -f '${Version}' docker.io") == version and waiting.exists(PIN)
    offer_newer(waiting)
    assert candidate(waiting) == version
    # Another version than the installed one: reported, nothing is replaced, and the rest is applied.
    started = waiting.sh("systemctl show -P ExecMainStartTimestampMonotonic docker")
    waiting.apply({"docker": {"install": {"version": "1.2"}, "config": {"debug": True}}}, wait=None)
    message = wait_for_failure(waiting, f"docker.io {version} is installed, but the settings pin version 1.2")
    assert "does not replace it" in message
    wait_for(lambda: part(waiting, "engine.config")["state"] == "ok", lambda: waiting.status()["parts"], 30)
    assert waiting.sh("systemctl show -P ExecMainStartTimestampMonotonic docker") == started
    # No version: the pin is removed.
    apply(waiting)
    wait_for(lambda: not waiting.exists(PIN), lambda: waiting.report(), 30)
    waiting.converged()
    assert candidate(waiting) == "99.9-1"


def test_an_unknown_version_is_reported_with_apts_message(waiting):
    apply(waiting, {"version": "77.7"})
    message = wait_for_failure(waiting, "Version '77.7*' for 'docker.io' was not found")
    assert "docker.install.version" in message
    apply(waiting)
    wait_until_running(waiting)
    assert not waiting.exists(PIN)


def test_a_power_cut_during_an_installation(waiting):
    """The engine's package is unpacked but not configured: its group is missing, and apt refuses to install anything else."""
    for name in ("addgroup", "groupadd"):
        waiting.write(f"/usr/local/sbin/{name}", f'#!/bin/sh\n[ ! -e /run/stuck ] || sleep 1000\nexec /usr/sbin/{name} "$@"\n', 0o755)
    waiting.write("/run/stuck", "")  # until the power cut
    apply(waiting)
    state = lambda: waiting.sh("dpkg-query -W -f '${db:Status-Status}' docker.io", check=None)  # noqa: E731
    wait_for(lambda: state() == "half-configured", lambda: f"{state()}: {waiting.report()}", 60)
    waiting.power_cut()
    waiting.power_on()
    wait_until_running(waiting)
    assert state() == "installed" and waiting.sh("dpkg --audit") == ""


class Mirror:
    """A repository like Docker's, with its own key: the distribution's engine under the names of Docker's packages."""

    def __init__(self, folder, machine):
        self.folder, self.suite, self.base = folder, machine.suite, folder / "linux/debian"
        self.gpg = ["gpg", "--homedir", folder / "home", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
        (folder / "home").mkdir(mode=0o700)
        (self.base / "pool").mkdir(parents=True)
        machine.host.docker("cp", f"{machine.name}:{disks.ARCHIVE}", folder)
        self.packages()
        try:
            self.key, self.other = self.new_key("mirror@example.com"), self.new_key("other@example.com")
            self.release()
            (self.base / "gpg").write_bytes(self.run(*self.gpg, "--armor", "--export", self.key))
        finally:
            self.run("gpgconf", "--homedir", folder / "home", "--kill", "all")

    def run(self, *command, **options):
        return subprocess.run([*map(str, command)], check=True, capture_output=True, **options).stdout

    def new_key(self, name):
        self.run(*self.gpg, "--quick-generate-key", name, "rsa2048", "sign", "never")
        listed = self.run(*self.gpg, "--with-colons", "--list-keys", name).decode()
        return next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))

    def packages(self):
        names = {"docker.io": "docker-ce", "docker-cli": "docker-ce-cli"}
        for name in disks.ENGINE[self.suite]:
            tree = self.folder / name
            self.run("dpkg-deb", "-R", *self.folder.glob(f"archive/{name}_*.deb"), tree)
            control = (tree / "DEBIAN/control").read_text()
            self.package(tree, names.pop(name), re.findall(r"^(?:Architecture|Maintainer|Depends): .*", control, flags=re.M))
        for name in ("containerd.io", *names.values()):
            self.package(self.folder / name, name, ["Architecture: all", "Maintainer: t <t@example.com>"])

    def package(self, tree, name, fields):
        (tree / "DEBIAN").mkdir(parents=True, exist_ok=True)
        control = [f"Package: {name}", f"Version: {VERSION}", *fields, f"Description: {name}\n"]
        (tree / "DEBIAN/control").write_text("\n".join(control))
        self.run("dpkg-deb", "--root-owner-group", "-Znone", "-b", tree, self.base / "pool" / f"{name}.deb")

    def release(self):
        architecture = self.run("dpkg", "--print-architecture").decode().strip()
        index = f"stable/binary-{architecture}/Packages"
        packages = self.run("dpkg-scanpackages", "--multiversion", "pool", cwd=self.base)
        suite = self.base / "dists" / self.suite
        (suite / index).parent.mkdir(parents=True)
        (suite / index).write_bytes(packages)
        date = self.run("date", "-u", "-R").decode().strip()
        (suite / "Release").write_text(
            f"Origin: Test\nSuite: {self.suite}\nCodename: {self.suite}\nDate: {date}\nArchitectures: {architecture}\nComponents: stable\n"
            f"SHA256:\n {hashlib.sha256(packages).hexdigest()} {len(packages)} {index}\n")
        self.run(*self.gpg, "--local-user", self.key, "--clearsign", "--output", suite / "InRelease", suite / "Release")

    def serve_in(self, machine):
        machine.host.docker("cp", self.folder / "linux", f"{machine.name}:/srv/linux")
        give_program(machine, "/bin/busybox")
        machine.sh("systemd-run -q --unit=mirror busybox httpd -f -p 127.0.0.1:8080 -h /srv")


@pytest.fixture
def mirror(waiting, tmp_path):
    mirror = Mirror(tmp_path, waiting)
    mirror.serve_in(waiting)
    return mirror


def test_dockers_own_packages_come_from_a_mirror_whose_key_is_pinned(waiting, mirror):
    docker_ce = {"source": "docker-ce", "mirror": MIRROR, "version": "27.5"}
    # Docker's key is expected if the settings name no other.
    apply(waiting, docker_ce)
    wait_for_failure(waiting, f"it has the fingerprint {mirror.key}, not 9DC858229FC7DD38854AE2D88D81803C0EBFCD88")
    apply(waiting, {**docker_ce, "key": mirror.other})
    wait_for_failure(waiting, f"it has the fingerprint {mirror.key}, not {mirror.other}")
    assert not waiting.exists("/etc/apt/keyrings/docker.asc") and not waiting.exists("/etc/apt/sources.list.d/docker.sources")
    apply(waiting, {**docker_ce, "key": mirror.key})
    wait_until_running(waiting)
    assert waiting.sh("dpkg-query -W -f '${Version}' docker-ce") == VERSION
    assert not re.search(r"^key", waiting.sh("ls /run/dockerextd"), flags=re.M)  # no downloaded key is left behind


def test_packages_with_an_invalid_signature_are_not_installed(waiting, mirror):
    served = f"/srv/linux/debian/dists/{waiting.suite}/InRelease"
    waiting.sh(f"sed -i 's/^Origin: Test/Origin: Else/' {served}")
    apply(waiting, {"source": "docker-ce", "mirror": MIRROR, "key": mirror.key})
    wait_for_failure(waiting, "signed")
    assert waiting.sh("dpkg-query -W -f '${Version}' docker-ce", check=None) == ""
