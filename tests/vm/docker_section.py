"""What tests do with the settings' section `docker`: the engine's own settings and its parts in the status."""

from pathlib import Path

from harness import demo, wait_for

DROP_IN = "/etc/systemd/system/docker.service.d/50-dockerextd.conf"


def settings(services=None, **docker):
    return {"docker": docker, **(demo(services) if services else {})}


def arguments(machine):
    return machine.sh("tr '\\0' ' ' </proc/$(systemctl show -P MainPID docker.service)/cmdline")


def part(machine, name):
    """A part of the status; with an empty state and message if it is not there."""
    return next((part for part in machine.status()["parts"] if part["name"] == name), {"name": name, "state": "", "message": ""})


def engine_started(machine):
    return machine.sh("systemctl show -P ActiveEnterTimestampMonotonic docker.service")


STARTING = "MESSAGE_ID=7d4958e842da4a758f6c1cdc7b36dcc5"


def engine_starts(machine, since):
    """How often systemd has started dockerd since then, including failed attempts."""
    return len(machine.journal(f"--since={since}", STARTING, unit="docker"))


SCHEDULED = "MESSAGE_ID=5eb03494b6584870a536b337290809b3"


def own_restarts(machine, since):
    """How many of these starts come from the unit's Restart=."""
    return len(machine.journal(f"--since={since}", SCHEDULED, unit="docker"))


def engine_answers(machine):
    return machine.ask_engine("/_ping") == "OK"


def wait_for_engine(machine, seconds=120):
    """Waits until the engine is installed and in its desired state."""
    def ready():
        return machine.status()["parts"] and all(part["state"] == "ok" for part in machine.status()["parts"]) and engine_answers(machine)
    wait_for(ready, lambda: f"the engine is ready: {machine.status()['parts']}", seconds)


def failed_part(machine, seconds=60):
    """Waits for a failed part, and returns the first."""
    def failed():
        return next((part for part in machine.status()["parts"] if part["state"] == "failed"), None)
    return wait_for(failed, lambda: f"a part has failed: {machine.status()['parts']}", seconds)


def give_program(machine, path):
    """Copies a program of this machine into the test machine."""
    machine.write(f"/usr/local/bin/{Path(path).name}", Path(path).read_bytes(), 0o755)
