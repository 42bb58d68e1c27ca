#!/usr/bin/env python3
"""Checks the alert rules and the dashboard: promtool accepts the rules, each fires when it should, and both name only metrics
that the daemon has. Usage: prometheus.py ROOT"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(sys.argv[1])
RULES = ROOT / "config/prometheus/dockerextd.rules.yml"
TESTS = ROOT / "tests/lint/prometheus/dockerextd.rules.test.yml"
USERS = [RULES, ROOT / "config/grafana/dockerextd.json"]
SUFFIXES = {"gauge": [""], "counter": ["_total"], "info": ["_info"], "histogram": ["_bucket", "_sum", "_count"]}


def metrics():
    families = re.findall(r'\.family\("(\w+)", Type::(\w+)', (ROOT / "daemon/report/metrics.cpp").read_text())
    return {f"dockerextd_{name}{suffix}" for name, kind in families for suffix in SUFFIXES[kind]}


def unknown_metrics():
    for user in USERS:
        for name in sorted(set(re.findall(r"\bdockerextd_\w+", user.read_text())) - metrics()):
            yield f"{user.relative_to(ROOT)}: the daemon has no metric {name}"


def promtool(*arguments, folder):
    done = subprocess.run(["promtool", *arguments], cwd=folder, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        yield f"promtool {' '.join(arguments)}:\n{done.stdout}{done.stderr}"


def rule_problems():
    """In one folder, because a test names the rules by their path beside it."""
    with tempfile.TemporaryDirectory() as folder:
        for file in (RULES, TESTS):
            shutil.copy(file, folder)
        yield from promtool("check", "rules", RULES.name, folder=folder)
        yield from promtool("test", "rules", TESTS.name, folder=folder)


has_promtool = shutil.which("promtool") is not None
problems = [*unknown_metrics(), *(rule_problems() if has_promtool else [])]
print("\n".join(problems))
sys.exit(1 if problems else 0 if has_promtool else 77)
