"""What Docker Compose refuses to read, we refuse as well. This needs no engine, so it runs on only one of them."""

import pytest


@pytest.fixture
def ours(refusal, bench, pytestconfig):
    """Our `validate`; None while recording, which runs only Compose."""
    if pytestconfig.getoption("record"):
        return None
    document = refusal[1]
    bench.prepare(document)
    return bench.daemon.run("validate", bench.daemon.write("settings.json", document.settings))


def test_refusal(refusal, ours, reading):
    name, document = refusal
    assert reading.compose_refuses(document), f"Compose accepts {name}: move it to models/"
    assert not ours or ours.returncode == 2, f"we accept {name}, Compose does not"
    assert not ours or (ours.stdout + ours.stderr).strip()


def test_unsupported(refusal, ours, reading):
    key, document = refusal
    assert not reading.compose_refuses(document), f"Compose refuses {key} as well"
    assert not ours or (ours.returncode == 2 and f"'{key}'" in ours.stdout + ours.stderr), ours.stdout + ours.stderr
