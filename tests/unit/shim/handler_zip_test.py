#!/usr/bin/env python3
"""The handler's zip as Azure's agent unpacks and runs it (handler-contract §2, §3, §7, §12.6), on a machine of each
architecture that it has programs for. Usage: handler_zip_test.py SOURCE BUILD..."""

import errno
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

SOURCE, *BUILDS = (Path(argument).resolve() for argument in sys.argv[1:])
MACHINES = [(build / "config/machine").read_text().strip() for build in BUILDS]
PROGRAMS = {"dockerextd": "usr/local/bin", "dockerextd-handler": "usr/local/sbin"}  # and where the shim installs them
ELF_MACHINES = {"x86_64": 62, "aarch64": 183}  # elf.h
COMMANDS = ["install", "enable", "disable", "update", "uninstall"]
# The environment that the agent gives its handlers: no HOME, no TERM.
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
               "ConfigSequenceNumber": "0"}


def build_zip(*options):
    done = subprocess.run([SOURCE / "config/handler/build", *BUILDS, *options], stdout=subprocess.PIPE, text=True, check=True)
    return Path(done.stdout.split()[-1])


def objdump(flag, program):
    return subprocess.run(["objdump", flag, program], capture_output=True, text=True, check=True).stdout


class HandlerZip:
    """The tests on a machine of the architecture `machine`."""
    machine = None

    @classmethod
    def setUpClass(cls):
        cls.zip = build_zip()

    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="dockerextd.")
        self.addCleanup(place.cleanup)
        self.root = Path(place.name)
        self.handler = self.root / "var/lib/waagent/Dockerext.Test.DockerExtension-1.2.0"
        self.environment = ENVIRONMENT
        self.unpack()
        if self.machine != os.uname().machine:
            self.pretend(self.machine)

    def unpack(self):
        """Unpacks it like the agent: without the zip's modes, then everything executable."""
        with zipfile.ZipFile(self.zip) as archive:
            archive.extractall(self.handler)
        for path in self.handler.rglob("*"):
            if path.is_file():
                path.chmod(0o744)
        for folder in ("config", "status"):
            (self.handler / folder).mkdir()
        (self.handler / "config/0.settings").touch()
        (self.handler / "HandlerEnvironment.json").write_text(json.dumps([{"version": 1.0, "handlerEnvironment": {
            "configFolder": str(self.handler / "config"), "statusFolder": str(self.handler / "status")}}]))
        (self.root / "run/systemd/system").mkdir(parents=True)
        (self.root / "usr/bin").mkdir(parents=True)
        systemctl = self.root / "usr/bin/systemctl"
        systemctl.write_text(f'#!/bin/sh\necho "$@" >>{self.root}/calls\n')
        systemctl.chmod(0o755)

    def pretend(self, machine):
        """Lets the launcher find itself on a machine of that architecture."""
        stub = self.root / "stubs/uname"
        stub.parent.mkdir(exist_ok=True)
        stub.write_text(f'#!/bin/sh\n[ "$*" = -m ] && echo {machine}\n')
        stub.chmod(0o755)
        self.environment = {**ENVIRONMENT, "PATH": f"{stub.parent}:{ENVIRONMENT['PATH']}"}

    def manifest(self):
        return json.loads((self.handler / "HandlerManifest.json").read_text())[0]["handlerManifest"]

    def start(self, name):
        """Runs the manifest's command as the agent does, under another root."""
        command = self.manifest()[name + "Command"]
        self.assertEqual(command.count(f" {name}"), 2)
        command = command.replace(f" {name}", f" {name} --root {self.root}")
        enter = [] if self.machine == os.uname().machine else [SOURCE / "config/arm64/root"]
        return subprocess.Popen([*enter, "/bin/sh", "-c", f"{self.handler}/{command}"], cwd=self.handler, env=self.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run_command(self, name):
        with self.start(name) as running:
            output = running.communicate(timeout=120)
        return running.returncode, *output

    def test_holds_what_the_agent_and_the_shim_need(self):
        with zipfile.ZipFile(self.zip) as archive:
            self.assertEqual(sorted(archive.namelist()), sorted([
                "HandlerManifest.json", "LICENSE", "bin/launch", "copyright", "dockerextd-failed.service", "dockerextd-retry.timer",
                "dockerextd.service", *(f"bin/{name}.{machine}" for machine in MACHINES for name in PROGRAMS)]))

    def test_is_named_after_the_projects_version(self):
        version = re.search(r"version: '([\d.]+)'", (SOURCE / "meson.build").read_text())[1]
        self.assertEqual(self.zip.name, f"dockerextd-handler_{version}.zip")
        other = build_zip("--version", "9.9.9")
        self.addCleanup(other.unlink)
        self.assertEqual(other.name, "dockerextd-handler_9.9.9.zip")

    def test_the_manifest_names_every_command(self):
        manifest = self.manifest()
        self.assertEqual({key for key in manifest if key.endswith("Command")}, {name + "Command" for name in COMMANDS})
        self.assertEqual({key: value for key, value in manifest.items() if not key.endswith("Command")}, {
            "reportHeartbeat": False, "rebootAfterInstall": False, "updateMode": "UpdateWithInstall",
            "continueOnUpdateFailure": True, "supportsMultipleExtensions": False})

    def test_the_programs_are_those_of_the_machine(self):
        for name in PROGRAMS:
            head = (self.handler / f"bin/{name}.{self.machine}").read_bytes()[:20]
            self.assertEqual(int.from_bytes(head[18:], "little"), ELF_MACHINES[self.machine], name)

    def test_the_launcher_starts_the_program_for_the_machine(self):
        for machine in ("x86_64", "aarch64", "pdp11"):
            stub = self.handler / f"bin/dockerextd-handler.{machine}"
            stub.unlink(missing_ok=True)
            stub.write_text(f'#!/bin/sh\necho {machine} "$@"\nexit 7\n')
            stub.chmod(0o755)
        for machine in ("x86_64", "aarch64"):
            self.pretend(machine)
            line = f"{machine} enable --root {self.root}\n"
            self.assertEqual(self.run_command("enable"), (7, line * 2, ""))

    def test_a_machine_that_there_is_no_program_for_is_named(self):
        self.pretend("pdp11")
        for name in COMMANDS:
            code, _, errors = self.run_command(name)
            self.assertEqual(code, 51)
            self.assertEqual(set(errors.splitlines()), {
                f"{name}: this package of dockerextd has no program for pdp11, the architecture of this machine, only for "
                f"{', '.join(sorted(MACHINES))}: use a machine of those, or a package for pdp11"})
        self.assertFalse((self.root / "usr/local").exists())

    def test_the_shim_is_static(self):
        headers = objdump("-p", self.handler / f"bin/dockerextd-handler.{self.machine}")
        self.assertIn("LOAD", headers)
        for need in ("INTERP", "DYNAMIC", "NEEDED"):
            self.assertNotIn(need, headers)

    def test_the_daemon_runs_on_every_distribution(self):
        done = subprocess.run([sys.executable, SOURCE / "tests/lint/portable_binary.py",
                               self.handler / f"bin/dockerextd.{self.machine}"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout.strip()), (0, ""))

    def test_both_programs_are_stripped(self):
        for name in PROGRAMS:
            self.assertIn("no symbols", objdump("-t", self.handler / f"bin/{name}.{self.machine}"))

    def test_the_unit_runs_the_program_that_the_shim_installs(self):
        unit = (self.handler / "dockerextd.service").read_text()
        self.assertIn("\nExecStart=/usr/local/bin/dockerextd run\n", unit)
        writable = re.search(r"\nReadWritePaths=(.*)\n", unit)[1].split()
        # Status files, and everything that an installation from a repository writes.
        for path in ("/var/lib/waagent", "/etc/apt", "/etc/yum.repos.d", "/etc/pki/rpm-gpg", "/etc/zypp"):
            self.assertIn(f"-{path}", writable)

    def test_every_command_runs_without_a_home(self):
        for name in COMMANDS:
            self.assertEqual(self.run_command(name), (0, "", ""), name)
            if name == "enable":
                for program, folder in PROGRAMS.items():
                    self.assertEqual((self.root / folder / program).read_bytes(), (self.handler / f"bin/{program}.{self.machine}").read_bytes())
        self.assertIn("restart --no-block dockerextd.service", (self.root / "calls").read_text())

    def test_a_failure_is_passed_on_with_its_exit_code(self):
        (self.root / "run/systemd/system").rmdir()
        code, _, errors = self.run_command("enable")
        self.assertEqual(code, 51)
        self.assertIn("systemd does not run on this machine", errors)
        self.assertLess(len(errors), 1000)

    def test_a_program_that_is_still_open_for_writing_is_retried(self):
        for name in ("launch", f"dockerextd-handler.{self.machine}"):
            for _ in range(5):  # the retry is a second later: a busy machine may not have closed the file by then
                writing = os.open(self.handler / "bin" / name, os.O_WRONLY)
                with self.start("enable") as running:
                    first = running.stderr.readline()
                    os.close(writing)
                    running.communicate(timeout=120)
                self.assertIn(os.strerror(errno.ETXTBSY), first)
                if running.returncode == 0:
                    break
            self.assertEqual(running.returncode, 0, name)
        self.assertTrue((self.handler / "status/0.status").exists())


for machine in MACHINES:
    name = f"HandlerZip_{machine}"
    globals()[name] = type(name, (HandlerZip, unittest.TestCase), {"machine": machine})
unittest.main(argv=sys.argv[:1])
