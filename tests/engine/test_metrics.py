"""The daemon's metrics: on the control socket, on a port, in a file; read by Prometheus itself."""

import http.client
import json
import socket
import subprocess
import urllib.parse

import pytest
from harness import UnixConnection, demo, end, service, wait_for

PORT = 9323
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
TEXT = "text/plain; version=0.0.4; charset=utf-8"


def get(connection, target, accept="*/*", method="GET"):
    """(status, content type, body)."""
    connection.request(method, target, headers={"Accept": accept})
    response = connection.getresponse()
    answer = response.status, response.headers["Content-Type"], response.read().decode()
    connection.close()
    return answer


def over_tcp(target, port=PORT, **more):
    return get(http.client.HTTPConnection("127.0.0.1", port, timeout=30), target, **more)


def listens(port=PORT):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def values(text):
    """By series with its labels."""
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


def metrics(daemon):
    return values(get(UnixConnection(daemon.control), "/metrics")[2])


def check_with_promtool(text):
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True)
    assert done.returncode == 0 and not done.stdout + done.stderr, done.stdout + done.stderr


def part(daemon):
    return next((each for each in daemon.status()["parts"] if each["name"] == "daemon.metrics"), None)


def test_the_control_socket_has_metrics_without_any_setting(engine, daemon):
    daemon.apply(demo({"web": service(), "db": service()}))
    status, kind, text = get(UnixConnection(daemon.control), "/metrics")
    assert (status, kind) == (200, TEXT)
    check_with_promtool(text)
    found = values(text)
    assert found["dockerextd_converged"] == found["dockerextd_engine_up"] == "1"
    assert found['dockerextd_service_state{project="demo",service="web",state="running"}'] == "1"
    assert found['dockerextd_actions_total{verb="create",result="done"}'] == "2"
    assert int(found['dockerextd_engine_call_duration_seconds_count{call="container_create"}']) == 2
    assert int(found["dockerextd_reconcile_duration_seconds_count"]) > 0
    assert not [series for series in found if series.startswith("dockerextd_drift_total")], "a first creation is no drift"
    status, kind, text = get(UnixConnection(daemon.control), "/metrics", OPENMETRICS)
    assert (status, kind) == (200, OPENMETRICS) and text.endswith("# EOF\n")


def test_drift_restarts_and_failures_are_counted(engine, daemon):
    daemon.apply(demo({"web": service(restart="always"), "db": service()}))
    engine.ok("POST", "/containers/demo-db-1/stop?t=0")
    engine.ok("POST", "/containers/demo-web-1/update", {"Memory": 64 << 20, "MemorySwap": 128 << 20})
    drift = 'dockerextd_drift_total{kind="container",field="%s"}'
    wait_for(lambda: metrics(daemon).get(drift % "state") == metrics(daemon).get(drift % "mem_limit") == "1",
             lambda: f"both are drift: {metrics(daemon)}")
    daemon.converged()
    pid = engine.inspect("demo-web-1")["State"]["Pid"]
    subprocess.run(["kill", "-9", str(pid)], check=True)
    wait_for(lambda: metrics(daemon)['dockerextd_restarts_total{project="demo",service="web"}'] == "1", "the restart is seen")
    daemon.apply(demo({"web": service(restart="always")}))
    assert not [series for series in metrics(daemon) if 'service="db"' in series], "a service that left has no series"


def test_prometheus_scrapes_the_port(engine, daemon, tmp_path):
    daemon.apply({**demo({"web": service()}), "metrics": {"listen": f"127.0.0.1:{PORT}"}})
    status, kind, text = over_tcp("/metrics")
    assert (status, kind) == (200, TEXT)
    check_with_promtool(text)
    (tmp_path / "prometheus.yml").write_text(json.dumps({
        "global": {"scrape_interval": "1s"},
        "scrape_configs": [{"job_name": "dockerextd", "static_configs": [{"targets": [f"127.0.0.1:{PORT}"]}]}]}))
    with open(tmp_path / "prometheus.log", "wb") as log:
        prometheus = subprocess.Popen(["prometheus", f"--config.file={tmp_path}/prometheus.yml", "--web.listen-address=127.0.0.1:19090",
                                       f"--storage.tsdb.path={tmp_path}/tsdb"], stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def query(expression):
        try:
            answer = over_tcp("/api/v1/query?query=" + urllib.parse.quote(expression), port=19090)
        except OSError:
            return None
        return [each["value"][1] for each in json.loads(answer[2])["data"]["result"]] if answer[0] == 200 else None

    try:
        wait_for(lambda: query("up") == ["1"], lambda: "it scrapes: " + (tmp_path / "prometheus.log").read_text()[-2000:], 60)
        for expression in ('dockerextd_service_state{service="web",state="running"} == 1', "dockerextd_build_info == 1",
                           "dockerextd_actions_total", "sum(dockerextd_engine_call_duration_seconds_bucket{le='+Inf'}) > 0"):
            wait_for(lambda: query(expression), lambda: expression)
    finally:
        end(prometheus, 15)


def test_the_health_for_azure_is_convergence(engine, daemon):
    daemon.apply({**demo({"web": service()}), "metrics": {"listen": f"127.0.0.1:{PORT}"}})
    assert over_tcp("/health") == (200, "application/json", '{"ApplicationHealthState":"Healthy"}')
    assert over_tcp("/health", method="HEAD") == (200, "application/json", "")
    assert over_tcp("/v1/status")[0] == 404 and over_tcp("/metrics", method="POST")[0] == 405
    daemon.run("pause", check=0)
    wait_for(lambda: over_tcp("/health")[2] == '{"ApplicationHealthState":"Unhealthy"}', "not converged")


def test_a_port_that_is_taken_is_a_failed_part_until_it_is_free(engine, daemon):
    with socket.socket() as other:
        other.bind(("127.0.0.1", PORT))
        other.listen()
        daemon.apply({**demo({"web": service()}), "metrics": {"listen": f"127.0.0.1:{PORT}"}}, wait=None)
        failed = wait_for(lambda: (found := part(daemon)) and found["state"] == "failed" and found, daemon.status)
        assert f"listen on 127.0.0.1:{PORT}: Address already in use" in failed["message"]
        wait_for(lambda: engine.running("demo-web-1"), "services do not wait for it")
    wait_for(lambda: part(daemon)["state"] == "ok", "it is retried")
    assert daemon.converged() and over_tcp("/health")[0] == 200


def test_new_settings_move_the_port(engine, daemon):
    for port in (PORT, PORT + 1):
        daemon.apply({**demo({"web": service()}), "metrics": {"listen": f"127.0.0.1:{port}"}})
        wait_for(lambda: listens(port), "it listens")
    assert not listens(PORT)
    daemon.apply(demo({"web": service()}))
    wait_for(lambda: not listens(PORT + 1), "it does not listen any more")
    assert part(daemon) is None


@pytest.mark.parametrize("address", ["0.0.0.0:9323", "[::]:9323", "10.0.0.4:9323"])
def test_an_address_that_others_can_reach_is_refused(daemon, address):
    refused = daemon.run("validate", daemon.write("s.json", {"metrics": {"listen": address}}), check=2)
    assert "/metrics/listen" in refused.stdout + refused.stderr and "without TLS" in refused.stdout + refused.stderr


def test_the_textfile_follows_the_state_and_ends_with_the_setting(engine, daemon):
    """It belongs to root and everybody may read it; a folder that others may write is refused."""
    folder = daemon.root / "var/lib/node_exporter"
    folder.mkdir(parents=True, mode=0o755)
    file = folder / "x.prom"
    settings = {**demo({"web": service()}), "metrics": {"textfile": "/var/lib/node_exporter/x.prom"}}
    daemon.apply(settings)
    wait_for(file.exists, "the file is written")
    assert file.stat().st_mode & 0o777 == 0o644
    check_with_promtool(file.read_text())
    wait_for(lambda: values(file.read_text())["dockerextd_converged"] == "1", "the file is kept up to date", 60)
    daemon.stop()
    assert not file.exists(), "old numbers must not pass for present ones"
    daemon.start()
    wait_for(file.exists, "the file is written again")
    daemon.apply(demo({"web": service()}))
    wait_for(lambda: not list(folder.iterdir()), "the file is removed")
    folder.chmod(0o777)
    daemon.apply(settings, wait=None)
    failed = wait_for(lambda: (found := part(daemon)) and found["state"] == "failed" and found, daemon.status)
    assert "nobody else may write" in failed["message"]
    assert not list(folder.iterdir())


def test_a_scrape_leaves_the_engine_alone(engine, daemon):
    daemon.apply({**demo({"web": service()}), "metrics": {"listen": f"127.0.0.1:{PORT}"}})
    daemon.converged()

    def calls():
        return sum(int(value) for series, value in metrics(daemon).items() if "_call_duration_seconds_count" in series)
    before, scrapes = calls(), 200
    for _ in range(scrapes):
        over_tcp("/metrics")
        metrics(daemon)
    assert calls() - before < scrapes / 2, "the daemon's own looks, but none for each scrape"
