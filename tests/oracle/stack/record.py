#!/usr/bin/env python3
"""Records what `docker stack deploy` makes of the models: for each, recorded/NAME.json has the services, networks, configs and
secrets that a manager shows afterwards. Usage, from the root of the sources:

    sudo unshare -n -m --propagation private tests/oracle/stack/record.py [ENGINE [NAME…]]

ENGINE is `installed` or `trixie`. A model is deployed as a stack of its own name; its commands under `x-oracle` are run before.
No node takes tasks, so that nothing runs and no image is needed."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

import yaml

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "engine"), str(HERE.parent)]
import debian  # noqa: E402
import harness  # noqa: E402

MODELS, RECORDED = HERE / "models", HERE / "recorded"
PROJECT = "/project"  # stands for the folder of the models
VARIABLES = {"FOO": "foo", "EMPTY": "", "NUM": "42"}  # those of tests/unit/compose/loading.hpp
# What the engine chooses, by the object's path.
CHOSEN = {"network": ("Id", "Created", "Scope", "Containers", "Peers", "Services", "ConfigFrom", "ConfigOnly", "Ingress"),
          "service": (), "config": (), "secret": ()}


class Manager:
    """An engine that is the only node of its swarm."""

    def __init__(self, folder, programs):
        self.engine = harness.Engine(folder, programs)

    def __enter__(self):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        self.engine.start()
        self.engine.ok("POST", "/swarm/init", {"ListenAddr": "127.0.0.1:2377", "AdvertiseAddr": "127.0.0.1", "Availability": "drain"})
        return self

    def __exit__(self, *_):
        self.engine.destroy()

    def docker(self, *arguments):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.engine.folder), **VARIABLES}
        done = subprocess.run(["docker", "-H", f"unix://{self.engine.socket}", *arguments], cwd=MODELS, env=environment,
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"docker {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def get(self, target):
        status, answer = harness.call(self.engine.socket, "GET", target)  # in the engine's newest version of the API
        assert status == 200, answer
        return answer

    def of_stack(self, objects, name):
        filters = quote(json.dumps({"label": [f"com.docker.stack.namespace={name}"]}))
        return self.get(f"/{objects}?filters={filters}") or []


def without_ids(spec, manager):
    """The ServiceSpec with networks by their names, and files without the ids of their objects."""
    for attachment in spec["TaskTemplate"].get("Networks") or []:
        attachment["Target"] = manager.get(f"/networks/{attachment['Target']}")["Name"]
    container = spec["TaskTemplate"]["ContainerSpec"]
    for file in container.get("Configs") or []:
        del file["ConfigID"]
    for file in container.get("Secrets") or []:
        del file["SecretID"]
    return spec


def network(found, written):
    found = {key: value for key, value in found.items() if key not in CHOSEN["network"]}
    if not written:
        del found["IPAM"]  # a subnet that the engine chose
    options = found["Options"] or {}
    options.pop("com.docker.network.driver.overlay.vxlanid_list", None)
    found["Options"] = options
    return found


def subnets(model):
    """Names of networks in the model for which it gives subnets."""
    return {key for key, value in (model.get("networks") or {}).items() if value and value.get("ipam")}


def state_of(manager, name, model):
    with_subnets = {(model["networks"][key].get("name") or f"{name}_{key}") for key in subnets(model)}
    return {
        "docker": manager.docker("version", "--format", "{{.Client.Version}}").strip(),
        "engine": manager.get("/version")["Version"],
        "services": {each["Spec"]["Name"]: without_ids(each["Spec"], manager) for each in manager.of_stack("services", name)},
        "networks": {each["Name"]: network(manager.get(f"/networks/{each['Id']}"), each["Name"] in with_subnets)
                     for each in manager.of_stack("networks", name)},
        "configs": {each["Spec"]["Name"]: each["Spec"] for each in manager.of_stack("configs", name)},
        "secrets": {each["Spec"]["Name"]: each["Spec"] for each in manager.of_stack("secrets", name)},
    }


def record(manager, file):
    model = yaml.safe_load(file.read_text())
    for command in model.get("x-oracle") or []:
        manager.docker(*command.split())
    manager.docker("stack", "deploy", "--detach", "--resolve-image", "never", "--compose-file", file.name, file.stem)
    found = json.dumps(state_of(manager, file.stem, model), indent=1, sort_keys=True)
    (RECORDED / f"{file.stem}.json").write_text(found.replace(str(MODELS), PROJECT).replace(str(MODELS.parent), "") + "\n")
    manager.docker("stack", "rm", "--detach", file.stem)


def main(engine="installed", *names):
    RECORDED.mkdir(exist_ok=True)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="stack-") as folder, Manager(folder, debian.programs(engine)) as manager:
        for file in sorted(MODELS.glob("*.yml")):
            if names and file.stem not in names:
                continue
            try:
                record(manager, file)
            except RuntimeError as error:
                failed += 1
                print(f"{file.stem}: {error}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
