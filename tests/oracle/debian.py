"""Programs of another Debian suite, unpacked without being installed."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

CACHE = Path("/var/cache/dockerextd-tests")
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
COMPOSE = ("sid", "docker-compose")
# name → the suite and packages to take the engine from; the machine's own if None.
ENGINES = {"installed": None, "trixie": ("trixie", "docker.io", "containerd")}


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def known_archives():
    """The addresses from which this machine takes Debian's packages."""
    targets = run("apt-get", "indextargets", "--format", "$(LABEL) $(REPO_URI)", "Created-By: Packages")
    return [line.split()[1] for line in targets.splitlines() if line.split()[0] == "Debian"]


def archive():
    found = known_archives()
    if not found:  # the lists may have been removed
        run("apt-get", "update", "-qq")
        found = known_archives()
    assert found, "apt on this machine knows no Debian archive, so the programs cannot be downloaded"
    return found[0]


def apt_options(folder, suite):
    """A separate configuration for apt, which neither reads nor writes the machine's lists, pins and cache."""
    for name in ("state/lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True)
    (folder / "sources.list").write_text(f"deb [signed-by={KEYS}] {archive()} {suite} main\n")
    own = {"Dir::Etc::SourceList": folder / "sources.list", "Dir::Etc::SourceParts": "/dev/null",
           "Dir::Etc::Preferences": "/dev/null", "Dir::Etc::PreferencesParts": "/dev/null",
           "Dir::State": folder / "state", "Dir::Cache": folder / "cache",
           "Acquire::Languages": "none", "APT::Sandbox::User": "root"}
    return [argument for name, value in own.items() for argument in ("-o", f"{name}={value}")]


def unpacked(suite, *packages):
    """The folder with the packages' files, laid out as under "/"; downloaded if it does not exist yet."""
    home = CACHE / f"{suite}-{'-'.join(packages)}"
    if home.exists():
        return home
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="fetch-") as name:
        folder = Path(name)
        options = apt_options(folder, suite)
        run("apt-get", *options, "update", "-qq")
        run("apt-get", *options, "download", "-qq", *packages, cwd=folder)
        for package in folder.glob("*.deb"):
            run("dpkg", "-x", package, folder / "root")
        try:
            os.rename(folder / "root", home)
        except OSError:  # another run was faster
            if not home.exists():
                raise
    return home


def programs(engine):
    """The root of the engine's programs; None for the machine's own."""
    packages = ENGINES[engine]
    return unpacked(*packages) if packages else None


if __name__ == "__main__":  # downloads the engines, and Compose if asked to, before the tests, which have no network
    for packages in (*filter(None, ENGINES.values()), *([COMPOSE] if "compose" in sys.argv[1:] else [])):
        print(unpacked(*packages))
