"""Runs one document with Docker Compose and with us, or with one of them and the record of Compose, and notes all
differences."""

import subprocess

import compose
import harness
import snapshot
from bench import Outcome


class Trial:
    """run(document) returns its outcome. Each kind of trial implements `steps`, between preparing and cleaning the engine."""

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
            self.bench.daemon.run("down")  # or the daemon would go on applying this document during the next one
        return outcome


class RecordTrial(Trial):
    """Only our side, compared with the record of what Compose made."""

    def __init__(self, bench, records):
        super().__init__(bench)
        self.records = records

    def compose_refuses(self, document):
        assert not self.records.missing(document.rows[0]), self.records.missing(document.rows[0])
        return self.records.of(document)[1]

    def steps(self, document, outcome):
        for row in document.rows:
            if reason := self.records.missing(row):
                outcome.note(row, reason)
        document = self.bench.accepted(document.without([row for row in document.rows if row.id in outcome.found]), outcome)
        if document.rows:
            self.compare_with(document, *self.records.of(document), outcome)

    def compare_with(self, document, theirs, failed, outcome):
        if not document.may_fail:
            self.bench.compare(document, theirs, self.bench.apply(document, outcome), outcome)
        elif self.bench.can_apply(document) == failed:
            outcome.skipped = "this machine differs from that of the record: `check full` compares with Compose itself"
        else:
            self.bench.compare(document, theirs, self.bench.converging(document, theirs), outcome)
        if not failed and not outcome.skipped:
            self.bench.plan(document, outcome, "after us")
        self.bench.down(document, outcome)


class ComposeTrial(Trial):
    def __init__(self, bench, compose, records):
        super().__init__(bench)
        self.compose, self.records = compose, records

    def compose_refuses(self, document):
        """Whether Compose cannot even read the document; this needs no engine."""
        self.bench.prepare(document)
        return self.compose.run(document, "config", "--quiet").returncode != 0

    def up(self, document):
        """Runs Compose's up; returns the snapshot, and whether Compose failed."""
        done = self.compose.run(document, "up", "--detach")
        failed = done.returncode != 0
        assert not failed or document.may_fail, f"Compose's up: exit {done.returncode}: {compose.error_output(done)}"
        self.bench.settle(document)
        return self.bench.snapshot(document), failed

    def down(self, document):
        """Runs Compose's down. Engine 20.10 may release a network late, or not until it is restarted."""
        def down():
            done.append(self.compose.run(document, "down", "--volumes"))
            return "has active endpoints" not in done[-1].stderr
        done = []
        try:
            harness.wait_for(down, "the networks are free", 5)
        except AssertionError:
            self.bench.restart_engine()
            harness.wait_for(down, lambda: "Compose's down: " + compose.error_output(done[-1]), 5)
        assert done[-1].returncode == 0, "Compose's down: " + compose.error_output(done[-1])


class RecordingTrial(ComposeTrial):
    """Only Compose; records what it makes."""

    def compose_refuses(self, document):
        refuses = super().compose_refuses(document)
        self.records.write(document, snapshot.Snapshot({}, {}), refuses)
        return refuses

    def steps(self, document, outcome):
        self.records.write(document, *self.up(document))
        self.down(document)


class ComparisonTrial(ComposeTrial):
    """Both, one after the other on one engine, and each on what the other has made."""

    def steps(self, document, outcome):
        document = self.bench.accepted(document, outcome)
        if not document.rows:
            return
        theirs, failed = self.up(document)
        self.check_record(document, theirs, failed, outcome)
        if not failed:  # we would retry what failed
            self.bench.plan(document, outcome, "after Compose")
        self.down(document)
        self.bench.forget_builds()
        if not failed:
            ours = self.bench.apply(document, outcome)
        else:
            assert not self.bench.can_apply(document), "Compose fails, but we do not"
            ours = self.bench.converging(document, theirs)
        self.bench.compare(document, theirs, ours, outcome)
        if not failed:
            self.check_compose_after_us(document, outcome)
        self.bench.down(document, outcome)

    def check_record(self, document, theirs, failed, outcome):
        """Compares with the record of this engine, if there is one: `check` must not rely on outdated records."""
        document = document.without([row for row in document.rows if self.records.missing(row)])
        if document.rows:
            recorded, failed_then = self.records.of(document)
            current = snapshot.Snapshot({key: value for key, value in theirs.objects.items() if key in recorded.objects},
                                        theirs.owners)
            for owner, line in snapshot.differences(recorded, current, ("the record", "Compose")) if failed_then == failed else []:
                outcome.note(document.owner(owner), f"the record is outdated, delete it and record it again: {line}")

    def check_compose_after_us(self, document, outcome):
        """Compose must leave our objects alone, except that it runs ended containers again."""
        services = snapshot.services(self.bench.engine)
        for kind, name, what in self.compose.would_change(document):
            owner = services.get(name, name.partition("_")[2])
            outcome.note(document.owner(owner), f"after us Compose would: {kind} {name} {what}")
        before = snapshot.starts(self.bench.engine)
        done = self.compose.run(document, "up", "--detach")
        if done.returncode != 0:
            outcome.note(None, "Compose's up after us: " + compose.error_output(done))
        self.bench.settle(document)
        after = snapshot.starts(self.bench.engine)
        for name in self.bench.ending(document):
            before[name], after[name] = before[name][:1], after[name][:1]
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                outcome.note(document.owner(services.get(name, "")),
                             f"after us Compose did: container {name} was recreated or restarted")
