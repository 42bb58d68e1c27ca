#!/usr/bin/env python3
"""Checks that time, timers and random numbers come from one file each (base/clock, base/timer, base/random_fraction), which the
simulator can replace; that the pure rooms use none of them; and that nothing iterates in an order that differs from run
to run. Prints each violation; exits 1 if there are any. Usage: time.py FOLDER..."""

import re
import sys

import rules

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
    applied = [(pattern, allowed, what) for pattern, allowed, what in ONLY_IN if name not in allowed]
    if PURE.match(name):
        applied.append((READS, set(), "is in a pure room: pass the time as an argument"))
    for pattern, _, what in applied:
        for found in re.finditer(pattern, text):
            yield rules.violation(name, text, found.start(), what)


rules.check(problems, BROKEN, SOUND, sys.argv[1:])
