#!/usr/bin/env python3
"""Checks that the bash completion offers exactly the commands and options that the program has.
Usage: completion.py BINARY COMPLETION"""

import re
import subprocess
import sys

BINARY, COMPLETION = sys.argv[1:3]


def offered(*words):
    """What is offered for the word after these, and for an option there."""
    script = f"""compopt() {{ :; }}
        source "{COMPLETION}"
        for word in "" -; do
          COMP_WORDS=(dockerextd "$@" "$word") COMP_CWORD=$(($# + 1))
          _dockerextd
          printf '%s\\n' "${{COMPREPLY[@]}}"
        done"""
    done = subprocess.run(["bash", "-euc", script, "bash", *words], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def helped(*command):
    return subprocess.run([BINARY, *command, "--help"], capture_output=True, text=True, check=True).stdout


def problems():
    commands = set(re.findall(r"^  ([\w-]+) ", helped().split("Commands:")[1].split("\n\n")[0], re.M))
    options = set(re.findall(r"(--[\w-]+)", helped()))
    if (shown := offered()) != commands | options:
        yield f"no command yet: {sorted(shown ^ (commands | options))}"
    for command in sorted(commands):
        has = set(re.findall(r"(--[\w-]+)", helped(command))) | options - {"--version"}
        if (shown := offered(command)) != has:
            yield f"{command}: {sorted(shown ^ has)}"
    if offered("--root", "/", "status") != offered("status"):
        yield "an option before the command hides the command"


found = list(problems())
print("\n".join(found))
sys.exit(bool(found))
