"""What users do at the Azure portal with one virtual machine, and what they see there."""

import io
import json
import os
import zipfile
from dataclasses import replace

from fabric import NAME, Extension
from harness import without_monitoring

LIB = "/var/lib/waagent"
DAEMON = f"bin/dockerextd.{os.uname().machine}"  # in the zip


def repacked(package, version, update=None):
    """The handler's zip as another version: with another daemon binary, and with `update` as its update command if given."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == DAEMON:
                content += version.encode()
            if name == "HandlerManifest.json" and update:
                manifest = json.loads(content)
                manifest[0]["handlerManifest"]["updateCommand"] = update
                content = json.dumps(manifest).encode()
            new.writestr(name, content)
    return changed.getvalue()


class Portal:
    """The page of one virtual machine. The deployed extension is a value; each change publishes a new goal state."""

    def __init__(self, fabric, machine, package):
        self.fabric, self.machine, self.package = fabric, machine, package
        self.extension = None
        self.offer("1.0.0")

    def offer(self, version, **changes):
        self.fabric.offer(version, repacked(self.package, version, **changes))

    def program(self, version):
        """The daemon in that version's zip."""
        with zipfile.ZipFile(io.BytesIO(self.fabric.packages[f"{NAME}__{version}.zip"])) as package:
            return package.read(DAEMON)

    # Actions.
    def deploy(self, settings=None, protected=None, certificates=True, **more):
        """Deploys settings under the next sequence number; text is passed on unchanged."""
        last = self.extension or Extension("1.0.0", -1)
        self.extension = replace(last, sequence=last.sequence + 1, settings=without_monitoring(settings), protected=protected,
                                 state="enabled", **more)
        self.publish(certificates)

    def change(self, **changes):
        """Deploys the same settings with another version or state."""
        self.extension = replace(self.extension, **changes)
        self.publish()

    def publish(self, certificates=True):
        """Publishes the same extension again, as when another extension changes."""
        self.fabric.publish(self.extension, certificates=certificates)

    def uninstall(self):
        self.change(state="uninstall")
        self.fabric.wait_for_status(lambda report: report is None, "the extension is gone")
        self.extension = None

    # Reports.
    def wait_for(self, predicate, what, seconds=60, since=0):
        return self.fabric.wait_for_status(lambda report: report is not None and predicate(report), what, seconds, since)

    def state(self, state, seconds=60, since=0):
        """Waits until the deployed settings are in that state; returns the report."""
        return self.wait_for(lambda report: (report.sequence, report.state, report.version) ==
                          (self.extension.sequence, state, self.extension.version), state, seconds, since)

    def succeeds(self, *settings, **more):
        """Deploys, and waits for success."""
        self.deploy(*settings, **more)
        return self.state("success")

    def states(self):
        """The states reported for the current goal state, without repetitions."""
        reported = [report.state for report in self.fabric.reports() if report]
        return [state for at, state in enumerate(reported) if at == 0 or state != reported[at - 1]]

    def folder(self, version=None):
        return f"{LIB}/{NAME}-{version or self.extension.version}"

    def remove_from_goal_state(self):
        """Publishes a goal state without the extension."""
        self.fabric.publish()
        self.fabric.wait_for_status(lambda report: report is None, "no extension", 120)
        self.extension = None
