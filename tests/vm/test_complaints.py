"""What users of the old extension complained about, by issue number, and does not happen here."""

import json
import re
from pathlib import Path

import pki
from docker_section import arguments, engine_answers, engine_started, engine_starts, failed_part, part, settings, wait_for_engine
from harness import demo, service, wait_for
from registry import LOGIN, REPOSITORY, SERVER, push

SETTINGS_REFERENCE = Path(__file__).parents[2] / "config/settings.md"
WEB = {"web": service(restart="always")}


def test_82_changed_settings_are_applied_and_removed_services_go(engine):
    """#82: a changed configuration was ignored, and success reported."""
    engine.apply(settings({**WEB, "old": service()}, options=["--label=n=1"]))
    engine.apply(settings({"web": service(restart="always", environment={"N": "2"})}, options=["--label=n=2"]))
    assert "--label=n=2" in arguments(engine) and engine.names() == ["demo-web-1"]
    assert "N=2" in engine.inspect("demo-web-1")["Config"]["Env"]


def test_124_the_next_deployment_repairs_a_failed_one(engine):
    """#124: a deployment that had failed could not be repaired by another one."""
    engine.apply(settings({"web": service("no-such-program", restart="always")}, options=["--storage-driver=aufs"]), wait="10s", check=3)
    assert failed_part(engine)["name"] == "engine.options"
    engine.apply(settings(WEB, options=["--label=n=2"]))
    assert "--label=n=2" in arguments(engine) and engine.running("demo-web-1")


def test_129_settings_that_arrive_while_the_daemon_is_stopped_are_applied_after_the_boot(engine):
    """#129: new settings of a scale set did not reach its machines."""
    engine.apply(settings(WEB))
    engine.sh("systemctl stop dockerextd")
    engine.apply(settings({**WEB, "new": service()}, options=["--label=n=2"]), wait=None)
    engine.reboot()
    engine.converged(60)
    assert engine.running("demo-new-1") and "--label=n=2" in arguments(engine)


def test_nothing_is_restarted_when_nothing_has_changed(engine):
    """PR#36 and others: each enable, and each reboot of the agent, restarted dockerd and recreated containers."""
    same = settings(WEB, options=["--label=n=1"], config={"debug": True})
    engine.apply(same)
    started, web = engine_started(engine), engine.inspect("demo-web-1")
    engine.apply(same)
    engine.sh("systemctl restart dockerextd")
    engine.converged()
    assert engine_started(engine) == started
    assert engine.inspect("demo-web-1")["Id"] == web["Id"] and engine.started("demo-web-1") == web["State"]["StartedAt"]


def test_4_certificates_are_not_written_again_at_a_reboot(engine, tmp_path):
    """#4: certificates were overwritten at each reboot. Those of others are left alone, too."""
    engine.write("/etc/docker/ca.pem", "theirs")
    engine.apply(settings(WEB))
    pki.authority(tmp_path, "ours")
    pki.signed(tmp_path, "ours", "server", "serverAuth")
    theirs = engine.sh("stat -c '%i %Z' /etc/docker/ca.pem")
    engine.reboot()
    engine.converged(60)
    assert engine.sh("stat -c '%i %Z' /etc/docker/ca.pem") == theirs and engine.read("/etc/docker/ca.pem") == "theirs"
    certs = {"ca": "ours-ca.pem", "cert": "server.pem", "key": "server.key"}
    engine.apply(settings(WEB, port=2376), {"certs": {name: (tmp_path / file).read_text() for name, file in certs.items()}})
    ours = engine.sh("stat -c '%n %i %Z' /etc/docker/*.pem")
    since = engine.now()
    engine.reboot()
    engine.converged(60)
    assert engine.sh("stat -c '%n %i %Z' /etc/docker/*.pem") == ours and engine_starts(engine, since) == 1


def test_60_a_lock_of_dpkg_is_waited_for_and_progress_is_reported(bare, package):
    """#60: machines were not deployed when another program was installing packages."""
    bare.install(package)
    bare.write("/tmp/slow/DEBIAN/control", "Package: slow\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: slow\n")
    bare.write("/tmp/slow/DEBIAN/postinst", "#!/bin/sh\nuntil [ -e /tmp/go ]; do sleep 0.1; done\n", 0o755)
    bare.sh("dpkg-deb -b /tmp/slow /tmp/slow.deb; systemd-run --quiet dpkg -i /tmp/slow.deb")
    wait_for(lambda: bare.run("dpkg", "-s", "slow").returncode == 0, "the other program installs", 20)
    bare.write("/etc/apt/apt.conf.d/99seen", 'DPkg::Post-Invoke { "until [ -e /tmp/seen ]; do sleep 0.1; done"; };\n')
    bare.apply(settings(WEB), wait=None)
    install = lambda: part(bare, "engine.install")  # noqa: E731
    waiting = wait_for(lambda: (now := install())["message"].startswith("waiting") and now,
                    lambda: f"the status says what it waits for: {install()}", 30)
    assert re.search(r"lock, held by process \d+ \(dpkg\)", waiting["message"]) and waiting["state"] == "pending", waiting
    assert not engine_answers(bare)
    bare.sh("touch /tmp/go")
    progress = ("unpacking ", "setting up ", "downloading ")
    wait_for(lambda: install()["message"].startswith(progress), lambda: f"the status says what it does: {install()}", 120)
    bare.sh("touch /tmp/seen")
    wait_for_engine(bare)
    assert install()["message"] == ""
    bare.import_image()
    bare.converged(60)


def test_128_images_and_containers_on_a_data_disk(engine):
    """#128: data-root could not be put on a data disk."""
    engine.sh("mkdir -p /data; mount -t tmpfs data /data")
    try:
        engine.apply(settings(WEB))
        engine.apply(settings(WEB, config={"data-root": "/data/docker"}), wait=None)
        root = lambda: engine.run("docker", "info", "-f", "{{.DockerRootDir}}").stdout.strip()  # noqa: E731
        wait_for(lambda: root() == "/data/docker", lambda: f"the disk is in use: {root()}", 30)
        engine.import_image()  # the new disk has no image yet
        engine.converged(60)
        assert engine.running("demo-web-1") and engine.exists("/data/docker/containers")
        engine.apply(settings(WEB))  # and back
        assert root() == "/var/lib/docker" and engine.running("demo-web-1")
    finally:
        engine.apply({}, wait="60s", check=None)
        engine.sh("umount -l /data")


def test_an_insecure_registry_by_the_usual_option(engine, registry):
    """quickstart#1190: `"options": ["--insecure-registry=…"]` had no effect."""
    registry()
    push(engine)
    address = engine.sh("hostname -I").split()[0] + ":5000"
    app = {"app": {**service(), "image": f"{address}/team/app:1"}}
    engine.apply(settings(app), wait=None)
    wait_for(lambda: "HTTPS" in (engine.service("app")["reason"] or ""), lambda: f"refused: {engine.service('app')}", 30)
    engine.apply(settings(app, options=[f"--insecure-registry={address}"]))
    assert engine.running("demo-app-1")
    engine.sh(f"docker rm -f demo-app-1; docker rmi {address}/team/app:1", check=None)


def test_61_other_users_get_the_login_as_the_reference_says(engine, registry):
    """#61: only root had the login. The commands are those of config/settings.md."""
    commands = re.findall(r"^    (install .*alice.*)$", SETTINGS_REFERENCE.read_text(), re.M)
    assert commands
    registry(LOGIN)
    applied = engine.apply(demo(WEB), {"login": LOGIN}, check=None)
    assert applied.returncode == 0, engine.status()["parts"]
    push(engine)
    engine.sh("useradd -m -G docker alice")
    try:
        pull = ("runuser", "-l", "alice", "-c", f"docker pull -q {REPOSITORY}")
        assert engine.run(*pull).returncode == 1
        engine.sh("\n".join(commands))
        engine.run(*pull, check=0)
        engine.sh(f"docker rmi {REPOSITORY}")
        assert json.loads(engine.sh("runuser -l alice -c 'cat ~/.docker/config.json'"))["auths"].keys() == {SERVER}
    finally:
        engine.sh("userdel -r alice 2>/dev/null", check=None)
