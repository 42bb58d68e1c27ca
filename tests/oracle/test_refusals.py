"""What Docker Compose refuses to read, we refuse as well. No engine takes part, so one engine's run is enough."""


def test_refusal(refusal, bench):
    name, document = refusal
    bench.prepare(document)
    theirs = bench.compose.run(document, "config", "--quiet")
    assert theirs.returncode != 0, f"Compose accepts {name}: it belongs into models/"
    ours = bench.daemon.run("validate", bench.daemon.write("settings.json", document.settings))
    assert ours.returncode == 2, f"we accept {name}; Compose says: {theirs.stderr}"
    assert (ours.stdout + ours.stderr).strip()
