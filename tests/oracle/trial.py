"""One document through Docker Compose and through us, on one engine, and everything that is not the same afterwards."""

import json
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from urllib.parse import quote

import compose
import harness
import snapshot

PATIENCE = "300s"


@dataclass
class Outcome:
    """What was found, by the id of the row; "" is the document's own."""
    found: dict = field(default_factory=dict)
    broken: str = ""  # why nothing can be said of any row

    def note(self, row, text):
        self.found.setdefault(row.id if row else "", []).append(text)


class Bench:
    """An engine with Docker Compose and our daemon on it, both with one project directory."""

    def __init__(self, engine, compose, daemon):
        self.engine, self.compose, self.daemon = engine, compose, daemon

    def clean(self):
        harness.wait_for(self.engine.wipe, "the engine is empty")
        self.forget_builds()
        for entry in self.compose.project_directory.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()

    def prepare(self, document):
        """The files that it needs, and the objects that are not its own."""
        self.clean()
        for name, text in document.files.items():
            path = self.compose.project_directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        document.file = self.daemon.write("model.json", document.text)
        for target, body in document.existing:
            self.engine.ok("POST", target, body)

    def refused(self, document):
        """row → our words, for those that we do not take."""
        words = {}
        for row in document.rows:
            alone = type(document)(document.name, [row])
            done = self.daemon.run("validate", self.daemon.write("settings.json", alone.settings))
            if done.returncode != 0:
                words[row.id] = (done.stderr + done.stdout).strip()
        return words

    def run(self, document):
        outcome = Outcome()
        try:
            self.prepare(document)
            self.compare(self.accepted(document, outcome), outcome)
            self.clean()
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            outcome.broken = str(error)
            self.daemon.run("down")  # or we would go on making what the next document has no use for
        return outcome

    def accepted(self, document, outcome):
        """The document without the rows that we refuse, so that those do not take the others along."""
        refused = self.refused(document)
        for row in document.rows:
            if row.id in refused:
                outcome.note(row, "we refuse it: " + refused[row.id])
        rest = document.without([row for row in document.rows if row.id in refused])
        rest.file = self.daemon.write("model.json", rest.text)
        return rest

    def compare(self, document, outcome):
        if not document.rows:
            return
        theirs, failed = self.by_compose(document)
        if not failed:  # of what failed, we try again
            self.plan_on_theirs(document, outcome)
        self.down_by_compose(document)
        self.forget_builds()
        ours = self.fails_with_us(document, theirs) if failed else self.by_us(document, outcome)
        for owner, line in snapshot.differences(theirs, ours):
            outcome.note(document.owner(owner), line)
        if not failed:
            self.compose_on_ours(document, outcome)
        self.our_down(document, outcome)

    def ending(self, document):
        """The containers of services that end by themselves."""
        return [name for name, service in snapshot.services(self.engine).items() if service in document.ends]

    def settled(self, document):
        for name in self.ending(document):
            harness.wait_for(lambda name=name: not self.engine.inspect(name)["State"]["Running"], f"{name} ends", 15)

    def by_compose(self, document):
        """What Docker Compose made, and whether it failed."""
        done = self.compose.run(document, "up", "--detach")
        failed = done.returncode != 0
        assert not failed or document.may_fail, f"Compose's up: exit {done.returncode}: {compose.complaint(done)}"
        self.settled(document)
        return snapshot.take(self.engine, document.model), failed

    def down_by_compose(self, document):
        """Engine 20.10 is at times late to let go of a network, or never does until it is started anew."""
        def down():
            done.append(self.compose.run(document, "down", "--volumes"))
            return "has active endpoints" not in done[-1].stderr
        done = []
        try:
            harness.wait_for(down, "the networks are free", 5)
        except AssertionError:
            self.restart_engine()
            harness.wait_for(down, lambda: "Compose's down: " + compose.complaint(done[-1]), 5)
        assert done[-1].returncode == 0, "Compose's down: " + compose.complaint(done[-1])

    def restart_engine(self):
        """What runs beside the document runs again."""
        running = [entry["Id"] for entry in self.engine.containers() if entry["State"] == "running"]
        self.engine.stop()
        self.engine.start()
        for container in running:
            self.engine.ok("POST", f"/containers/{container}/start")

    def forget_builds(self):
        for image in snapshot.built_images(self.engine):
            self.engine.ok("DELETE", f"/images/{quote(image['Tag'])}?force=1")

    def by_us(self, document, outcome):
        done = self.daemon.apply(document.settings, wait=PATIENCE, check=None)
        if done.returncode != 0:
            outcome.note(None, f"our apply: exit {done.returncode}: {(done.stdout + done.stderr)[-2000:]}")
        self.settled(document)
        return snapshot.take(self.engine, document.model)

    def fails_with_us(self, document, theirs):
        """What we made of what fails; we try for ever, so what is made beside it has its time."""
        self.daemon.apply(document.settings, wait=None)
        harness.wait_for(lambda: self.daemon.status()["state"] == "degraded", "we fail as Compose does")
        end = time.monotonic() + 10 * harness.SLOWNESS
        while snapshot.differences(theirs, ours := snapshot.take(self.engine, document.model)) and time.monotonic() < end:
            time.sleep(0.2)
        return ours

    def plan_on_theirs(self, document, outcome):
        """What we would do to objects that Compose made: nothing."""
        done = self.daemon.run("plan", "--json", self.daemon.write("settings.json", document.settings))
        if done.returncode not in (0, 3):
            outcome.note(None, "our plan: " + done.stderr)
            return
        plan = json.loads(done.stdout)
        for step in plan["steps"]:
            changes = "; ".join(f"{c['field']}: {c['have']} → {c['want']}" for c in step["changes"])
            owner = step["service"] or step["object"].rpartition(" ")[2].partition("_")[2]
            outcome.note(document.owner(owner), f"after Compose we plan: {step['verb']} {step['object']}: "
                                                f"{step['reason']} {changes}")
        for held in plan["held"]:
            outcome.note(document.owner(held["service"]), f"after Compose we hold: {held['subject']}: {held['reason']}")

    def compose_on_ours(self, document, outcome):
        """What Compose does to objects that we made: nothing, but that it runs what ended again."""
        services = snapshot.services(self.engine)
        for kind, name, what in self.compose.would_change(document):
            owner = services.get(name, name.partition("_")[2])
            outcome.note(document.owner(owner), f"after us Compose would: {kind} {name} {what}")
        before = snapshot.lives(self.engine)
        done = self.compose.run(document, "up", "--detach")
        if done.returncode != 0:
            outcome.note(None, "Compose's up after us: " + compose.complaint(done))
        self.settled(document)
        after = snapshot.lives(self.engine)
        for name in self.ending(document):
            before[name], after[name] = before[name][:1], after[name][:1]
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                outcome.note(document.owner(services.get(name, "")),
                             f"after us Compose did: container {name} was made or started again")

    def our_down(self, document, outcome):
        def down():
            done.append(self.daemon.run("down"))
            return done[-1].returncode == 0
        done = []
        if not down() and "has active endpoints" in done[-1].stderr:  # as in down_by_compose
            self.restart_engine()
            harness.wait_for(down, lambda: "our down: " + done[-1].stderr)
        if done[-1].returncode != 0:
            outcome.note(None, f"our down: exit {done[-1].returncode}: {done[-1].stderr}")
        left = snapshot.take(self.engine, document.model)
        for (kind, name), owner in left.owners.items():
            if kind not in ("volume", "image") and owner:
                outcome.note(document.owner(owner), f"after our down: {kind} {name} is left")
