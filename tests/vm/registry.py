"""docker-registry in a machine, and a login to it."""

import subprocess

from docker_section import give_program
from harness import IMAGE, wait_for

SERVER = "127.0.0.1:5000"  # engines trust this address without TLS
REPOSITORY = f"{SERVER}/team/app:1"
LOGIN = {"server": SERVER, "username": "deployer", "password": "sesame-open-the-registry"}


def start(machine, login=None):
    """Starts a registry: for everybody, or only for this login."""
    config = {"version": 0.1, "storage": {"filesystem": {"rootdirectory": "/root/registry"}}, "http": {"addr": "0.0.0.0:5000"}}
    if login:
        hashed = subprocess.run(["htpasswd", "-Bbn", login["username"], login["password"]], check=True, capture_output=True).stdout
        machine.write("/root/registry.htpasswd", hashed)
        config["auth"] = {"htpasswd": {"realm": "test", "path": "/root/registry.htpasswd"}}
    give_program(machine, "/usr/bin/docker-registry")
    machine.write("/root/registry.json", config)
    machine.sh("systemd-run --quiet --unit=registry docker-registry serve /root/registry.json")


def stop(machine):
    machine.sh("systemctl stop registry; rm -rf /root/registry* /root/.docker", check=None)


def push(machine):
    """Pushes IMAGE as REPOSITORY, and removes that name from the engine."""
    machine.sh(f"docker tag {IMAGE} {REPOSITORY}")
    wait_for(lambda: machine.run("docker", "push", REPOSITORY).returncode == 0, "the image is pushed", 20)
    machine.sh(f"docker rmi {REPOSITORY}")
