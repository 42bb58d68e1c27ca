"""A record reads back as what was written, whatever it has in common with the others in its file."""

import json

import pytest
import records

CONTAINERS = [
    {"Name": "a", "Host": {"Memory": 0, "Binds": ["x"]}, "Labels": {"a/b": "1"}},
    {"Name": "b", "Host": {"Memory": 0, "Binds": ["x"]}},
    {"Name": "c", "Host": {"Memory": 5}, "Labels": "text", "Net": {"bridge": {"deep": {"er": 1}}}},
    {"Host": {"Memory": 0, "Binds": ["x"]}, "Net": {"host": {}}},
]


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_patch_restores_the_container(container):
    most = records.most_common(CONTAINERS)
    assert most == {"Host": {"Memory": 0, "Binds": ["x"]}}
    assert records.patched(most, json.loads(records.text_of(records.patch(most, container)))) == container


def test_values_that_fit_are_on_one_line():
    assert records.text_of({"b": [1, 2], "a": {"c": "ü"}}) == '{"a": {"c": "ü"}, "b": [1, 2]}'
    assert records.text_of({"b": ["x" * 118], "a": 1}) == '{\n "a": 1,\n "b": [\n  "' + "x" * 118 + '"]}'
