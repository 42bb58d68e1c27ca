#!/usr/bin/env python3
"""Measures swarms of several machines on this one, against the engine's API and `docker stack deploy`, in one run.

  DOCKEREXTD=build/daemon/dockerextd unshare --net --mount --propagation private tests/bench/swarm.py [form rest check]

Needs an optimised build, docker.io, busybox-static and iproute2.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / level) for level in ("swarm", "engine", "oracle")]
import lab as machines  # noqa: E402
import yaml  # noqa: E402
from harness import IMAGE, UnixConnection, demo, service, wait_for  # noqa: E402
from node import Lab, at_once, form, settings  # noqa: E402
from run import head, row, timed  # noqa: E402

ROUNDS = int(os.environ.get("ROUNDS", "3"))
MANAGERS, WORKERS = ("m1", "m2", "m3"), ("w1", "w2")
SERVICES = int(os.environ.get("SERVICES", "200"))
AT_REST = 60  # seconds


def form_by_hand(nodes):
    """The calls that people would make, one after the other."""
    first, *others = nodes
    first.engine.ok("POST", "/swarm/init", {"ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": first.address})
    tokens = first.engine.ok("GET", "/swarm")["JoinTokens"]
    for node in others:
        token = tokens["Manager" if node.name in MANAGERS else "Worker"]
        node.engine.ok("POST", "/swarm/join", {"ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": node.address,
                                               "RemoteAddrs": [first.address], "JoinToken": token})
    wait_for(lambda: [each["Status"]["State"] for each in first.nodes()] == ["ready"] * len(nodes), "all nodes are ready", 60)


def bench_form(folder):
    """All machines run already. By hand, nobody looks for mistakes, and everything is on one box."""
    head("from the first document to all members (three managers, two workers)")
    by_hand, by_us = [], []
    for number in range(ROUNDS):
        for samples, make in ((by_hand, form_by_hand), (by_us, lambda nodes: form(nodes[:3], nodes[3:]))):
            lab = Lab(folder / f"form{number}")
            try:
                nodes = lab.add(*MANAGERS, *WORKERS)
                samples.append(timed(lambda: make(nodes)))
            finally:
                lab.destroy()
    row("init and join, by hand", by_hand)
    row("dockerextd", by_us, "found, `swarm tokens`, apply everywhere")


def engine_calls(node):
    """How many calls the daemon has made, by the kind of call."""
    connection = UnixConnection(str(node.daemon.control))
    connection.request("GET", "/metrics")
    lines = connection.getresponse().read().decode().splitlines()
    connection.close()
    counted = (line.rpartition(" ") for line in lines if line.startswith("dockerextd_engine_call_duration_seconds_count"))
    return {name.split('"')[1]: int(float(number)) for name, _, number in counted}


def bench_rest(nodes):
    print(f"\n### at rest for {AT_REST} s, with a stack of {SERVICES} services\n\n| machine | CPU ms | RSS MB | calls |\n|---|---|---|---|")
    before = {node: (engine_calls(node), node.daemon.processor_time()) for node in nodes}
    time.sleep(AT_REST)
    for node in nodes:
        calls, cpu = before[node]
        made = {name: count - calls.get(name, 0) for name, count in engine_calls(node).items()}
        made = ", ".join(f"{count} {name}" for name, count in made.items() if count) or "none"
        rss = next(int(line.split()[1]) for line in open(f"/proc/{node.daemon.process.pid}/status") if line.startswith("VmRSS"))
        role = node.name + (" (leader)" if node in nodes[:3] and node.leads() else "")
        print(f"| {role} | {(node.daemon.processor_time() - cpu) * 1000:.0f} | {rss / 1024:.1f} | {made} |", flush=True)


def stack_model():
    """Without tasks, whose cost is the engines'."""
    return demo({f"s{number}": service(deploy={"replicas": 0, "endpoint_mode": "dnsrr"}) for number in range(SERVICES)})["compose"]


def bench_check(nodes, folder):
    head(f"a check of {SERVICES} services of a stack, all as the settings ask")
    leader = next(node for node in nodes[:3] if node.leads())
    file = folder / "stack.yml"
    file.write_text(yaml.safe_dump({"version": "3.8", "services": {
        name: {key: value for key, value in each.items() if key in ("image", "command", "deploy")}
        for name, each in stack_model()["services"].items()}}))
    peer = [timed(lambda: leader.docker("stack", "deploy", "--resolve-image", "never", "-c", str(file), "peer")) for _ in range(2)]
    row("docker stack deploy, doing nothing", peer[1:])
    leader.docker("stack", "rm", "peer")
    samples, used = [], []
    for _ in range(3 * ROUNDS):
        before, cpu = engine_calls(leader), leader.daemon.processor_time()
        looked = before["service_list"]
        samples.append(timed(lambda: (leader.daemon.run("reconcile", check=0),
                                      wait_for(lambda: engine_calls(leader)["service_list"] > looked, "it has looked", every=0.002))))
        used.append(leader.daemon.processor_time() - cpu)
    row("dockerextd, with the command and the waiting", samples)
    row("of it CPU of the daemon", used)


def main(which):
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    machines.make_bridge()
    with tempfile.TemporaryDirectory(prefix="dockerextd-bench-") as folder:
        folder = Path(folder)
        if "form" in which:
            bench_form(folder)
        if not {"rest", "check"} & set(which):
            return
        lab = Lab(folder / "stack")
        try:
            nodes = lab.add(*MANAGERS, *WORKERS)
            at_once(lambda node: node.engine.import_image(), nodes)
            tokens = form(nodes[:3], nodes[3:])
            document = {"swarm": settings(nodes[:3]), "stack": True, "compose": stack_model()}
            took = timed(lambda: (at_once(lambda node: node.daemon.apply(document, tokens, wait=None), nodes),
                                  wait_for(lambda: len(nodes[0].listed("services")) == SERVICES, "the stack is there", 600)))
            print(f"\nFirst deployment of {SERVICES} services: {took:.1f} s (each asks for the digest of {IMAGE}, which no registry has)")
            wait_for(lambda: all(node.daemon.status()["state"] == "converged" for node in nodes), "all converge", 120)
            if "check" in which:
                bench_check(nodes, folder)
            if "rest" in which:
                time.sleep(10)
                bench_rest(nodes)
        finally:
            lab.destroy()


if __name__ == "__main__":
    main(sys.argv[1:] or ["form", "rest", "check"])
