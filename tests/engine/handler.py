"""What the Azure handler does, without Azure: brings settings into the spool; a folder for the status."""

import json


def bring(daemon, sequence, settings):
    """With its rights: our own commands would refuse what is not valid."""
    handler = {"status": str(daemon.root / "status"), "keys": str(daemon.root / "keys"), "version": "1.0.0"}
    envelope = {"version": 1, "source": "azure", "sequence": sequence, "settings": json.dumps(settings), "protected": "",
                "handler": handler}
    spool = daemon.root / "var/lib/dockerextd/spool"
    entry = spool / "tmp/x.json"
    entry.write_text(json.dumps(envelope))
    entry.chmod(0o600)
    entry.rename(spool / f"new/{sequence:020}-x.json")


def told(daemon, sequence):
    """What Azure reads: the state and the message; empty words while there is nothing."""
    try:
        [report] = json.loads((daemon.root / f"status/{sequence}.status").read_text())
    except FileNotFoundError:
        return "", ""
    return report["status"]["status"], report["status"]["formattedMessage"]["message"]
