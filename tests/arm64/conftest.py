import os
import subprocess
import sys
from pathlib import Path

import pytest
import sharding

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tests/oracle"))
import debian  # noqa: E402

ROOT = PROJECT / "config/arm64/root"


def pytest_collection_modifyitems(config, items):
    """A cross build of everything takes long: `check` without `full` builds the shim only."""
    if config.getoption("shard"):
        sharding.keep_short(config, items)


class Build:
    """The build folder for arm64, beside that of this machine's own architecture."""

    def __init__(self, native):
        self.native = native
        self.folder = native.with_name(native.name + "-arm64")

    def set_up(self):
        if not (self.folder / "build.ninja").exists():
            debian.run(ROOT, "meson", "setup", "--cross-file", PROJECT / "config/arm64/cross.ini", self.folder, cwd=PROJECT)

    def make(self, *targets):
        debian.run("nice", "-n", "5", ROOT, "ninja", "-C", self.folder, "--quiet", *targets)

    def test(self, *arguments, leave_out=()):
        """Runs unit tests under qemu. `leave_out`: names of Google Test."""
        debian.run("nice", "-n", "5", ROOT, "meson", "test", "-C", self.folder, "--print-errorlogs", "--timeout-multiplier", "10",
                   *arguments, env={**os.environ, "GTEST_FILTER": "-" + ":".join(leave_out)})


@pytest.fixture(scope="session")
def build():
    build = Build(Path(os.environ.get("DOCKEREXTD", "build/daemon/dockerextd")).resolve().parents[1])
    build.set_up()
    return build


@pytest.fixture(scope="session")
def emulated():
    """Needed where a program of arm64 is started by one of this machine; meson starts the unit tests under qemu by itself."""
    done = subprocess.run([ROOT, "/lib/ld-linux-aarch64.so.1", "--version"], capture_output=True)
    if done.returncode != 0:
        pytest.skip("the kernel starts no programs of arm64: needs Linux 6.7, or qemu-user-static installed on this machine")
