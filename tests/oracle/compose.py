"""The real Docker Compose, on one engine and one project directory."""

import os
import re
import subprocess

import debian

VERSION = "2.40.3"  # whose labels and config-hash we produce: model/labels.hpp
PROGRAM = "usr/libexec/docker/cli-plugins/docker-compose"

# The words of `up --dry-run` for an object that it would leave alone, or start because it has ended.
UNCHANGED = {"Running", "Starting", "Started", "Waiting", "Healthy", "Exited", "Skipped"}
DRY_RUN_LINE = re.compile(r"DRY-RUN MODE -\s+(Container|Network|Volume) (\S+)\s+(\w+)")
PROGRESS = re.compile(r" (Container|Network|Volume|Image) \S+ +\w+ *")


def error_output(done):
    """The end of a finished command's standard error, without progress."""
    lines = done.stderr.splitlines()
    return "\n".join(line for line in lines if not PROGRESS.fullmatch(line))[-2000:]


def program():
    found = debian.unpacked(*debian.COMPOSE) / PROGRAM
    version = debian.run(found, "version", "--short").strip()
    assert version.split("-")[0] == VERSION, \
        f"the oracle is Docker Compose {VERSION}, but Debian sid now has {version}: adapt tests and labels to it"
    return found


class Compose:
    def __init__(self, docker_socket, project_directory):
        self.program = program()
        self.docker_host = f"unix://{docker_socket}"
        self.project_directory = project_directory

    def run(self, document, *arguments):
        """Runs Compose; returns the finished process."""
        environment = {"PATH": os.environ["PATH"], "HOME": "/root", "DOCKER_HOST": self.docker_host,
                       "DOCKER_BUILDKIT": "0",  # the engine's own builder, which we use, too
                       **document.environment}
        return subprocess.run([self.program, "--file", document.file, "--project-directory", self.project_directory,
                               *arguments], env=environment, capture_output=True, text=True, timeout=600, check=False)

    def would_change(self, document):
        """(kind, name, what) of each object that `up` would not leave alone."""
        done = self.run(document, "up", "--detach", "--dry-run")
        found = set(DRY_RUN_LINE.findall(done.stdout + done.stderr))
        if done.returncode != 0:
            found.add(("Project", "", "up --dry-run: " + error_output(done)))
        return sorted(entry for entry in found if entry[2] not in UNCHANGED)
