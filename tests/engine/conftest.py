import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import harness  # noqa: E402


@pytest.fixture(scope="session")
def session_engine():
    with tempfile.TemporaryDirectory(prefix="dockerextd-engine-") as folder:
        engine = harness.Engine(Path(folder) / "e")
        try:
            engine.start()
            engine.import_image()
            yield engine
        finally:
            engine.destroy()


@pytest.fixture
def engine(session_engine):
    """The session's engine, running and empty but for the tests' image."""
    if session_engine.process is None:
        session_engine.start()
    yield session_engine
    if session_engine.process is None:
        session_engine.start()
    session_engine.wipe()


@pytest.fixture
def daemon(engine, tmp_path):
    daemon = harness.Daemon(tmp_path / "root", engine.socket)
    daemon.start()
    yield daemon
    daemon.stop()
