"""What somebody does at the Azure portal to one virtual machine, and what they see there."""

import io
import json
import zipfile
from dataclasses import replace

from fabric import NAME, Extension
from harness import without_monitoring

LIB = "/var/lib/waagent"


def repacked(package, version, update=None):
    """The handler's zip as another version: programs of other bytes, and if `update` is given, that as the update command."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "bin/dockerextd":
                content += version.encode()
            if name == "HandlerManifest.json" and update:
                manifest = json.loads(content)
                manifest[0]["handlerManifest"]["updateCommand"] = update
                content = json.dumps(manifest).encode()
            new.writestr(name, content)
    return changed.getvalue()


class Portal:
    """One virtual machine's page. What is deployed is a value; each change is a new goal state."""

    def __init__(self, fabric, machine, package):
        self.fabric, self.machine, self.package = fabric, machine, package
        self.extension = None
        self.offer("1.0.0")

    def offer(self, version, **changes):
        self.fabric.offer(version, repacked(self.package, version, **changes))

    def program(self, version):
        """The daemon in that version's zip."""
        with zipfile.ZipFile(io.BytesIO(self.fabric.packages[f"{NAME}__{version}.zip"])) as package:
            return package.read("bin/dockerextd")

    # What people do.
    def deploy(self, settings=None, protected=None, certificates=True, **more):
        """New settings, under the next sequence number; a text as it is."""
        last = self.extension or Extension("1.0.0", -1)
        self.extension = replace(last, sequence=last.sequence + 1, settings=without_monitoring(settings), protected=protected,
                                 state="enabled", **more)
        self.publish(certificates)

    def change(self, **changes):
        """The same settings, but another version or state."""
        self.extension = replace(self.extension, **changes)
        self.publish()

    def publish(self, certificates=True):
        """The same again, as when another extension changes."""
        self.fabric.publish(self.extension, certificates=certificates)

    def uninstall(self):
        self.change(state="uninstall")
        self.fabric.wait_for_status(lambda report: report is None, "that the extension is gone")
        self.extension = None

    # What people see.
    def hears(self, predicate, what, seconds=60, since=0):
        return self.fabric.wait_for_status(lambda report: report is not None and predicate(report), what, seconds, since)

    def state(self, state, seconds=60, since=0):
        """Until these settings are in that state; the report."""
        return self.hears(lambda report: (report.sequence, report.state, report.version) ==
                          (self.extension.sequence, state, self.extension.version), state, seconds, since)

    def succeeds(self, *settings, **more):
        """Deploys and waits for the good end."""
        self.deploy(*settings, **more)
        return self.state("success")

    def states(self):
        """All that was heard under the present goal state, repeats left out."""
        heard = [report.state for report in self.fabric.reports() if report]
        return [state for at, state in enumerate(heard) if at == 0 or state != heard[at - 1]]

    def folder(self, version=None):
        return f"{LIB}/{NAME}-{version or self.extension.version}"

    def forget(self):
        """The extension is in no goal state any more."""
        self.fabric.publish()
        self.fabric.wait_for_status(lambda report: report is None, "nothing of the extension", 120)
        self.extension = None
