"""dockerextd for arm64: cross-built in the root of config/arm64, and run under qemu's emulation of a processor."""

import os
import shutil
import subprocess

import debian
import pytest
from conftest import PROJECT, ROOT

EXAMPLES = PROJECT / "config/examples"
NOT_UNDER_QEMU = {
    "ChildProcess.FailsWithoutTheProgram": "qemu starts a process before it looks for the program",
    "ClockWatch.DetectsEachClockChange": "nobody sets the clock in a namespace of users",
}


@pytest.mark.short
def test_the_shim_passes_its_unit_tests(build):
    build.test("shim")


@pytest.mark.short
def test_the_launcher_starts_the_shim_which_installs_the_daemon_for_arm64(build, emulated, tmp_path):
    build.make("config/handler/dockerextd-handler.aarch64")
    handler, machine = tmp_path / "Dockerext.Test.DockerExtension-1.2.0", tmp_path / "machine"
    (handler / "bin").mkdir(parents=True)
    for name in ("dockerextd.service", "dockerextd-failed.service", "dockerextd-retry.timer", "bin/dockerextd.x86_64", "bin/dockerextd.aarch64"):
        (handler / name).write_text(name)
    shutil.copy(PROJECT / "config/handler/launch", handler / "bin")
    shim = shutil.copy(build.folder / "config/handler/dockerextd-handler.aarch64", handler / "bin")
    for folder in ("run/systemd/system", "usr/bin"):
        (machine / folder).mkdir(parents=True)
    uname, systemctl = tmp_path / "uname", machine / "usr/bin/systemctl"
    uname.write_text("#!/bin/sh\necho aarch64\n")  # the kernel is not emulated
    systemctl.write_text("#!/bin/sh\n")
    for program in (uname, systemctl, shim):
        os.chmod(program, 0o755)
    debian.run(ROOT, handler / "bin/launch", "install", "--root", machine, env={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    assert (machine / "usr/local/bin/dockerextd").read_text() == "bin/dockerextd.aarch64"
    assert (machine / "usr/local/sbin/dockerextd-handler").read_bytes() == (handler / "bin/dockerextd-handler.aarch64").read_bytes()


def test_everything_passes_its_unit_tests(build):
    build.test("--suite", "unit", leave_out=NOT_UNDER_QEMU)


def test_the_daemon_needs_no_more_of_a_machine_than_the_native_one(build):
    build.test("portable")


def test_one_zip_serves_both_architectures(build, emulated):
    debian.run("/usr/bin/python3", PROJECT / "tests/unit/shim/handler_zip_test.py", PROJECT, build.native, build.folder)


def test_the_package(build):
    package = debian.run(PROJECT / "config/deb/build", build.folder).split()[-1]
    fields = debian.run("dpkg-deb", "--show", "--showformat", "${Architecture}: ${Depends}", package)
    assert fields.startswith("arm64: ") and all(name in fields for name in ("libc6 (>= 2.34)", "libssl3", "libsystemd0"))
    debian.run("lintian", "--allow-root", "--fail-on=error,warning", package)


def commands():
    """Command lines that need no daemon."""
    yield "--version",
    yield "--help",
    for settings in sorted(path for path in EXAMPLES.glob("*.json") if not path.stem.endswith("-protected")):
        protected = settings.with_name(f"{settings.stem}-protected.json")
        yield "validate", settings, *(["--protected", protected] if protected.exists() else [])


def test_commands_say_the_same_as_those_of_the_native_program(build, emulated):
    build.make("daemon/dockerextd")
    for words in commands():
        said = [subprocess.run([*enter, folder / "daemon/dockerextd", *words], capture_output=True, text=True)
                for enter, folder in (((), build.native), ([ROOT], build.folder))]
        native, arm64 = [(done.returncode, done.stdout, done.stderr) for done in said]
        assert arm64 == native, words


def test_the_daemon_reconciles_an_engine(build, emulated):
    """A real engine, of this machine's own architecture, over its socket."""
    build.make("daemon/dockerextd")
    debian.run(PROJECT / "tests/engine/run", "-k", "test_drift.py",
               env={**os.environ, "DOCKEREXTD": build.folder / "daemon/dockerextd", "DOCKEREXTD_INSIDE": ROOT})
