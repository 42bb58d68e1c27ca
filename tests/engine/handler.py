"""Stands in for the Azure handler: writes settings to the spool, and reads the status that Azure would read."""

import json


def deliver(daemon, sequence, settings):
    """Writes settings to the spool without validation: our own commands would refuse invalid ones."""
    handler = {"status": str(daemon.root / "status"), "keys": str(daemon.root / "keys"), "version": "1.0.0"}
    envelope = {"version": 1, "source": "azure", "sequence": sequence, "settings": json.dumps(settings), "protected": "",
                "handler": handler}
    spool = daemon.root / "var/lib/dockerextd/spool"
    entry = spool / "tmp/x.json"
    entry.write_text(json.dumps(envelope))
    entry.chmod(0o600)
    entry.rename(spool / f"new/{sequence:020}-x.json")


def reported(daemon, sequence):
    """The state and the message that Azure reads; empty strings before the first report."""
    try:
        [report] = json.loads((daemon.root / f"status/{sequence}.status").read_text())
    except FileNotFoundError:
        return "", ""
    return report["status"]["status"], report["status"]["formattedMessage"]["message"]
