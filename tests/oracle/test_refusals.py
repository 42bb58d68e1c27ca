"""What Docker Compose refuses to read, we refuse as well. No engine takes part, so one engine's run is enough."""


def read(document, bench):
    """Docker Compose's attempt to read it, and ours."""
    bench.prepare(document)
    return (bench.compose.run(document, "config", "--quiet"),
            bench.daemon.run("validate", bench.daemon.write("settings.json", document.settings)))


def test_refusal(refusal, bench):
    name, document = refusal
    theirs, ours = read(document, bench)
    assert theirs.returncode != 0, f"Compose accepts {name}: it belongs into models/"
    assert ours.returncode == 2, f"we accept {name}; Compose says: {theirs.stderr}"
    assert (ours.stdout + ours.stderr).strip()


def test_unsupported(refusal, bench):
    key, document = refusal
    theirs, ours = read(document, bench)
    assert theirs.returncode == 0, theirs.stderr
    assert ours.returncode == 2 and f"'{key}'" in ours.stdout + ours.stderr, ours.stdout + ours.stderr
