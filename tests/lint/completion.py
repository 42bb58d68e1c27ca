#!/usr/bin/env python3
"""Checks that the completions of bash, zsh and fish offer exactly the commands and options that the program has, the names of
services, and files. Usage: completion.py BINARY BASH_COMPLETION ZSH_COMPLETION FISH_COMPLETION"""

import os
import re
import shlex
import subprocess
import sys
import tempfile

BINARY, BASH, ZSH, FISH = map(os.path.abspath, sys.argv[1:])


def output(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=True, **options).stdout


def bash(*words):
    return output("bash", "-euc", f"""compopt() {{ if [ "$1" = -o ]; then echo "(files)"; fi; }}
        source "{BASH}"
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _dockerextd "$1"
        printf '%s\\n' "${{COMPREPLY[@]}}" """, "bash", *words)


def zsh(*words):
    """The completion's file is the body of a function."""
    return output("zsh", "-fc", f"""compadd() {{ shift; print -l -- $@ }}
        _files() {{ print "(files)" }}
        _complete() {{ source "{ZSH}" }}
        words=("$@") CURRENT=$#
        _complete""", "zsh", *words)


def fish(*words):
    line = shlex.join(words[:-1]) + " " + words[-1]
    return output("fish", "--no-config", "-c", f"function __fish_complete_path; echo '(files)'; end; source {FISH}; complete -C {shlex.quote(line)}")


def offered(shell, *words):
    """What the shell offers for the last of these words."""
    return {line.split("\t")[0] for line in shell("dockerextd", *words).splitlines() if line.startswith(words[-1] or "")} - {""}


def help_of(*command):
    return output(BINARY, *command, "--help")


def commands_of(*command):
    return set(re.findall(r"^  ([\w-]+) ", help_of(*command).split("Commands:")[1].split("\n\n")[0], re.M))


def problems(shell):
    commands = commands_of()
    options = set(re.findall(r"(--[\w-]+)", help_of().split("Commands:")[0]))
    expected = {
        ("",): commands | options,
        ("-",): options,
        ("--root", "/", "sta"): {"status"},
        ("logs", ""): {"web", "database"},
        ("explain", ""): {"web", "database"},
        ("history", "--service", ""): {"web", "database"},
        ("history", "--since", ""): set(),
        ("apply", ""): {"(files)"},
        ("apply", "--protected", ""): {"(files)"},
        ("swarm", ""): commands_of("swarm") | options,
        ("swarm", "rotate", ""): {"worker", "manager", "unlock-key"},
        ("swarm", "--root", "/", "rotate", "m"): {"manager"},
    }
    nested = [("swarm", command) for command in sorted(commands_of("swarm"))]
    for command in [(command,) for command in sorted(commands)] + nested:
        expected[(*command, "-")] = set(re.findall(r"^ +(?:-\w,)?(--[\w-]+(?:,--[\w-]+)*)", help_of(*command), re.M)) | options
    for words, names in expected.items():
        wanted = {name for text in names for name in text.split(",")} - ({"--version"} if len(words) > 1 else set())
        if (shown := offered(shell, *words) - ({"--version"} if len(words) > 1 else set())) != wanted:
            yield f"{shell.__name__}: after {words}: {sorted(shown)} instead of {sorted(wanted)}"


with tempfile.TemporaryDirectory() as folder:
    program = os.path.join(folder, "dockerextd")
    with open(program, "w") as script:
        script.write(f"""#!/bin/sh
if [ "$*" = "status --services" ]; then printf 'web\\ndatabase\\n'; else exec "{BINARY}" "$@"; fi
""")
    os.chmod(program, 0o755)
    os.environ["PATH"] = folder + ":" + os.environ["PATH"]
    os.environ["HOME"] = folder
    found = [problem for shell in (bash, zsh, fish) for problem in problems(shell)]
print("\n".join(found))
sys.exit(bool(found))
