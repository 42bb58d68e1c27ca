"""`dockerextd support-bundle` on a real engine: what is in it, and that no secret is, in any spelling."""

import base64
import io
import json
import os
import socket
import subprocess
import tarfile
import time
from urllib.parse import quote

from harness import demo, service, wait_for

SECRET = 'correct "horse"/battery+staple=42'
LOGIN = "sesame-open-the-registry"


def spellings(secret):
    """Of the secret; in base64 only what does not depend on its neighbours."""
    raw = secret.encode()
    yield raw
    yield json.dumps(secret)[1:-1].encode()
    yield quote(secret, safe="").encode()
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for begin in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(b"x" * begin + raw)[begin * 2:-4]


def make(daemon, name, docker_host=None):
    path = daemon.root / name
    done = daemon.run("--docker-host", docker_host or daemon.docker_host, "support-bundle", "-o", path, "--json", check=0)
    return path, json.loads(done.stdout)


def make_complete(daemon):
    """A bundle for which the engine has answered in time."""
    def complete():
        path, report = make(daemon, f"bundle-{time.monotonic_ns()}.tar.zst")
        return not any(each.startswith("engine/") for each in report["missing"]) and (path, report)
    return wait_for(complete, "the engine answers in time")


def contents(path):
    tar = subprocess.run(["zstd", "-dc", path], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        return tar, {member.name: archive.extractfile(member).read() for member in archive}


def assert_no_secret(path):
    tar, files = contents(path)
    for secret in (SECRET, LOGIN):
        for spelling in spellings(secret):
            assert spelling not in tar, next(name for name, text in files.items() if spelling in text)
    return files


def test_it_has_everything_but_secrets(engine, daemon):
    raw = SECRET.encode()
    labels = {"plain": "$PASSWORD", "hex": raw.hex(), "base64": base64.b64encode(b"xy" + raw).decode(), "url": quote(SECRET, safe=""),
              "json": json.dumps({"a": SECRET})}
    daemon.apply(demo({"web": service(environment={"PASSWORD": "$PASSWORD"}, labels=labels)}),
                 {"environment": {"PASSWORD": SECRET}})
    daemon.write("root/.docker/config.json", {"auths": {"r.test": {"auth": base64.b64encode(f"me:{LOGIN}".encode()).decode()}}})
    daemon.write("etc/docker/daemon.json", {"proxies": {"http-proxy": f"http://me:{quote('unknown-password')}@proxy:3128"}})
    daemon.write("var/log/azure/X/y.log", LOGIN)
    daemon.write("etc/default/docker", "export HTTP_PROXY='unknown-password'\n")
    options = {"type": "cifs", "device": "//x/y", "o": "password=unknown-password"}
    engine.ok("POST", "/volumes/create", {"Name": "share", "Driver": "local", "DriverOpts": options})
    path, report = make_complete(daemon)
    engine.ok("DELETE", "/volumes/share")
    assert path.stat().st_mode & 0o777 == 0o600 and path.stat().st_size == report["bytes"]
    files = assert_no_secret(path)
    manifest = json.loads(files["manifest.json"])
    assert {part["name"] for part in manifest["parts"] if "bytes" in part} == set(files) - {"manifest.json"}
    assert all(part["missing"] for part in manifest["parts"] if "bytes" not in part)
    for name in ("doctor.txt", "doctor.json", "status.json", "plan.json", "history.json", "engine/info.json", "engine/version.json",
                 "engine/containers.json", "engine/containers/demo-web-1.json", "files/etc/docker/daemon.json", "state/files.txt"):
        assert files[name], name
    inspected = json.loads(files["engine/containers/demo-web-1.json"])
    assert "PASSWORD=(hidden)" in inspected["Config"]["Env"] and inspected["HostConfig"]["LogConfig"]["Type"]
    for name, words in (("files/etc/docker/daemon.json", b"proxy:3128"), ("files/etc/default/docker", b"HTTP_PROXY="),
                        ("engine/volumes.json", b'"type":"(hidden)"')):
        assert words in files[name] and b"unknown-password" not in files[name], name
    again = daemon.run("support-bundle", "-o", path)
    assert again.returncode == 1 and "exists already" in again.stderr


def test_without_a_daemon_and_with_a_dead_or_hanging_engine(engine, daemon, tmp_path):
    daemon.apply(demo({"web": service()}), {"environment": {"PASSWORD": SECRET}})
    daemon.kill()
    path, report = make(daemon, "dead.tar.zst", f"unix://{tmp_path}/none.sock")
    assert_no_secret(path)
    assert any(each.startswith("status.json: cannot reach the daemon") for each in report["missing"])
    assert any(each.startswith("engine/info.json: ") for each in report["missing"])
    hanging = tmp_path / "hangs.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(hanging))
        listener.listen()
        path, report = make(daemon, "hangs.tar.zst", f"unix://{hanging}")
    assert any("engine/info.json" in each and "5 s" in each for each in report["missing"])
    daemon.start()


def test_it_is_not_made_without_the_secrets(daemon):
    daemon.apply({}, {"environment": {"PASSWORD": SECRET}})
    daemon.kill()
    folder = daemon.root / "var/lib/dockerextd"
    for name in ("settings.json", "settings.json.previous"):
        (folder / name).write_text("garbage")
    path = daemon.root / "none.tar.zst"
    refused = daemon.run("support-bundle", "-o", path)
    assert refused.returncode == 1 and "cannot be read" in refused.stderr and not os.path.exists(path)
