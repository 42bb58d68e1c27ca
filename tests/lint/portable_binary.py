#!/usr/bin/env python3
"""Checks that one binary runs on every supported distribution: it needs no C library newer than 2.34, no shared
libstdc++, and otherwise only libraries that have the same name everywhere. Usage: portable_binary.py BINARY"""

import re
import subprocess
import sys

NEWEST_GLIBC = (2, 34)
LIBRARIES = {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "libgcc_s.so.1",
             "libcrypto.so.3", "libssl.so.3", "libsystemd.so.0"}


def objdump(flag):
    return subprocess.run(["objdump", flag, sys.argv[1]], capture_output=True, text=True, check=True).stdout


def problems():
    needed = set(re.findall(r"^\s*NEEDED\s+(\S+)", objdump("-p"), re.M))
    if "libc.so.6" not in needed:
        yield "objdump cannot read this program"
    for library in sorted(needed - LIBRARIES):
        yield f"needs {library}"
    for version, symbol in sorted(set(re.findall(r"\*UND\*\s.*\(?GLIBC_([\d.]+)\)?\s+(\S+)", objdump("-T")))):
        if tuple(map(int, version.split("."))) > NEWEST_GLIBC:
            yield f"needs {symbol} of glibc {version}"


found = list(problems())
print("\n".join(found))
sys.exit(bool(found))
