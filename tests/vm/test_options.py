"""docker.options, docker.port and docker.config: accepted spellings, and how many restarts of the engine they cost."""

import json

from docker_section import arguments, engine_answers, engine_started, engine_starts, failed_part, give_program, own_restarts, part, settings
from harness import IMAGE, service, wait_for

WEB = {"web": service(restart="always")}
INSECURE = {"port": 2375, "insecure-port": True}


def test_options_in_every_spelling_that_dockerd_accepts(engine):
    engine.apply(settings(WEB, options=["-D", "--label foo=bar", "--label", "two=words", "--dns=192.0.2.53", "-l", "info"]))
    info = json.loads(engine.sh("docker info -f '{{json .}}'"))
    assert info["Debug"] and sorted(info["Labels"]) == ["foo=bar", "two=words"]
    assert "192.0.2.53" in engine.sh(f"docker run --rm {IMAGE} cat /etc/resolv.conf")
    assert "-l info" in arguments(engine)


def test_a_port_without_certificates_needs_insecure_port(engine):
    refused = engine.dockerextd("validate", "/dev/stdin", stdin=json.dumps(settings(WEB, port=2375)))
    assert refused.returncode == 2 and "certs" in refused.stderr
    engine.apply(settings(WEB, **INSECURE))
    assert engine.sh("docker -H tcp://127.0.0.1:2375 version") and engine_answers(engine)
    assert part(engine, "engine.port")["state"] == "ok"
    engine.apply(settings(WEB))
    assert engine.run("docker", "-H", "tcp://127.0.0.1:2375", "version").returncode == 1 and engine_answers(engine)


def test_live_restore_is_reloaded_and_keeps_containers_running_over_a_restart(engine):
    engine.apply(settings(WEB))
    web, since = engine.started("demo-web-1"), engine.now()
    engine.apply(settings(WEB, config={"live-restore": True}))
    is_on = lambda: engine.sh("docker info -f '{{.LiveRestoreEnabled}}'").strip()  # noqa: E731
    wait_for(lambda: is_on() == "true", "dockerd has reloaded it", 10)
    assert engine_starts(engine, since) == 0
    engine.apply(settings(WEB, config={"live-restore": True, "log-driver": "local"}, options=["--label=a=b"]))
    assert engine.sh("docker info -f '{{.LoggingDriver}} {{.Labels}}'").split() == ["local", "[a=b]"]
    assert engine_starts(engine, since) == 1
    assert engine.started("demo-web-1") == web and engine.running("demo-web-1")


def test_a_port_in_use_by_another_program_is_reverted_at_once(engine):
    engine.apply(settings(WEB))
    give_program(engine, "/bin/busybox")
    engine.sh("systemd-run --quiet --unit=squatter busybox nc -ll -p 2375")
    try:
        wait_for(lambda: engine.sh("ss -Hltn sport = :2375"), "the port is in use", 10)
        since = engine.now()
        engine.apply(settings(WEB, **INSECURE), wait=None)
        assert "address already in use" in failed_part(engine)["message"]
        assert engine_answers(engine) and "2375" not in arguments(engine)
        started = engine_started(engine)
        engine.dockerextd("reconcile", "web", "--wait=10s", check=None)
        # The attempt and the revert; a restart by the unit's Restart= may come between, or count as the revert.
        assert engine_starts(engine, since) - own_restarts(engine, since) <= 2 and engine_started(engine) == started
    finally:
        engine.sh("systemctl stop squatter")
    engine.dockerextd("reconcile", check=0)  # one more attempt
    engine.converged()
    assert "2375" in arguments(engine)


def test_down_takes_back_what_the_settings_changed_on_the_engine(engine):
    is_debug = lambda: json.loads(engine.sh("docker info -f '{{json .Debug}}'"))  # noqa: E731
    engine.apply(settings(WEB, config={"debug": True}))
    assert is_debug()
    told = engine.dockerextd("down", check=0).stdout
    assert "removed demo-web-1" in told and "`dockerextd down --engine` takes it back" in told and is_debug()
    engine.dockerextd("down", "--engine", check=0)
    assert not is_debug() and engine_answers(engine)
