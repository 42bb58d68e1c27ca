"""Images that the daemon brought are removed when nobody uses them; other people's are not."""

import json
import os
import signal
import subprocess
import tarfile
from io import BytesIO
from urllib.parse import quote

import pytest

import harness
from harness import IMAGE, demo, end, service, wait_for

ADDRESS = "127.0.0.1:15005"
MEGABYTE = 1_000_000


@pytest.fixture
def registry(tmp_path):
    """An empty registry without authentication."""
    folder = tmp_path / "registry"
    folder.mkdir()
    (folder / "config.yml").write_text(json.dumps(
        {"version": 0.1, "storage": {"filesystem": {"rootdirectory": f"{folder}/data"}}, "http": {"addr": ADDRESS}}))
    with open(folder / "log", "ab") as log:
        process = subprocess.Popen(["docker-registry", "serve", folder / "config.yml"], stdout=log, stderr=log,
                                   stdin=subprocess.DEVNULL)
    yield
    end(process, signal.SIGTERM)


def app(tag):
    return f"{ADDRESS}/app:{tag}"


def publish(engine, tag, size=1000):
    """Puts an image with `size` bytes of its own into the registry, by way of an engine that does not keep it."""
    layer = BytesIO(harness.busybox_layer())
    with tarfile.open(fileobj=layer, mode="a") as tar:
        payload = tarfile.TarInfo("payload")
        payload.size = size
        tar.addfile(payload, BytesIO(os.urandom(size)))
    repository = app(tag).rpartition(":")[0]
    engine.ok("POST", f"/images/create?fromSrc=-&repo={repository}&tag={tag}", layer.getvalue(), {"Content-Type": "application/x-tar"})

    def pushed():
        status, answer = engine.call("POST", f"/images/{repository}/push?tag={tag}", headers={"X-Registry-Auth": "e30="})
        return status == 200 and "errorDetail" not in str(answer)
    wait_for(pushed, f"{tag} is pushed")
    engine.ok("DELETE", f"/images/{app(tag)}")


def settings(images, services, **reconcile):
    services = {name: {**service(), **(more if isinstance(more, dict) else {"image": more})} for name, more in services.items()}
    return {**demo(services), "reconcile": {"interval": "10s", "monitor": "0s", "images": images, **reconcile}}


def images(engine, query="all=1"):
    return {each["Id"] for each in engine.ok("GET", f"/images/json?{query}")}


def has(engine, reference):
    return engine.call("GET", f"/images/{quote(reference, '')}/json")[0] == 200


def removals(daemon):
    return [entry for entry in daemon.history() if entry["verb"] == "remove image"]


def wipe_images(engine, before):
    engine.wipe()
    for _ in range(20):  # images that others are made from go last
        for image in images(engine) - before:
            engine.call("DELETE", f"/images/{image}?force=1")
    assert images(engine) == before


@pytest.fixture
def clean(engine):
    before = images(engine)
    yield before
    wipe_images(engine, before)


def test_unused_images_of_ours_go_and_those_of_others_stay(engine, daemon, registry, clean):
    for tag in ("1", "2", "3", "4", "theirs"):
        publish(engine, tag)
    engine.ok("POST", f"/images/create?fromImage={ADDRESS}/app&tag=theirs")
    keep = {"keep": "1h"}
    daemon.apply(settings(keep, {"a": app(1), "b": app(2), "c": app(3), "d": app("theirs")}))
    daemon.run("down", check=0)  # with it, the good settings are forgotten
    engine.ok("POST", f"/images/{app(2)}/tag?repo=mine&tag=1")
    engine.ok("POST", "/containers/create?name=borrower", {"Image": app(3), "Cmd": ["sleep", "999"]})
    daemon.stop()
    daemon.start()
    daemon.apply(settings(keep, {"a": app(4)}))
    assert removals(daemon) == [] and has(engine, app(1))
    daemon.apply(settings({"keep": "0s"}, {"a": app(4)}))
    wait_for(lambda: not has(engine, app(1)), "the image that nobody uses is removed")
    removed = wait_for(lambda: (entry := removals(daemon)[0])["status"] == "done" and entry, lambda: removals(daemon))
    assert app(1) in removed["object"]
    assert "unused for 0 s (reconcile.images.keep); frees up to 2 MB" in removed["reason"], removed
    assert daemon.converged()
    assert all(has(engine, image) for image in (app(2), app(3), app(4), app("theirs"), "mine:1", IMAGE))
    engine.ok("DELETE", "/containers/borrower")
    wait_for(lambda: not has(engine, app(3)), "the image goes after its last container", 60)
    assert all(has(engine, image) for image in (app(2), app(4), app("theirs"), "mine:1", IMAGE))
    wait_for(lambda: len([each for each in removals(daemon) if each["status"] == "done"]) == 2, lambda: removals(daemon))


def test_the_cache_of_our_builds_goes_and_that_of_others_stays(engine, daemon, clean, tmp_path):
    shared = f"FROM {IMAGE}\nENV SHARED=1\nRUN echo 1 > /one\n"

    def context(name, more):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "Dockerfile").write_text(shared + more)
        return str(tmp_path / name)
    tar = BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.add(context("theirs", ""), ".")
    engine.ok("POST", "/build?version=1&t=theirs:1", tar.getvalue(), {"Content-Type": "application/x-tar"})
    with_theirs = images(engine)
    build = {"image": "ours:1", "pull_policy": "build", "build": context("ours", "RUN echo 2 > /two\nENV THREE=3\n")}
    first = daemon.apply(settings({"keep": "1h"}, {"a": build}))
    assert len(images(engine) - with_theirs) >= 2, first.stdout
    context("ours", f"RUN echo 4 > /four\nFROM {IMAGE}\nENV FIVE=5\n")  # leaves a stage without a name
    daemon.apply(settings({"keep": "1h"}, {"a": {**build, "environment": {"CHANGED": "1"}}}))
    daemon.run("down", check=0)
    daemon.apply(settings({"keep": "0s"}, {"b": IMAGE}))
    wait_for(lambda: images(engine) <= with_theirs, lambda: f"ours are gone: {images(engine) - with_theirs}", 60)
    assert images(engine) == with_theirs
    wait_for(lambda: all(entry["status"] == "done" for entry in removals(daemon)), lambda: removals(daemon))


@pytest.fixture
def small_engine(registry, session_engine, tmp_path):
    """An engine whose data are on a disk of its own with 250 MB."""
    engine = harness.Engine(tmp_path / "small")
    disk, data = tmp_path / "disk", engine.folder / "data"
    data.mkdir()
    with open(disk, "wb") as file:
        file.truncate(250 * MEGABYTE)
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", disk], check=True)
    subprocess.run(["mount", "-o", "loop", disk, data], check=True)
    try:
        engine.start()
        engine.import_image()
        yield engine
    finally:
        engine.destroy()


@pytest.fixture
def small_daemon(small_engine, tmp_path):
    daemon = harness.Daemon(tmp_path / "small-root", small_engine.socket)
    daemon.start()
    yield daemon
    daemon.stop()


def free_percent(engine):
    disk = os.statvfs(engine.folder / "data")
    return 100 * disk.f_bavail / disk.f_blocks


def test_a_full_disk_is_cleared_of_the_image_unused_for_longest(session_engine, small_engine, small_daemon, tmp_path):
    engine, daemon = small_engine, small_daemon
    for tag, size in (("1", 45), ("2", 45), ("3", 45), ("theirs", 45), ("large", 150)):
        publish(session_engine, tag, size * MEGABYTE)
    engine.ok("POST", f"/images/create?fromImage={ADDRESS}/app&tag=theirs")
    keep = {"keep": "never", "free": "20%"}
    for tag in ("1", "2"):
        daemon.apply(settings(keep, {"a": app(tag)}))
        daemon.run("down", check=0)
    assert has(engine, app(1)) and has(engine, app(2)) and free_percent(engine) > 20
    daemon.apply(settings(keep, {"a": app(3)}))
    wait_for(lambda: removals(daemon) and not has(engine, app(1)), "the image unused for longest is removed")
    # It depends on how far the engine unpacks an image while it downloads it whether both fit on the disk together.
    reason = removals(daemon)[0]["reason"]
    assert "does not fit on the engine's disk" in reason or "% free (reconcile.images.free)" in reason, reason
    assert has(engine, app(2)) and has(engine, app("theirs"))
    assert 20 < free_percent(engine) < 50
    daemon.apply(settings({**keep, "free": "50%"}, {"a": app(3)}))
    wait_for(lambda: not has(engine, app(2)), "the next image is removed")
    assert "% free (reconcile.images.free); frees up to 4" in removals(daemon)[1]["reason"]
    daemon.apply(settings(keep, {"a": app(3), "b": app("large")}), wait=None)
    reason = daemon.failed("b")["reason"]
    assert "the image needs at least 15" in reason and " MB free for it: free some space" in reason, reason
    assert engine.running("demo-a-1") and has(engine, app("theirs")) and free_percent(engine) > 20
