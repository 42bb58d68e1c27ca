"""The two documents of the article about the retired Azure Docker VM Extension, as Azure delivers them."""

import base64
import json

import pki
from harness import IMAGE, service, wait_for


def encoded(path):
    return base64.b64encode(path.read_bytes()).decode()


def test_the_engine_on_a_port_with_certificates(portal, machine, tmp_path):
    pki.authority(tmp_path, "demo")
    pki.signed(tmp_path, "demo", "server", "serverAuth")
    pki.signed(tmp_path, "demo", "client", "clientAuth")
    certs = {"ca": encoded(tmp_path / "demo-ca.pem"), "cert": encoded(tmp_path / "server.pem"), "key": encoded(tmp_path / "server.key")}
    portal.succeeds(json.dumps({"docker": {"port": "2376", "options": ["-D"]}}), {"certs": certs}, cipher="des3")
    for name in ("demo-ca.pem", "client.pem", "client.key"):
        machine.write(f"/root/tls/{name}", (tmp_path / name).read_bytes())
    tls = "--tlsverify --tlscacert /root/tls/demo-ca.pem --tlscert /root/tls/client.pem --tlskey /root/tls/client.key"
    assert json.loads(machine.sh(f"docker -H tcp://127.0.0.1:2376 {tls} info -f '{{{{json .Debug}}}}'")) is True
    assert machine.run("docker", "-H", "tcp://127.0.0.1:2376", "info").returncode != 0


def test_two_services_with_a_protected_environment(portal, machine):
    """Services at the top level, no project name: as the old extension accepted them."""
    plain = {"compose": {
        "web": {**service("httpd -f -p 80 -h /www", restart="always"), "ports": ["80:80"], "links": ["redis"],
                "environment": ["SECRET=${SECRET}"]},
        "redis": {"image": IMAGE, "command": "sleep 1000", "restart": "always"}}}
    portal.succeeds(json.dumps(plain), {"environment": {"SECRET": "of-the-article"}}, cipher="aes128")
    assert machine.names("compose") == ["compose-redis-1", "compose-web-1"]
    assert "SECRET=of-the-article" in machine.inspect("compose-web-1")["Config"]["Env"]
    wait_for(lambda: machine.running("compose-redis-1"), "redis runs")
