"""Divides the tests among several runs: `check` runs each test on only one of the engines or releases."""

import hashlib


def shard(name, among):
    """The run that a test belongs to. It depends on the test's name alone, so a new test moves no other."""
    return among[hashlib.sha256(name.encode()).digest()[0] % len(among)]


def keep_short(config, items):
    """Deselects the tests that are not marked `short`."""
    others = [item for item in items if not item.get_closest_marker("short")]
    items[:] = [item for item in items if item not in others]
    config.hook.pytest_deselected(items=others)


def keep_shard(config, items, mine, among, name=lambda item: item.nodeid):
    """Deselects the tests that belong to another run than `mine`."""
    others = [item for item in items if shard(name(item), among) != mine]
    items[:] = [item for item in items if item not in others]
    config.hook.pytest_deselected(items=others)
