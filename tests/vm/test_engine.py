"""The engine itself as part of the settings: options, daemon.json, certificates; repaired when somebody changes them, and
never left broken."""

import json
import re

import pki
import pytest
from docker_section import DROP_IN, arguments, engine_started, engine_starts, part, settings
from harness import service, wait_for


def test_options_are_set_and_removed_by_our_drop_in(engine):
    before = arguments(engine)
    engine.apply(settings({"web": service(restart="always")}, options=["--debug", "--label foo=bar"]))
    assert "--debug --label foo=bar" in arguments(engine)
    assert part(engine, "engine.options")["state"] == "ok"
    started = engine_started(engine)
    engine.apply(settings({"web": service(restart="always")}, options=["--debug", "--label foo=bar"]))  # the same again
    assert engine_started(engine) == started
    engine.apply(settings({"web": service(restart="always")}))
    assert arguments(engine) == before and not engine.exists(DROP_IN)
    engine.converged()
    assert engine.running("demo-web-1")


def test_keys_of_daemon_json_are_merged_and_reloaded_if_possible(engine):
    engine.write("/etc/docker/daemon.json", '{"max-concurrent-downloads": 5, "labels": ["theirs=1"]}')
    engine.sh("systemctl restart docker")
    engine.apply(settings({"web": service()}))
    started, web = engine_started(engine), engine.started("demo-web-1")
    engine.apply(settings({"web": service()}, config={"debug": True}))
    assert json.loads(engine.read("/etc/docker/daemon.json")) == {"max-concurrent-downloads": 5, "labels": ["theirs=1"], "debug": True}
    wait_for(lambda: engine.sh("docker info -f '{{.Debug}}'").strip() == "true", "dockerd has reloaded it", 10)
    assert (engine_started(engine), engine.started("demo-web-1")) == (started, web)  # reloaded, nothing restarted
    engine.apply(settings({"web": service()}))
    assert json.loads(engine.read("/etc/docker/daemon.json")) == {"max-concurrent-downloads": 5, "labels": ["theirs=1"]}


@pytest.mark.parametrize("docker", [{"options": ["--storage-driver=aufs"]}, {"options": ["--bip=nonsense"]},
                                    {"config": {"storage-driver": "aufs"}}], ids=["aufs", "flag", "key"])
def test_settings_that_dockerd_refuses_are_reverted_and_reported(engine, docker):
    engine.apply(settings({"web": service(restart="always")}))
    engine.apply(settings({"web": service(restart="always")}, **docker), wait=None)
    failed = wait_for(lambda: [part for part in engine.status()["parts"] if part["final"]], "it is reported", 60)
    reason = failed[0]["message"].split("Cause: ")[1]
    assert re.match("failed to start daemon: .*(not supported|aufs|nonsense)", reason), reason
    assert engine.sh("docker info -f '{{.ServerVersion}}'").strip()
    wait_for(lambda: engine.running("demo-web-1"), "the service runs", 30)
    started = engine_started(engine)
    engine.sh("systemctl reload dockerextd; sleep 3")
    assert engine_started(engine) == started  # not tried again


def test_a_start_that_systemd_refuses_is_reported_rather_than_the_end_of_the_previous_run(engine):
    engine.apply(settings({"web": service(restart="always")}))
    engine.drop_in("elsewhere", "[Service]\nWorkingDirectory=/no/such/folder\n", unit="docker")
    engine.apply(settings({"web": service(restart="always")}, options=["--label=a=b"]), wait=None)
    message = lambda: part(engine, "engine.options")["message"]  # noqa: E731
    wait_for(lambda: "dockerd failed to start with these settings" in message(), message, 60)
    reason = message().split("; reverted: ")[-1].split("Cause: ")[-1]
    assert re.match("docker.service: .*No such file or directory", reason) and "CHDIR" in reason, message()
    assert "transport is closing" not in message() and "Processing signal" not in message(), message()


def test_changes_by_others_are_reverted(engine):
    engine.apply(settings({"web": service(restart="always")}, options=["--label=a=b"], config={"debug": True}))
    engine.sh(f"rm {DROP_IN}")
    wait_for(lambda: engine.exists(DROP_IN), "the drop-in is back", 10)
    engine.converged()
    engine.write("/etc/docker/daemon.json", "{}")
    wait_for(lambda: "debug" in engine.read("/etc/docker/daemon.json"), "the key is back", 10)
    engine.converged()
    assert "--label=a=b" in arguments(engine)


def test_a_broken_daemon_json_is_left_alone_and_reported(engine):
    engine.apply(settings({"web": service()}, config={"debug": True}))
    engine.write("/etc/docker/daemon.json", "{ oops")
    wait_for(lambda: part(engine, "engine.config")["state"] == "failed", "it is reported", 10)
    assert "daemon.json" in part(engine, "engine.config")["message"]
    assert engine.read("/etc/docker/daemon.json") == "{ oops"
    engine.write("/etc/docker/daemon.json", "{}")
    engine.converged()


def test_a_stopped_or_disabled_engine_is_started_and_enabled(engine):
    engine.apply(settings({"web": service(restart="always")}))
    engine.sh("systemctl stop docker.socket docker.service 2>/dev/null", check=None)  # our own start may come first
    wait_for(lambda: engine.sh("systemctl is-active docker.service", check=None).strip() == "active", "it runs again", 20)
    engine.sh("systemctl disable docker.service docker.socket 2>/dev/null")
    wait_for(lambda: engine.sh("systemctl is-enabled docker.service", check=None).strip() == "enabled", "it is enabled", 10)
    engine.converged()
    engine.sh("systemctl mask docker.service 2>/dev/null")
    wait_for(lambda: part(engine, "engine.service")["state"] == "failed", "the mask is reported", 10)
    assert "unmask" in part(engine, "engine.service")["message"]


def test_tls_admits_only_clients_with_a_certificate(engine, tmp_path):
    for name in ("ours", "theirs"):
        pki.authority(tmp_path, name)
    pki.signed(tmp_path, "ours", "server", "serverAuth")
    pki.signed(tmp_path, "ours", "friend", "clientAuth")
    january = ("-startdate", "200101000000Z", "-enddate", "200201000000Z")
    pki.signed(tmp_path, "ours", "late", "clientAuth", *january)
    pki.signed(tmp_path, "ours", "old", "serverAuth", *january)
    pki.signed(tmp_path, "theirs", "intruder", "clientAuth")
    pki.signed(tmp_path, "theirs", "foreign", "serverAuth")

    def certs(server, key=None):
        return {"certs": {"ca": (tmp_path / "ours-ca.pem").read_text(), "cert": (tmp_path / f"{server}.pem").read_text(),
                          "key": (tmp_path / f"{key or server}.key").read_text()}}

    def admitted(client):
        """Whether the docker client can connect."""
        engine.sh("rm -rf /client; mkdir /client")
        engine.write("/client/ca.pem", (tmp_path / "ours-ca.pem").read_text())
        options = "--tlsverify --tlscacert /client/ca.pem"
        if client:
            for end in ("pem", "key"):
                engine.write(f"/client/{end}", (tmp_path / f"{client}.{end}").read_text())
            options += " --tlscert /client/pem --tlskey /client/key"
        return engine.run("sh", "-c", f"docker {options} -H tcp://127.0.0.1:2376 version").returncode == 0
    refused = engine.dockerextd("validate", "/dev/stdin", stdin=json.dumps(settings(port=2376)))
    assert refused.returncode == 2 and "certs" in refused.stderr  # anyone could take over the machine
    engine.apply(settings({"web": service()}, port=2376), certs("server"))
    assert [admitted(client) for client in ("friend", "", "intruder", "late")] == [True, False, False, False]
    assert engine.sh("stat -c %a /etc/docker/key.pem /etc/docker/cert.pem").split() == ["600", "644"]
    assert part(engine, "engine.tls")["state"] == "ok" and "expires within 30 days" in part(engine, "engine.tls")["message"]
    for bad, message in ((certs("old"), "expired at 2020-02-01"), (certs("friend"), "lacks serverAuth"),
                       (certs("foreign"), "is not signed by"), (certs("server", "friend"), "does not match the (first) certificate")):
        refused = engine.apply(settings({"web": service()}, port=2376), bad, wait=None, check=None)
        assert refused.returncode == 2 and message in refused.stderr, refused
    assert admitted("friend")  # refused before anything is replaced
    engine.sh("chmod 644 /etc/docker/key.pem; echo theirs >/etc/docker/cert.pem")
    wait_for(lambda: engine.sh("stat -c %a /etc/docker/key.pem").strip() == "600", "only root can read the key again", 10)
    ours = (tmp_path / "server.pem").read_text()
    wait_for(lambda: engine.read("/etc/docker/cert.pem") == ours, "the certificate is back", 10)
    engine.converged()
    assert admitted("friend")
    pki.signed(tmp_path, "ours", "server", "serverAuth")  # rotation
    since = engine.now()
    engine.apply(settings({"web": service()}, port=2376), certs("server"))
    assert admitted("friend") and engine_starts(engine, since) == 1
    engine.apply(settings({"web": service()}))
    assert not engine.exists("/etc/docker/key.pem") and not admitted("friend")
