"""Machines as version 1.2.2 of the retired Azure Docker VM Extension and as docker-compose v1 leave them: `enable` takes over what
they have made. What the present Compose has made is adopted in tests/oracle."""

import json

import pki
import pytest
from docker_section import arguments, engine_started
from harness import IMAGE, demo, service
from test_old_extension import encoded

UNIT = "/lib/systemd/system/docker.service"
RETIRED = "/var/lib/waagent/Microsoft.Azure.Extensions.DockerExtension-1.2.2"
TLS = "--tlsverify --tlscacert=/etc/docker/ca.pem --tlscert=/etc/docker/cert.pem --tlskey=/etc/docker/key.pem"
LOGIN = {"auths": {"registry.example": {"auth": "dXNlcjpwYXNzd29yZA==", "email": "a@example.com"}}}


@pytest.fixture
def certificates(tmp_path):
    pki.authority(tmp_path, "ours")
    pki.signed(tmp_path, "ours", "server", "serverAuth")
    return {"ca": tmp_path / "ours-ca.pem", "cert": tmp_path / "server.pem", "key": tmp_path / "server.key"}


@pytest.fixture
def retired(machine, certificates):
    """The extension has edited the package's own unit for `{"docker": {"port": "2376", "options": ["-D"]}}`."""
    machine.sh(f"cp -p {UNIT} /root/docker.service.packaged; ln -s ../sbin/dockerd /usr/bin/dockerd")
    for name, file in certificates.items():
        machine.write(f"/etc/docker/{name}.pem", file.read_bytes(), 0o600)
    machine.write(f"{RETIRED}/config/0.settings", {"runtimeSettings": []})
    machine.write(f"{RETIRED}/status/0.status", [])
    machine.write("/root/.docker/config.json", LOGIN, 0o600)
    machine.write("/etc/docker/compose/docker-compose.yml", "web:\n  image: nginx\n")
    machine.sh(f"""sed -i 's|^ExecStart=.*|ExecStart=/usr/bin/dockerd -H=fd:// {TLS} -H=0.0.0.0:2376 -D|' {UNIT}
        systemctl daemon-reload; systemctl restart docker""")
    yield machine
    machine.sh(f"""mv /root/docker.service.packaged {UNIT}; rm -rf /usr/bin/dockerd {RETIRED}
        rm -rf /etc/systemd/system/docker.service.d /etc/docker/*; systemctl daemon-reload; systemctl restart docker""")


def make(machine, project, name, command, *options, version="1.6.2"):
    """A container as docker-compose of that version makes it; returns its id."""
    labels = {"project": project, "service": name, "container-number": "1", "oneoff": "False", "config-hash": "1" * 64, "version": version}
    return machine.sh(" ".join(["docker run -d --stop-timeout 0 --restart always", f"--name {project}_{name}_1", *options,
                                *(f"--label com.docker.compose.{label}={value}" for label, value in labels.items()), IMAGE, command])).strip()


def ids(machine, *names):
    return [machine.inspect(name)["Id"] for name in names]


def test_the_same_settings_take_over_what_the_retired_extension_has_made(portal, retired, certificates):
    """Neither containers nor dockerd are restarted. The containers had no network of their own; they get one."""
    made = [make(retired, "compose", "redis", "sleep 1000"),
            make(retired, "compose", "web", "httpd -f -p 80 -h /www", "-p 80:80", "--link compose_redis_1:redis")]
    began = [retired.started(name) for name in made]
    started, unit = engine_started(retired), retired.read(UNIT)
    names = ["compose-redis-1", "compose-web-1"]
    services = {"web": {**service("httpd -f -p 80 -h /www", restart="always"), "ports": ["80:80"], "links": ["redis"]},
                "redis": service(restart="always")}
    protected = {"certs": {name: encoded(file) for name, file in certificates.items()}}
    portal.succeeds({"docker": {"port": "2376", "options": ["-D"]}, "compose": services}, protected)
    assert engine_started(retired) == started and retired.read(UNIT) == unit
    assert retired.names(None) == names and ids(retired, *names) == made
    assert [retired.started(name) for name in made] == began
    assert [list(retired.inspect(name)["NetworkSettings"]["Networks"]) for name in made] == [["compose_default"]] * 2
    assert json.loads(retired.read("/root/.docker/config.json")) == LOGIN
    # From now on the settings alone decide.
    portal.succeeds({"docker": {"options": ["--label=a=b"]}, "compose": services})
    assert arguments(retired).split() == ["/usr/bin/dockerd", "-H=fd://", "--label=a=b"]
    assert ids(retired, *names) == made and not retired.exists("/etc/docker/key.pem")
    portal.succeeds({"compose": services})
    assert arguments(retired).split() == ["/usr/bin/dockerd", "-H=fd://"] and retired.read(UNIT) == unit


@pytest.mark.parametrize("version", ["1.6.2", "1.29.2"])
def test_containers_of_docker_compose_v1_are_adopted_without_a_restart(portal, machine, version):
    """Before 1.10 it gave networks and volumes no labels."""
    def labels(kind, name):
        given = {kind: name, "project": "demo", "version": version}
        return "" if version == "1.6.2" else " ".join(f"--label com.docker.compose.{label}={value}" for label, value in given.items())
    machine.sh(f"""docker network create {labels("network", "default")} demo_default
        docker volume create {labels("volume", "data")} demo_data""")
    on_network = "--network demo_default --network-alias"
    made = [make(machine, "demo", "cache", "sleep 1000", f"{on_network} cache -v demo_data:/data", version=version),
            make(machine, "demo", "web", "sleep 1000", f"{on_network} web", version=version)]
    machine.sh("docker exec demo_cache_1 sh -c 'echo kept >/data/file'")
    started = [machine.started(name) for name in made]
    model = {"version": "2", **demo({"cache": service(restart="always", volumes=["data:/data"]), "web": service(restart="always")},
                                    volumes={"data": {}})["compose"]}
    portal.succeeds({"compose": model})
    names = ["demo-cache-1", "demo-web-1"]
    assert machine.names(None) == names and ids(machine, *names) == made
    assert [machine.started(name) for name in made] == started
    network = machine.ask_engine("/networks/demo_default")
    assert network["Labels"]["com.docker.compose.network"] == "default" and set(network["Containers"]) == set(made)
    assert "cache" in machine.inspect("demo-cache-1")["NetworkSettings"]["Networks"]["demo_default"]["Aliases"]
    # A change keeps the data.
    model["services"]["cache"]["environment"] = {"A": "b"}
    portal.succeeds({"compose": model})
    assert machine.names(None) == names and ids(machine, *names)[0] != made[0] and ids(machine, *names)[1] == made[1]
    assert machine.sh("docker exec demo-cache-1 cat /data/file") == "kept\n"
