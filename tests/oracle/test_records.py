"""A record says what was written, whatever it has in common with the others of its file."""

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
def test_a_patch_makes_the_container_again(container):
    most = records.most_common(CONTAINERS)
    assert most == {"Host": {"Memory": 0, "Binds": ["x"]}}
    assert records.patched(most, json.loads(records.text_of(records.patch(most, container)))) == container


def test_one_line_for_what_fits_into_it():
    assert records.text_of({"b": [1, 2], "a": {"c": "ü"}}) == '{"a": {"c": "ü"}, "b": [1, 2]}'
    assert records.text_of({"b": ["x" * 118], "a": 1}) == '{\n "a": 1,\n "b": [\n  "' + "x" * 118 + '"]}'
