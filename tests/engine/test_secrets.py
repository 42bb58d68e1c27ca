"""What is secret does not stay in the daemon's memory."""

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
    """As it is, and what base64 makes of it wherever it begins, but for the digits that it shares with what stands beside it."""
    yield canary
    for before in range(3):
        digits = base64.b64encode(b"\0" * before + canary)
        yield digits[(8 * before + 5) // 6:(before + len(canary)) * 8 // 6]


def told_in(memory, canaries):
    return [canary for canary in canaries if any(spelling in memory for spelling in spellings(canary))]


def test_secrets_of_settings_that_have_gone_are_in_no_memory(engine, daemon, tmp_path):
    """Those of the settings before the present ones are kept: what they made may still be there."""
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
        wait_for(lambda: f"TOKEN={token.decode()}" in str(engine.containers() and engine.inspect("demo-web-1")), "it is there")
    daemon.run("plan", daemon.write("s.json", settings), "--protected", daemon.write("p.json", protected(tokens[2])))
    memory = daemon.memory()
    assert tokens[2] in memory and told_in(memory, [tokens[0]]) == []
    daemon.run("down", check=0)
    assert told_in(daemon.memory(), [*tokens, password, *key_lines]) == []
