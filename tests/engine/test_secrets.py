"""Secrets do not stay in the daemon's memory."""

import base64
import secrets
import subprocess

from harness import demo, service, wait_for


def certificates(folder):
    """A certificate that is its own authority, and its key, as people put them into settings."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost", "-addext", "extendedKeyUsage=serverAuth",
                    "-keyout", "key.pem", "-out", "cert.pem"], cwd=folder, check=True, capture_output=True)
    ca, key = ((folder / name).read_bytes() for name in ("cert.pem", "key.pem"))
    return {"ca": ca.decode(), "cert": ca.decode(), "key": base64.b64encode(key).decode()}, key


def spellings(canary):
    """The canary itself, and its base64 digits at each alignment, without those that depend on neighbouring bytes."""
    yield canary
    for before in range(3):
        digits = base64.b64encode(b"\0" * before + canary)
        yield digits[(8 * before + 5) // 6:(before + len(canary)) * 8 // 6]


def found_in(memory, canaries):
    return [canary for canary in canaries if any(spelling in memory for spelling in spellings(canary))]


def test_secrets_of_replaced_settings_are_not_in_memory(engine, daemon, tmp_path):
    """Except those of the previous settings, whose containers may still exist."""
    certs, key = certificates(tmp_path)
    key_lines = key.splitlines()[1:-2]
    tokens = [secrets.token_hex(16).encode() for _ in range(3)]
    password = secrets.token_hex(16).encode()
    settings = demo({"web": service(environment=["TOKEN"], labels={"who": "${TOKEN}"}, command="sleep 1000", secrets=["token"])},
                    secrets={"token": {"environment": "TOKEN"}})

    def protected(token):
        return {"environment": {"TOKEN": token.decode()}, "certs": certs,
                "login": {"server": "127.0.0.1:1", "username": "u", "password": password.decode()}}

    for token in tokens:
        daemon.apply(settings, protected(token), wait=None)
        wait_for(lambda: f"TOKEN={token.decode()}" in str(engine.containers() and engine.inspect("demo-web-1")), "the container has the token")
    daemon.run("plan", daemon.write("s.json", settings), "--protected", daemon.write("p.json", protected(tokens[2])))
    memory = daemon.memory()
    assert tokens[2] in memory and found_in(memory, [tokens[0]]) == []
    daemon.run("down", check=0)
    assert found_in(daemon.memory(), [*tokens, password, *key_lines]) == []
