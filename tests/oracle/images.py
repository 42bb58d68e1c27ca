"""The images of the tests, all busybox: one without configuration, one with everything configured, and well-known names."""

from urllib.parse import quote

from documents import IMAGE

SECOND = 10**9  # in nanoseconds, the engine's unit
FULL = "local/full:1"
FULL_CONFIG = {
    "Cmd": ["sleep", "1000"],
    "Entrypoint": ["/bin/env"],
    "Env": ["FROM_IMAGE=1", "BOTH=image"],
    "ExposedPorts": {"7000/tcp": {}, "7001/udp": {}},
    "Healthcheck": {"Test": ["CMD", "true"], "Interval": SECOND, "Timeout": 7 * SECOND, "Retries": 7},
    "Labels": {"from.image": "1", "both": "image"},
    "StopSignal": "SIGUSR1",
    "User": "0:0",
    "Volumes": {"/from-image": {}},
    "WorkingDir": "/tmp",
}


def make_full(engine):
    repo, _, tag = FULL.rpartition(":")
    made = engine.ok("POST", "/containers/create", {"Image": IMAGE, "Cmd": ["true"]})["Id"]
    engine.ok("POST", f"/commit?container={made}&repo={repo}&tag={tag}", FULL_CONFIG)
    engine.ok("DELETE", f"/containers/{made}")


def provide(engine, names):
    """names: well-known images, which become tags of the image without configuration."""
    engine.import_image(IMAGE)
    make_full(engine)
    for name in names:
        repo, colon, tag = name.rpartition(":")
        if not colon or "/" in tag:
            repo, tag = name, "latest"
        engine.ok("POST", f"/images/{quote(IMAGE)}/tag?repo={quote(repo)}&tag={tag}")
