"""An engine with our daemon, on which a document is prepared, applied, planned again, and taken down."""

import json
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import harness
import snapshot

ROOT = Path("/mnt/dockerextd")  # the same in every run: hashes and labels hold paths below it
APPLY_TIMEOUT = "300s"


@dataclass
class Outcome:
    """The differences found, by the id of the row; "" for the document's own."""
    found: dict = field(default_factory=dict)
    broken: str = ""  # why no row could be compared
    skipped: str = ""  # why no row was compared

    def note(self, row, text):
        self.found.setdefault(row.id if row else "", []).append(text)


class Bench:
    def __init__(self, engine, daemon):
        self.engine, self.daemon = engine, daemon
        self.project = daemon.root / "var/lib/dockerextd/project"
        self.project.mkdir(exist_ok=True)

    # Before and after a document.
    def clean(self):
        harness.wait_for(self.engine.wipe, "the engine is empty")
        self.forget_builds()
        for entry in self.project.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()

    def prepare(self, document):
        """Writes the files that the document needs, and creates the objects that exist before it."""
        self.clean()
        for name, text in document.files.items():
            path = self.project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        document.file = self.daemon.write("model.json", document.text)
        for target, body in document.existing:
            self.engine.ok("POST", target, body)

    def restart_engine(self):
        """Restarts the engine, and then the containers that ran before."""
        running = [entry["Id"] for entry in self.engine.containers() if entry["State"] == "running"]
        self.engine.stop()
        self.engine.start()
        for container in running:
            self.engine.ok("POST", f"/containers/{container}/start")

    def forget_builds(self):
        for image in snapshot.built_images(self.engine):
            self.engine.ok("DELETE", f"/images/{quote(image['Tag'])}?force=1")

    # The state of the engine.
    def snapshot(self, document):
        return snapshot.take(self.engine, document.model)

    def ending(self, document):
        """The containers of services that end by themselves."""
        return [name for name, service in snapshot.services(self.engine).items() if service in document.ends]

    def settle(self, document):
        for name in self.ending(document):
            harness.wait_for(lambda name=name: not self.engine.inspect(name)["State"]["Running"], f"{name} ends", 15)

    # Our side.
    def refused(self, document):
        """row → our message, for the rows that we refuse."""
        messages = {}
        for row in document.rows:
            alone = type(document)(document.name, [row])
            done = self.daemon.run("validate", self.daemon.write("settings.json", alone.settings))
            if done.returncode != 0:
                messages[row.id] = (done.stderr + done.stdout).strip()
        return messages

    def accepted(self, document, outcome):
        """The document without the rows that we refuse, so that the others can be compared."""
        refused = self.refused(document)
        for row in document.rows:
            if row.id in refused:
                outcome.note(row, "we refuse it: " + refused[row.id])
        rest = document.without([row for row in document.rows if row.id in refused])
        rest.file = self.daemon.write("model.json", rest.text)
        return rest

    def apply(self, document, outcome):
        """Applies the document; returns the snapshot afterwards."""
        done = self.daemon.apply(document.settings, wait=APPLY_TIMEOUT, check=None)
        if done.returncode != 0:
            outcome.note(None, f"our apply: exit {done.returncode}: {(done.stdout + done.stderr)[-2000:]}")
        self.settle(document)
        return self.snapshot(document)

    def can_apply(self, document):
        """Whether this machine can run a document that may fail."""
        ends = {"degraded": "failed", "converged": "done"}
        self.daemon.apply(document.settings, wait=None)
        return harness.wait_for(lambda: ends.get(self.daemon.status()["state"]), "our apply fails or succeeds") == "done"

    def converging(self, document, theirs):
        """The snapshot of a document that fails. As the daemon keeps retrying, waits until it equals theirs, or 10 s."""
        end = time.monotonic() + 10 * harness.TIMEOUT_FACTOR
        while snapshot.differences(theirs, ours := self.snapshot(document)) and time.monotonic() < end:
            time.sleep(0.2)
        return ours

    def compare(self, document, theirs, ours, outcome):
        for owner, line in snapshot.differences(theirs, ours):
            outcome.note(document.owner(owner), line)

    def plan(self, document, outcome, when):
        """Notes every step that we would plan: there must be none."""
        done = self.daemon.run("plan", "--json", self.daemon.write("settings.json", document.settings))
        if done.returncode not in (0, 3):
            outcome.note(None, f"our plan {when}: {done.stderr}")
            return
        plan = json.loads(done.stdout)
        for step in plan["steps"]:
            changes = "; ".join(f"{c['field']}: {c['have']} → {c['want']}" for c in step["changes"])
            owner = step["service"] or step["object"].rpartition(" ")[2].partition("_")[2]
            outcome.note(document.owner(owner), f"{when} we plan: {step['verb']} {step['object']}: {step['reason']} {changes}")
        for held in plan["held"]:
            outcome.note(document.owner(held["service"] or ""), f"{when} we hold: {held['subject']}: {held['reason']}")

    def down(self, document, outcome):
        def down():
            done.append(self.daemon.run("down"))
            return done[-1].returncode == 0
        done = []
        if not down() and "has active endpoints" in done[-1].stderr:  # a bug of engine 20.10, until it is restarted
            self.restart_engine()
            harness.wait_for(down, lambda: "our down: " + done[-1].stderr)
        if done[-1].returncode != 0:
            outcome.note(None, f"our down: exit {done[-1].returncode}: {done[-1].stderr}")
        left = self.snapshot(document)
        for (kind, name), owner in left.owners.items():
            if kind not in ("volume", "image") and owner:
                outcome.note(document.owner(owner), f"after our down: {kind} {name} is left")
