"""What keeps a service from running, as an operator meets it at 3 a.m.: `status` alone names the cause."""

import pytest
from harness import demo, service, wait_for

HOG = ["busybox", "tail", "/dev/zero"]
UNHEALTHY = {"test": ["CMD-SHELL", "echo no answer; exit 7"], "interval": "1s", "retries": 1}
NETWORK = {"networks": {"lan": {"ipam": {"config": [{"subnet": "10.77.0.0/24"}]}}}}

# The settings; words that `status` shows.
SITUATIONS = {
    "the program does not exist": (demo({"web": service("nosuch")}), ['exec: "nosuch": executable file not found in $PATH']),
    "the program is no program": (demo({"web": service("/tmp")}), ['exec: "/tmp": permission denied']),
    "the program is killed for its memory": (  # not every kernel tells the engine that it was memory
        demo({"web": service(HOG, mem_limit="8m", memswap_limit="8m")}), ["exited with code 137: killed"]),
    "the program crashes": (demo({"web": service("sh -c 'exit 139'")}), ["exited with code 139: "]),
    "the program ends": (demo({"web": service("sh -c 'echo no licence; exit 3'")}), ["exited with code 3", "no licence"]),
    "nobody has this name": (demo({"web": service(user="nosuch")}), ["unable to find user nosuch"]),
    "no such device": (demo({"web": service(devices=["/dev/nosuch"])}), ["/dev/nosuch"]),
    "an unknown sysctl": (demo({"web": service(sysctls={"net.nosuch": 1})}), ["/proc/sys/net/nosuch: no such file"]),
    "a folder that is not there": (demo({"web": service(volumes=[
        {"type": "bind", "source": "/srv/nosuch", "target": "/data", "bind": {"create_host_path": False}}])}), ["/srv/nosuch"]),
    "a file that is not there": (demo({"web": service(configs=["app"])}, configs={"app": {"file": "/srv/nosuch.conf"}}), ["/srv/nosuch.conf"]),
    "an external network": (demo({"web": service(networks=["lan"])}, networks={"lan": {"external": True}}), ["network lan", "external"]),
    "an external volume": (demo({"web": service(volumes=["data:/data"])}, volumes={"data": {"external": True}}), ["volume data", "external"]),
    "an address outside of its network": (
        demo({"web": service(networks={"lan": {"ipv4_address": "10.78.0.9"}})}, **NETWORK), ["10.78.0.9"]),
    "an unhealthy dependency": (
        demo({"db": service(healthcheck=UNHEALTHY), "web": service(depends_on={"db": {"condition": "service_healthy"}})}),
        ["no answer", "exit code 7", "db"]),
    "a job that fails": (
        demo({"job": service("sh -c 'echo no such table; exit 4'", restart="no"),
              "web": service(depends_on={"job": {"condition": "service_completed_successfully"}})}),
        ["no such table", "exited with code 4", "web needs job to complete, which failed"]),
    "no registry": (demo({"web": {"image": "127.0.0.1:1/x:1"}}), ["network: this machine does not reach the registry"]),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_status_names_the_cause(daemon, situation):
    settings, words = SITUATIONS[situation]
    daemon.apply(settings, wait=None)
    shown = lambda: " ".join(daemon.run("status").stdout.split())  # noqa: E731
    wait_for(lambda: all(word in shown() for word in words), shown, 60)
