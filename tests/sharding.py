"""Which tests a run takes of those that several share: `check` runs each test on one of the engines or releases."""

import hashlib


def shard(name, among):
    """The one that a test falls to, by its name alone: a new test moves no other."""
    return among[hashlib.sha256(name.encode()).digest()[0] % len(among)]


def keep_shard(config, items, mine, among, name=lambda item: item.nodeid):
    """Deselects the tests that fall to another one than `mine`."""
    others = [item for item in items if shard(name(item), among) != mine]
    items[:] = [item for item in items if item not in others]
    config.hook.pytest_deselected(items=others)
