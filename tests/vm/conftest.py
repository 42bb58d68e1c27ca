import functools
import os
import re
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "engine"), str(HERE.parent / "oracle")]
import debian  # noqa: E402
import disks  # noqa: E402
import machine as machines  # noqa: E402
import registry as registries  # noqa: E402
from harness import BINARY  # noqa: E402
from hosting import (host, pytest_addoption, pytest_collection_modifyitems, pytest_generate_tests,  # noqa: E402, F401
                     pytest_runtest_makereport)

PROJECT = HERE.parents[1]


@pytest.fixture(scope="session")
def package():
    """The .deb of the build under test; built here if `check` has not built it."""
    return Path(os.environ.get("DOCKEREXTD_DEB") or debian.run(PROJECT / "config/deb/build", BINARY.parents[1]).split()[-1])


@pytest.fixture(scope="session")
def newer_package(package, tmp_path_factory):
    """The same package as a later version."""
    folder = tmp_path_factory.mktemp("newer")
    debian.run("dpkg-deb", "-R", package, folder / "tree")
    control = folder / "tree/DEBIAN/control"
    control.write_text(re.sub(r"^Version: (.*)$", r"Version: \1+newer", control.read_text(), flags=re.M))
    debian.run("dpkg-deb", "--root-owner-group", "-b", folder / "tree", folder / "dockerextd-newer.deb")
    return folder / "dockerextd-newer.deb"


@pytest.fixture
def booted(host, request):
    """booted(suite, kind=""): a machine for this test alone."""
    made = []

    def boot(suite, kind=""):
        name = re.sub(r"[\W_]+", "-", request.node.name.split("[")[0])[5:45].strip("-")
        made.append(machines.Machine(host, suite, f"{name}-{suite}-{len(made)}", kind))
        made[-1].boot()
        return made[-1]
    yield boot
    for one in made:
        one.destroy()


@pytest.fixture(scope="session")
def shared_machine(host, suite, package):
    one = machines.Machine(host, suite, suite)
    try:
        one.boot()
        one.import_image()
        one.install(package)
        yield one
    finally:
        one.destroy()


@pytest.fixture
def machine(shared_machine):
    """The suite's machine: engine and daemon run in it, no settings are applied yet."""
    yield shared_machine
    shared_machine.wipe()


@pytest.fixture
def engine(machine):
    """The same, for tests that change the engine itself."""
    return machine


@pytest.fixture
def registry(engine):
    """registry(login=None): docker-registry in the machine."""
    yield functools.partial(registries.start, engine)
    registries.stop(engine)


@pytest.fixture
def fresh(booted, suite):
    """A machine for this test alone, with an engine; the daemon is not installed."""
    one = booted(suite)
    one.import_image()
    return one


@pytest.fixture
def bare(booted, suite):
    """A machine for this test alone, without an engine; apt finds the engine's packages on the disk."""
    return booted(suite, "bare")
