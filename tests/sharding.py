"""Which tests a run takes of those that several share: `check` runs each test on one of the engines or releases."""

import hashlib


def shard(name, among):
    """The one that a test falls to, by its name alone: a new test moves no other."""
    return among[hashlib.sha256(name.encode()).digest()[0] % len(among)]


def keep_shard(config, items, mine, among):
    """Deselects the tests that fall to another one than `mine`, which may be part of their names."""
    others = [item for item in items if shard(item.nodeid.replace(f"[{mine}", "["), among) != mine]
    items[:] = [item for item in items if item not in others]
    config.hook.pytest_deselected(items=others)
