"""What an operator would look up next is in `status` and `explain`: last output, failed check, who has a port."""

import socket

import harness
from harness import demo, service, wait_for


def explained(daemon, name="web"):
    return daemon.run("explain", name, check=0).stdout


def test_the_last_output_and_the_exit_code_of_a_crash_loop(daemon):
    daemon.apply(demo({"web": service(["sh", "-c", "echo cannot open /data; exit 3"], restart="always")}), wait=None)
    lines = lambda: [e["lines"] for e in daemon.service("web")["evidence"]]  # noqa: E731
    wait_for(lambda: (now := lines()) and set(now[0]) == {"cannot open /data"}, lines, 60)
    text = explained(daemon)
    assert "last output of demo-web-1:\n  cannot open /data" in text and "exit code 3" in " ".join(text.split()), text
    assert "cannot open /data" in daemon.run("status").stdout


def test_a_program_that_does_not_exist(daemon):
    daemon.apply(demo({"web": service("nosuch")}), wait=None)
    reason = lambda: daemon.service("web")["reason"]  # noqa: E731
    wait_for(lambda: "executable file not found" in reason(), reason, 60)
    assert "OCI runtime" not in reason() and "shim" not in reason(), reason()
    assert "failed" in explained(daemon).split("last actions:")[1]


def test_the_output_of_a_failed_health_check(daemon):
    check = {"test": ["CMD-SHELL", "echo no answer; exit 7"], "interval": "1s", "retries": 1}
    daemon.apply(demo({"web": service(healthcheck=check)}), wait=None)
    evidence = lambda: daemon.service("web")["evidence"]  # noqa: E731
    wait_for(lambda: {"what": "last check of demo-web-1 (exit code 7)", "lines": ["no answer"]} in evidence(), evidence, 60)


def test_who_has_a_port(engine, daemon):
    reason = lambda: daemon.service("web")["reason"]  # noqa: E731
    engine.ok("POST", "/containers/create?name=other", {"Image": harness.IMAGE, "Cmd": ["sleep", "1000"], "ExposedPorts": {"80/tcp": {}},
                                                        "HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": "18080"}]}}})
    engine.ok("POST", "/containers/other/start")
    daemon.apply(demo({"web": service(ports=["18080:80"])}), wait=None)
    wait_for(lambda: "port 18080/tcp is held by container other" in reason(), reason, 60)
    assert "endpoint" not in reason(), reason()
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 18081))
        taken.listen()
        daemon.apply(demo({"web": service(ports=["18081:80"])}), wait=None)
        wait_for(lambda: "port 18081/tcp is held by process python3 (pid " in reason(), reason, 60)


def test_what_to_do_about_an_image_that_cannot_be_pulled(daemon):
    daemon.apply(demo({"web": {"image": "127.0.0.1:1/x:1"}}), wait=None)
    reason = lambda: daemon.service("web")["reason"]  # noqa: E731
    wait_for(lambda: "network: this machine does not reach the registry" in reason(), reason, 60)
    assert "pull image" in explained(daemon).split("last actions:")[1]
    assert "image 127.0.0.1:1/x:1: absent" in explained(daemon, "127.0.0.1:1/x:1")


def test_a_wait_ends_with_the_verdict_on_its_own_settings(daemon):
    """Settings before these have failed for good, or are about to."""
    for number in range(6):
        failing = service("false", restart="no", environment={"N": str(number)})
        daemon.apply(demo({"web": failing, "gone": failing}), wait=None)
        if number % 2 == 0:
            wait_for(lambda: daemon.service("web")["state"] == "failed", "failed", 60)
        daemon.apply(demo({"web": service(restart="always")}))
