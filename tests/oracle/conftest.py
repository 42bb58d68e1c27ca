import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import sharding

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "engine")]
import bench as benches  # noqa: E402
import compose  # noqa: E402
import debian  # noqa: E402
import documents  # noqa: E402
import harness  # noqa: E402
import images  # noqa: E402
import records  # noqa: E402
import trial as trials  # noqa: E402

def pytest_addoption(parser):
    parser.addoption("--engine", choices=debian.ENGINES, default="installed", help="which engine to run the models on")
    parser.addoption("--record", action="store_true", help="run only Docker Compose, for rows without a valid record")


def version_of(engine):
    """(major, minor)."""
    programs = debian.programs(engine)
    dockerd = f"{programs}/usr/sbin/dockerd" if programs else "dockerd"
    shown = subprocess.run([dockerd, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(map(int, re.search(r"version (\d+)\.(\d+)", shown).groups()))


def pytest_configure(config):
    """Selects the rows of this run: those that its engine can run and, if sharded, that belong to it."""
    mine, sharded, recording = (config.getoption(name) for name in ("engine", "shard", "record"))
    versions = {engine: version_of(engine) for engine in debian.ENGINES}
    config.records = records.Records("{}.{}".format(*versions[mine]))

    def is_selected(row):
        able = [engine for engine, (major, _) in versions.items() if row.engine <= major]
        return (sharding.shard(row.id, able) == mine if sharded else mine in able) and \
            (not recording or config.records.missing(row))
    config.models = [row for row in documents.rows() if is_selected(row)]
    config.applications = [row for row in documents.applications() if is_selected(row)]


def pytest_ignore_collect(collection_path, config):
    return True if collection_path.name == "test_refusals.py" and config.getoption("engine") != "installed" else None


def pytest_generate_tests(metafunc):
    config = metafunc.config
    engine = config.getoption("engine")
    if "row" in metafunc.fixturenames:
        rows = config.applications if metafunc.function.__name__ == "test_application" else config.models
        metafunc.parametrize("row", rows, ids=[f"{engine}-{row.id}" for row in rows])
    if "theme" in metafunc.fixturenames:
        themes = sorted({row.theme for row in config.models if row.shares})
        metafunc.parametrize("theme", themes, ids=[f"{engine}-{theme}" for theme in themes])
    if "refusal" in metafunc.fixturenames:
        of = {"test_refusal": documents.refusals, "test_unsupported": documents.unsupported}
        refusals = [(name, document) for name, document in of[metafunc.function.__name__]()
                    if not config.getoption("record") or records.Records("").missing(document.rows[0])]
        metafunc.parametrize("refusal", refusals, ids=[name for name, _ in refusals])


@pytest.fixture(scope="session")
def all_rows(pytestconfig):
    return pytestconfig.models + pytestconfig.applications


@pytest.fixture(scope="session")
def bench(pytestconfig, all_rows):
    debian.run("mount", "-t", "tmpfs", "oracle", benches.ROOT.parent)  # in the mount namespace that `check` made
    with tempfile.TemporaryDirectory(prefix="dockerextd-oracle-") as name:
        engine = harness.Engine(Path(name) / "e", debian.programs(pytestconfig.getoption("engine")))
        daemon = harness.Daemon(benches.ROOT, engine.socket)
        try:
            engine.start()
            images.provide(engine, documents.images(all_rows))
            daemon.start()
            yield benches.Bench(engine, daemon)
        finally:
            daemon.stop()
            engine.destroy()


def trial_with(config, bench, recorded):
    """The kind of trial that the options select; without Compose by default in `check`."""
    if config.getoption("shard") and not config.getoption("record"):
        return trials.RecordTrial(bench, recorded)
    kind = trials.RecordingTrial if config.getoption("record") else trials.ComparisonTrial
    return kind(bench, compose.Compose(bench.engine.socket, bench.project), recorded)


@pytest.fixture(scope="session")
def trial(bench, pytestconfig):
    return trial_with(pytestconfig, bench, pytestconfig.records)


@pytest.fixture(scope="session")
def reading(bench, pytestconfig):
    """The same for documents that are only read, which is the same on any engine."""
    return trial_with(pytestconfig, bench, records.Records(""))


@pytest.fixture(scope="session")
def outcome(trial, all_rows):
    """row → the outcome of its document, which runs once."""
    by_row = {row.id: document for document in documents.documents(all_rows) for row in document.rows}
    outcomes = {}

    def outcome_of(row_id):
        document = by_row[row_id]
        key = document.rows[0].id
        if key not in outcomes:
            outcomes[key] = trial.run(document)
        return outcomes[key]
    return outcome_of
