#!/usr/bin/env python3
"""Measures dockerextd against the raw engine API and against docker-compose, in one run on one engine.

  DOCKEREXTD=build/daemon/dockerextd unshare --net --mount --propagation private tests/bench/run.py [a b c d f g h]

Needs an optimised build, docker.io and busybox-static; docker-compose (any version) for its row of (b).
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "engine"))
from harness import IMAGE, Daemon, Engine, Relay, demo, service, wait_for  # noqa: E402

ROUNDS = int(os.environ.get("ROUNDS", "9"))


def ms(seconds):
    return f"{seconds * 1000:7.1f}"


def row(what, samples, note=""):
    print(f"| {what} | {ms(min(samples))} | {ms(statistics.median(samples))} | {len(samples)} | {note} |", flush=True)
    return statistics.median(samples)


def head(title):
    print(f"\n### {title}\n\n| what | min ms | p50 ms | n | |\n|---|---|---|---|---|", flush=True)


def timed(action):
    start = time.monotonic()
    action()
    return time.monotonic() - start


def raw_body(network="none", **more):
    return {"Image": IMAGE, "Cmd": ["sleep", "1000"], "StopTimeout": 0, "HostConfig": {"NetworkMode": network}, **more}


def event_times(engine, wanted, since):
    """The engine's time stamps of the events in `wanted` since then: [(action, container, nanoseconds)]."""
    import json
    from urllib.parse import quote
    filters = quote(json.dumps({"type": ["container"], "event": wanted}))
    status, text = engine.call("GET", f"/events?since={since:.9f}&until={time.time():.9f}&filters={filters}")
    lines = [text] if isinstance(text, dict) else [json.loads(line) for line in (text or "").splitlines()]
    return [(line["Action"], line["Actor"]["Attributes"]["name"], line["timeNano"]) for line in lines]


def die_to_start(engine, name, kill):
    since = time.time()
    before = engine.inspect(name)["State"]["StartedAt"]
    kill(name)
    wait_for(lambda: engine.running(name) and engine.inspect(name)["State"]["StartedAt"] != before, "running again", 20, 0.002)
    events = event_times(engine, ["die", "start"], since)
    died = min(at for action, of, at in events if action == "die" and of == name)
    return (min(at for action, of, at in events if action == "start" and of == name and at > died) - died) / 1e9


def kill_process(engine):
    return lambda name: os.kill(engine.inspect(name)["State"]["Pid"], 9)


def bench_a(engine, daemon):
    head("(a) killed → running again (die event → start event, container up > 10 s, no network)")
    policy = engine.ok("POST", "/containers/create?name=policy", raw_body(HostConfig={"NetworkMode": "none", "RestartPolicy": {"Name": "always"}}))["Id"]
    raw = engine.ok("POST", "/containers/create?name=raw", raw_body())["Id"]
    for each in (policy, raw):
        engine.ok("POST", f"/containers/{each}/start")
    daemon.apply(demo({"web": service(network_mode="none")}))
    ours, theirs, floor = [], [], []
    for _ in range(ROUNDS):
        time.sleep(10.5)
        theirs.append(die_to_start(engine, "policy", kill_process(engine)))
        floor.append(die_to_start(engine, "raw", lambda name: (kill_process(engine)(name), engine.call("POST", f"/containers/{name}/wait"),
                                                               engine.ok("POST", f"/containers/{name}/start"))))
        ours.append(die_to_start(engine, "demo-web-1", kill_process(engine)))
        daemon.run("reconcile", "--wait")
    base = row("raw API: wait, then start", floor)
    row("the engine's restart: always", theirs)
    got = row("dockerextd", ours)
    print(f"\ndockerextd − raw = {ms(got - base)} ms (goal ≤ 15); ratio to restart: always {got / statistics.median(theirs):.2f} (goal ≤ 1.0)")
    for each in (policy, raw):
        engine.call("DELETE", f"/containers/{each}?force=1")


def bench_b(engine, daemon):
    head("(b) full field-level check of N converged services")
    for count in (1, 10, 50, 200):
        daemon.apply(demo({f"s{n}": service(network_mode="none") for n in range(count)}), wait="300s")
        samples, calls = [], 0
        for _ in range(ROUNDS):
            daemon.run("reconcile", "--wait", check=0)
            cycle = daemon.status()["lastCycle"]
            samples.append(cycle["durationMs"] / 1000)
            calls = cycle["engineCalls"]
        row(f"dockerextd, {count}", samples, f"{calls} engine calls")
        if shutil.which("docker-compose") and count <= 50:
            folder = Path(tempfile.mkdtemp(prefix="bench-compose-"))
            lines = ["version: '2.4'", "services:"] + [f"  s{n}: {{image: '{IMAGE}', command: sleep 1000, network_mode: none}}" for n in range(count)]
            (folder / "docker-compose.yml").write_text("\n".join(lines) + "\n")
            run = lambda: subprocess.run(["docker-compose", "-p", "bench", "up", "-d"], cwd=folder, check=True, capture_output=True,
                                         env={**os.environ, "DOCKER_HOST": f"unix://{engine.socket}"})
            run()
            row(f"docker-compose up -d, {count}", [timed(run) for _ in range(3)], "doing nothing")
            for container in engine.containers("com.docker.compose.project=bench"):
                engine.call("DELETE", f"/containers/{container['Id']}?force=1")
            shutil.rmtree(folder)


def create_and_start(engine, name, network="none"):
    made = engine.ok("POST", f"/containers/create?name={name}", raw_body(network))["Id"]
    engine.ok("POST", f"/containers/{made}/start")


def bench_c(engine, daemon):
    head("(c) one removed of 50 (destroy event → start event)")
    daemon.apply(demo({f"s{n}": service(network_mode="none") for n in range(50)}), wait="300s")
    time.sleep(11)  # until the ten seconds after the first apply are over, in which repairs are delayed by a second
    floor, ours = [], []
    for n in range(ROUNDS):
        floor.append(timed(lambda: create_and_start(engine, f"raw{n}")))
        engine.ok("DELETE", f"/containers/raw{n}?force=1")
        name = f"demo-s{n}-1"
        since = time.time()
        engine.ok("DELETE", f"/containers/{name}?force=1")
        wait_for(lambda: engine.running(name), "running again", 20, 0.002)
        events = event_times(engine, ["destroy", "start"], since)
        gone = min(at for action, of, at in events if action == "destroy" and of == name)
        ours.append((min(at for action, of, at in events if action == "start" and of == name and at > gone) - gone) / 1e9)
        daemon.converged()
    base = row("raw create + start", floor)
    got = row("dockerextd", ours)
    print(f"\ndockerextd − raw = {ms(got - base)} ms (goal ≤ 20)")


def bench_d(engine, daemon):
    head("(d) first apply of 50")
    raw, ours = [], []
    for _ in range(3):
        with ThreadPoolExecutor(4) as pool:
            raw.append(timed(lambda: list(pool.map(lambda n: create_and_start(engine, f"raw{n}"), range(50)))))
        for n in range(50):
            engine.ok("DELETE", f"/containers/raw{n}?force=1")
        since = time.time()
        daemon.apply(demo({f"s{n}": service(network_mode="none") for n in range(50)}), wait=None)
        wait_for(lambda: sum(c["State"] == "running" for c in engine.containers("com.docker.compose.project=demo")) == 50, "all run", 120, 0.5)
        ours.append(max(at for _, _, at in event_times(engine, ["start"], since)) / 1e9 - since)
        daemon.converged(60)
        daemon.run("down", check=0)
    base = row("raw create + start, 4 at a time", raw)
    got = row("dockerextd apply", ours)
    print(f"\nratio {got / base:.2f} (goal ≤ 1.10)")


def bench_g(engine, daemon):
    head("(g) drift → repaired, polled every 2 ms")
    daemon.apply(demo({"web": service(restart="always", mem_limit="32m")}))
    web = "/containers/demo-web-1"
    host = lambda: engine.inspect("demo-web-1")["HostConfig"]
    networks = lambda: engine.inspect("demo-web-1")["NetworkSettings"]["Networks"]
    runs = lambda: engine.running("demo-web-1")
    for what, target, body, repaired in (
            ("stopped", f"{web}/stop?t=0", None, runs), ("killed", f"{web}/kill", None, runs), ("paused", f"{web}/pause", None, runs),
            ("renamed", f"{web}/rename?name=else", None, runs),
            ("limit changed", f"{web}/update", {"Memory": 64 << 20, "MemorySwap": -1}, lambda: host()["Memory"] == 32 << 20),
            ("policy changed", f"{web}/update", {"RestartPolicy": {"Name": "no"}}, lambda: host()["RestartPolicy"]["Name"] == "always"),
            ("disconnected", "/networks/demo_default/disconnect", {"Container": "demo-web-1", "Force": True},
             lambda: "demo_default" in networks())):
        samples = []
        for _ in range(ROUNDS):
            engine.ok("POST", target, body)
            samples.append(timed(lambda: wait_for(repaired, what, every=0.002)))
            daemon.converged()
        row(what, samples, "goal ≤ 2 s")


def gap(engine, old, since):
    """From the end of the container with that id to the next start of another one."""
    events = event_times(engine, ["die", "start"], since)
    died = min(at for action, name, at in events if action == "die" and name == old)
    return (min(at for action, name, at in events if action == "start" and at > died) - died) / 1e9


def bench_h(engine, daemon):
    head("(h) a new version: stop-first, from the end of the old container to the start of the new one (no network)")
    ours, floor = [], []
    for round in range(ROUNDS):
        for name in ("one", "two"):
            engine.ok("POST", f"/containers/create?name={name}", raw_body())
        engine.ok("POST", "/containers/one/start")
        since = time.time()
        engine.ok("POST", "/containers/one/stop?t=0")
        engine.ok("POST", "/containers/two/start")
        floor.append(gap(engine, "one", since))
        for name in ("one", "two"):
            engine.ok("DELETE", f"/containers/{name}?force=1")
        daemon.apply(demo({"web": service(network_mode="none", environment={"N": str(2 * round)})}))
        since = time.time()
        daemon.apply(demo({"web": service(network_mode="none", environment={"N": str(2 * round + 1)})}))
        ours.append(gap(engine, "demo-web-1", since))
    lowest = row("raw API: stop, start", floor)
    row("dockerextd", ours, f"goal ≤ floor + 30 ms: {(statistics.median(ours) - lowest) * 1000:+.1f} ms")

    import request_loop
    daemon.apply(request_loop.settings(0))
    version = 0
    with request_loop.RequestLoop() as loop:
        while len(loop.answers) < 1000:
            version += 1
            daemon.apply(request_loop.settings(version))
    failed = [each for each in loop.answers if each[0] != 200]
    print(f"\nstart-first: {version} new versions, {len(failed)} of {len(loop.answers)} requests failed (goal: 0 of ≥ 1,000)", flush=True)


def bench_f(engine, folder):
    """At rest, but for a Prometheus that scrapes every 15 s; then `status`."""
    print("\n### (f) idle, scraped every 15 s\n\n| containers | RSS MB | PSS MB | CPU in 30 s | bytes sent to the engine in 30 s "
          "| a scrape | `status` |\n|---|---|---|---|---|---|---|")

    def scrape():
        with urllib.request.urlopen("http://127.0.0.1:9323/metrics", timeout=10) as answer:
            assert b"dockerextd_converged 1" in answer.read()
    for count in (50, 200):
        relay = Relay(folder / f"relay{count}.sock", engine.socket)
        daemon = Daemon(folder / f"rest{count}", relay.socket)
        daemon.start()
        services = {f"s{n}": service(network_mode="none") for n in range(count)}
        daemon.apply({**demo(services), "metrics": {"listen": "127.0.0.1:9323"}}, wait="300s")
        time.sleep(2)
        ticks = lambda: sum(map(int, open(f"/proc/{daemon.process.pid}/stat").read().split()[13:15]))
        cpu, sent = ticks(), relay.sent
        scrapes = []
        for _ in range(2):
            scrapes.append(timed(scrape))
            time.sleep(15)
        memory = {line.split(":")[0]: int(line.split()[1]) for line in open(f"/proc/{daemon.process.pid}/smaps_rollup") if line.startswith(("Rss", "Pss:"))}
        used = (ticks() - cpu) / os.sysconf("SC_CLK_TCK")
        asked = [timed(lambda: daemon.run("status", check=0)) for _ in range(20)]
        print(f"| {count} | {memory['Rss'] / 1024:.1f} | {memory['Pss'] / 1024:.1f} | {used * 1000:.0f} ms | {relay.sent - sent} "
              f"| {ms(statistics.median(scrapes))} | {ms(statistics.median(asked))} |", flush=True)
        daemon.run("down", check=0)
        daemon.stop()
        relay.close()


def main(which):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # 200 containers and a relay need more than the default
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.TemporaryDirectory(prefix="dockerextd-bench-") as folder:
        folder = Path(folder)
        engine = Engine(folder / "e")
        daemon = Daemon(folder / "root", engine.socket)
        try:
            engine.start()
            engine.import_image()
            daemon.start()
            for letter, bench in (("a", bench_a), ("b", bench_b), ("c", bench_c), ("d", bench_d), ("g", bench_g), ("h", bench_h)):
                if letter in which:
                    bench(engine, daemon)
                    daemon.run("down", check=0)
            daemon.stop()
            if "f" in which:
                bench_f(engine, folder)
        finally:
            if daemon.process:
                daemon.kill()
            engine.wipe()
            engine.destroy()


if __name__ == "__main__":
    main(sys.argv[1:] or list("abcdfgh"))
