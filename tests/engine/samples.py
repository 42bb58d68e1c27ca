"""config/examples as people use them: with real certificates in place of the placeholders."""

import base64
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "config/examples"


def document(name):
    return (FOLDER / f"{name}.json").read_text()


def secrets(name, certificate=None):
    """The protected document, or None; `certificate` as azure.make_certificate makes it."""
    if not (FOLDER / f"{name}-protected.json").exists():
        return None
    text = document(f"{name}-protected")
    for part in ("ca", "cert", "key") if certificate else ():
        text = text.replace(f"base64 of {part}.pem", base64.b64encode(certificate[part].read_bytes()).decode())
    return text
