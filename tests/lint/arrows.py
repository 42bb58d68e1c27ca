#!/usr/bin/env python3
"""Checks that every room of daemon/ and the shim include only the rooms that ARROWS allows. Prints each violation; exits 1
if there are any. Usage: arrows.py daemon [shim]"""

import re
import sys
from pathlib import Path

# A room, and what it may include besides itself: only rooms further up in this list.
ARROWS = {
    "base": [],
    "model": ["base"],
    "dockerd": ["base", "model"],
    "settings": ["base", "model", "dockerd"],
    "compose": ["base", "model"],
    "engine": ["base"],
    "systemd": ["base", "model"],
    "packages": ["base", "model"],
    "azure": ["base"],
    "watches": ["base"],
    "registry": ["base", "model", "engine"],
    "state": ["base", "model"],
    "observe": ["base", "model", "engine", "systemd", "packages"],
    "intake": ["base", "model", "settings", "compose", "state"],
    "plan": ["base", "model", "dockerd"],
    "apply": ["base", "model", "engine", "systemd", "packages", "state"],
    "report": ["base", "model", "state"],
    "reconcile": ["base", "model", "settings", "compose", "engine", "systemd", "packages", "azure", "watches",
                  "registry", "state", "observe", "intake", "plan", "apply", "report"],
    "doctor": ["base", "model", "dockerd", "settings", "engine", "systemd", "azure", "registry", "state", "observe",
               "intake"],
    "bundle": ["base", "model", "dockerd", "engine", "state", "intake", "apply"],
    "page": ["base", "model", "state"],
    "cli": ["base", "model", "state", "intake", "page"],
    "main.cpp": ["base", "model", "settings", "compose", "engine", "systemd", "packages", "azure", "watches",
                 "registry", "state", "observe", "intake", "plan", "apply", "report", "reconcile", "doctor", "bundle", "page", "cli"],
    "shim": ["base", "model", "state"],
}
# Rooms without I/O, log and clock.
PURE = ["model", "dockerd", "settings", "compose", "plan", "page"]
IMPURE = re.compile(r'#include <(boost/asio|boost/beast|systemd/|spdlog/|fstream|thread|unistd|fcntl)|#include "base/(log|task|timeout|atomic_file)')


def problems(folder):
    for path in sorted(folder.rglob("*.[ch]pp")):
        room = "shim" if folder.name == "shim" else path.relative_to(folder).parts[0]
        for number, line in enumerate(path.read_text().splitlines(), 1):
            where = f"{path}:{number}"
            include = re.match(r'#include "([^/"]+)/', line)
            if include and include[1] != room and include[1] not in ARROWS.get(room, include[1]):
                yield f"{where}: {room} may not include {include[1]}"
            if room in PURE and IMPURE.match(line):
                yield f"{where}: {room} is pure: {line}"


found = [problem for folder in sys.argv[1:] for problem in problems(Path(folder))]
print("\n".join(found))
sys.exit(bool(found))
