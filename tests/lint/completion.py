#!/usr/bin/env python3
"""Checks that the bash completion offers exactly the commands and options that the program has.
Usage: completion.py BINARY COMPLETION"""

import re
import subprocess
import sys

BINARY, COMPLETION = sys.argv[1:3]


def offered(*words):
    """The completions of the next word after these, including those of an option."""
    script = f"""compopt() {{ :; }}
        source "{COMPLETION}"
        for word in "" -; do
          COMP_WORDS=(dockerextd "$@" "$word") COMP_CWORD=$(($# + 1))
          _dockerextd
          printf '%s\\n' "${{COMPREPLY[@]}}"
        done"""
    done = subprocess.run(["bash", "-euc", script, "bash", *words], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def help_of(*command):
    return subprocess.run([BINARY, *command, "--help"], capture_output=True, text=True, check=True).stdout


def problems():
    commands = set(re.findall(r"^  ([\w-]+) ", help_of().split("Commands:")[1].split("\n\n")[0], re.M))
    options = set(re.findall(r"(--[\w-]+)", help_of()))
    if (shown := offered()) != commands | options:
        yield f"before a command: {sorted(shown ^ (commands | options))}"
    for command in sorted(commands):
        has = set(re.findall(r"(--[\w-]+)", help_of(command))) | options - {"--version"}
        if (shown := offered(command)) != has:
            yield f"{command}: {sorted(shown ^ has)}"
    if offered("--root", "/", "status") != offered("status"):
        yield "an option with a value hides the command after it"


found = list(problems())
print("\n".join(found))
sys.exit(bool(found))
