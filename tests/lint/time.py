#!/usr/bin/env python3
"""Checks that time, timers and random numbers come from one file each (base/clock, base/timer, base/chance), which the
simulator can replace; that the pure rooms use none of them; and that nothing iterates in an order that differs from run
to run. Prints each violation; exits 1 if there are any. Usage: time.py FOLDER..."""

import re
import sys
from pathlib import Path

ONLY_IN = [
    (r"_clock::now\b|\bclock_gettime\b|\bgettimeofday\b|(?<![\w.:>])::?time\((?:nullptr|NULL|0)\)", {"daemon/base/clock.cpp"},
     "reads a clock: use base/clock"),
    (r"\bsteady_timer\b|\bsystem_timer\b|\bbasic_waitable_timer\b", {"daemon/base/timer.cpp", "daemon/base/timer.hpp"},
     "uses its own timer: use base/timer"),
    (r"\bexpires_(?:at|after|never)\b", {"daemon/base/timer.cpp", "daemon/base/http_client.cpp", "daemon/base/http_server.cpp",
                                        "daemon/base/web_client.cpp"},
     "sets a deadline on a socket: only files that the simulator replaces may"),
    (r"\brandom_device\b|\bgetrandom\b|\bmt19937|\brand\(\)", {"daemon/base/random_fraction.cpp"}, "uses random numbers: use base/random_fraction"),
    (r"\bstd::j?thread\b|\bstd::async\b", {"daemon/base/off_loop.cpp"}, "starts a thread: use base/off_loop"),
    (r"\bsleep_for\(.*this_thread|this_thread::sleep|\busleep\(|\bnanosleep\(", {"daemon/cli/status_feed.cpp", "shim/agent_settings.cpp", "shim/failure.cpp", "shim/handler.cpp", "shim/lock.cpp", "shim/program.cpp"},
     "blocks the thread: use sleep_for of base/task"),
    (r"\bstd::(?:set|map)<(?:const )?[\w:]+ ?(?:const ?)?\*", set(), "is ordered by address, which differs from run to run: order by a name or number"),
    (r"for \([^;]*: *[^)]*unordered_", set(), "iterates in an order that differs from build to build"),
]
PURE = re.compile(r"^daemon/(?:model|settings|compose|plan)/")
READS = re.compile(r"\b(?:steady|wall)_now\(\)|\bchance\(\)")

BROKEN = ["auto t = std::chrono::steady_clock::now();", "asio::steady_timer t(e);", "std::mt19937 m;", "std::set<PlanRun*> runs;",
          "std::map<const Service*, int> seen;", "std::this_thread::sleep_for(1s);", "std::thread([] {}).detach();"]
SOUND = ["steady_now()", "SteadyTime::max()", "std::set<Name> names;", "// steady_clock::now()", "std::this_thread::get_id()"]


def problems(name, text):
    text = re.sub(r"//[^\n]*", "", text)
    rules = [(pattern, allowed, what) for pattern, allowed, what in ONLY_IN if name not in allowed]
    if PURE.match(name):
        rules.append((READS, set(), "is in a pure room: pass the time as an argument"))
    for pattern, _, what in rules:
        for found in re.finditer(pattern, text):
            number = text.count("\n", 0, found.start()) + 1
            yield f"{name}:{number}: {what}: {text.splitlines()[number - 1].strip()}"


def main():
    found = [f"does not report: {text}" for text in BROKEN if not list(problems("example", text))]
    found += [f"reports wrongly: {text}" for text in SOUND if list(problems("example", text))]
    for folder in map(Path, sys.argv[1:]):
        for path in sorted(folder.rglob("*.[ch]pp")):
            found += problems(f"{folder.name}/{path.relative_to(folder)}", path.read_text())
    print("\n".join(found))
    sys.exit(bool(found))


main()
