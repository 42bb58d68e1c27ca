"""The initial contents of the machines' disks: Debian with systemd and an engine; with the Azure Linux agent in addition
(`agent`), or without an engine (`bare`). Each is built once and stored below debian.CACHE; its name has a digest of the
recipe, so a changed recipe is built anew."""

import hashlib
import itertools
import os
import shlex
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor

import debian

PACKAGES = ["systemd", "systemd-sysv", "dbus", "iptables", "ca-certificates", "iproute2", "procps"]
ENGINE = {"bookworm": ["docker.io"], "trixie": ["docker.io", "docker-cli"]}
# Where a bare machine, which has no network, finds the engine's packages.
ARCHIVE = "/srv/archive"


def persistent_journal():
    return ['mkdir -p "$1/var/log/journal"']


def local_archive(packages):
    """An archive on the disk of these packages and their dependencies, as apt's only source."""
    source = f"deb [trusted=yes] file:{ARCHIVE} ./"
    return [
        f'chroot "$1" apt-get install -y --no-install-recommends --download-only {" ".join(packages)}',
        f'mkdir -p "$1{ARCHIVE}"',
        f'mv "$1"/var/cache/apt/archives/*.deb "$1{ARCHIVE}"',
        f'cd "$1{ARCHIVE}" && dpkg-scanpackages --multiversion . >Packages',
        f'rm -rf "$1"/etc/apt/sources.list.d/* && echo {shlex.quote(source)} >"$1/etc/apt/sources.list"',
    ]


def recipe(suite, kind):
    packages = PACKAGES + {"": ENGINE[suite], "bare": [], "agent": [*ENGINE[suite], "waagent", "openssl"]}[kind]
    hooks = persistent_journal() + (local_archive([*ENGINE[suite], "apparmor"]) if kind == "bare" else [])
    return ["--variant=minbase", f"--include={','.join(packages)}", *(f"--customize-hook={hook}" for hook in hooks)]


def named(suite, kind):
    return f"machine-{suite}{kind and '-' + kind}"


def disk(suite, kind=""):
    """The tar of the disk; built if it does not exist yet."""
    options = recipe(suite, kind)
    name = f"{named(suite, kind)}-{hashlib.sha256(repr(options).encode()).hexdigest()[:8]}.tar"
    path = debian.CACHE / name
    if path.exists():
        return path
    debian.CACHE.mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(dir=debian.CACHE, prefix="make-")
    try:
        source = f"deb [signed-by={debian.KEYS}] {debian.archive()} {suite} main"
        debian.run("mmdebstrap", "--mode=root", *options, suite, f"{folder}/disk.tar", source)
        os.rename(f"{folder}/disk.tar", path)
    finally:
        shutil.rmtree(folder)
    return path


if __name__ == "__main__":  # build all
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path in pool.map(lambda variant: disk(*variant), itertools.product(ENGINE, ("", "bare", "agent"))):
            print(path)
