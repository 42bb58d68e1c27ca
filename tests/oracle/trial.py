"""One document through Docker Compose and through us, or through one of them and the record of the other, and everything
that is not the same afterwards."""

import subprocess

import compose
import harness
import snapshot
from bench import Outcome


class Trial:
    """run(document): its outcome. What a kind of trial does between a prepared and a clean engine is its `steps`."""

    def __init__(self, bench):
        self.bench = bench

    def run(self, document):
        outcome = Outcome()
        try:
            self.bench.prepare(document)
            self.steps(document, outcome)
            self.bench.clean()
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            outcome.broken = str(error)
            self.bench.daemon.run("down")  # or we would go on making what the next document has no use for
        return outcome


class AgainstTheRecord(Trial):
    """We alone, compared with what Compose made when it was recorded."""

    def __init__(self, bench, records):
        super().__init__(bench)
        self.records = records

    def compose_refuses(self, document):
        assert not self.records.missing(document.rows[0]), self.records.missing(document.rows[0])
        return self.records.of(document)[1]

    def steps(self, document, outcome):
        for row in document.rows:
            if words := self.records.missing(row):
                outcome.note(row, words)
        document = self.bench.accepted(document.without([row for row in document.rows if row.id in outcome.found]), outcome)
        if document.rows:
            self.against(document, *self.records.of(document), outcome)

    def against(self, document, theirs, failed, outcome):
        if not document.may_fail:
            self.bench.compare(document, theirs, self.bench.apply(document, outcome), outcome)
        elif self.bench.can_apply(document) == failed:
            outcome.skipped = "this machine differs from the one of the record: `check full` asks Compose itself"
        else:
            self.bench.compare(document, theirs, self.bench.in_time(document, theirs), outcome)
        if not failed and not outcome.skipped:
            self.bench.plan(document, outcome, "after us")
        self.bench.down(document, outcome)


class WithCompose(Trial):
    def __init__(self, bench, compose, records):
        super().__init__(bench)
        self.compose, self.records = compose, records

    def compose_refuses(self, document):
        """Whether it cannot even be read; no engine takes part."""
        self.bench.prepare(document)
        return self.compose.run(document, "config", "--quiet").returncode != 0

    def up(self, document):
        """What Docker Compose made, and whether it failed."""
        done = self.compose.run(document, "up", "--detach")
        failed = done.returncode != 0
        assert not failed or document.may_fail, f"Compose's up: exit {done.returncode}: {compose.complaint(done)}"
        self.bench.settle(document)
        return self.bench.snapshot(document), failed

    def down(self, document):
        """Engine 20.10 is at times late to let go of a network, or never does until it is started anew."""
        def down():
            done.append(self.compose.run(document, "down", "--volumes"))
            return "has active endpoints" not in done[-1].stderr
        done = []
        try:
            harness.wait_for(down, "the networks are free", 5)
        except AssertionError:
            self.bench.restart_engine()
            harness.wait_for(down, lambda: "Compose's down: " + compose.complaint(done[-1]), 5)
        assert done[-1].returncode == 0, "Compose's down: " + compose.complaint(done[-1])


class Recording(WithCompose):
    """Compose alone; what it makes is written down."""

    def compose_refuses(self, document):
        refuses = super().compose_refuses(document)
        self.records.write(document, snapshot.Snapshot({}, {}), refuses)
        return refuses

    def steps(self, document, outcome):
        self.records.write(document, *self.up(document))
        self.down(document)


class Comparison(WithCompose):
    """Both, one after the other on one engine, and each on what the other made."""

    def steps(self, document, outcome):
        document = self.bench.accepted(document, outcome)
        if not document.rows:
            return
        theirs, failed = self.up(document)
        self.against_the_record(document, theirs, failed, outcome)
        if not failed:  # of what failed, we try again
            self.bench.plan(document, outcome, "after Compose")
        self.down(document)
        self.bench.forget_builds()
        if not failed:
            ours = self.bench.apply(document, outcome)
        else:
            assert not self.bench.can_apply(document), "Compose fails, we do not"
            ours = self.bench.in_time(document, theirs)
        self.bench.compare(document, theirs, ours, outcome)
        if not failed:
            self.compose_on_ours(document, outcome)
        self.bench.down(document, outcome)

    def against_the_record(self, document, theirs, failed, outcome):
        """Where there is one of this engine: `check` must not go by what is no longer so."""
        document = document.without([row for row in document.rows if self.records.missing(row)])
        if document.rows:
            recorded, then = self.records.of(document)
            present = snapshot.Snapshot({key: value for key, value in theirs.objects.items() if key in recorded.objects},
                                        theirs.owners)
            for owner, line in snapshot.differences(recorded, present, ("the record", "Compose")) if then == failed else []:
                outcome.note(document.owner(owner), f"the record is no longer true, delete it and renew it: {line}")

    def compose_on_ours(self, document, outcome):
        """What Compose does to objects that we made: nothing, but that it runs what ended again."""
        services = snapshot.services(self.bench.engine)
        for kind, name, what in self.compose.would_change(document):
            owner = services.get(name, name.partition("_")[2])
            outcome.note(document.owner(owner), f"after us Compose would: {kind} {name} {what}")
        before = snapshot.lives(self.bench.engine)
        done = self.compose.run(document, "up", "--detach")
        if done.returncode != 0:
            outcome.note(None, "Compose's up after us: " + compose.complaint(done))
        self.bench.settle(document)
        after = snapshot.lives(self.bench.engine)
        for name in self.bench.ending(document):
            before[name], after[name] = before[name][:1], after[name][:1]
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                outcome.note(document.owner(services.get(name, "")),
                             f"after us Compose did: container {name} was made or started again")
