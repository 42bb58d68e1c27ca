"""The seeds: the files in corpus/TARGET and, for some targets, the documents of the other levels' tests."""

import base64
import itertools
import json
import re
import sys
from pathlib import Path

import yaml

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "oracle"))
import documents  # noqa: E402

SEPARATOR = b"\x1e"
MODEL_SYNTAX = ["\x1e", "---\n", "...\n", "\n  ", ": ", "- ", "? ", ", ", "{", "}", "[", "]", "&a ", "*a", "<<: *a\n", "!reset ",
                "!override ", "!!str ", "!!int ", "!!binary ", "|\n  ", ">-\n  ", "\"", "'", "\\u0041", "\\0101", "$$", "$A", "${A}",
                "${A:-", "${A:?", "${A:+", "#", "//", "/*", "*/", "\xef\xbb\xbf", "\r\n", "\t", "0x1F", "0o17", "1e3", ".inf", ".nan",
                "-0", "9223372036854775808", "1_000", "~", "null", "on", "../", "A=1\n", "export A='b'\n"]
IGNORE_SYNTAX = ["*", "**", "**/", "/**", "?", "[a-z]", "[^a]", "\\", "!", "#", "/", "../", "./", "\n", "\r\n", "\x1e", "\xc3\xa4", "\xff"]
SYNTAX = {"model": MODEL_SYNTAX, "ignore": IGNORE_SYNTAX}  # by target, the tokens of its inputs
MOST_WORDS = 2000


def seed(text, secrets="", files=None):
    parts = [text, secrets] + [f"{name}\n{content}" for name, content in (files or {}).items()]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return SEPARATOR.join(part if isinstance(part, bytes) else part.encode() for part in parts)


def settings(model, environment):
    return json.dumps({"compose": model, "compose-environment": environment})


def oracle_seeds():
    for row in documents.rows() + documents.applications():
        yield seed(yaml.safe_dump(row.model, sort_keys=False), "", row.files)
        if row.environment:
            yield seed(settings(row.model, row.environment), "", row.files)
    for _, document in documents.refusals() + documents.unsupported():
        yield seed(settings(document.model, document.environment))


def unit_seeds():
    for row in json.loads((TESTS / "unit/compose/config_hashes.json").read_text()):
        yield seed(settings(row["model"], {"FOO": "foo", "NUM": "42"}))
    for name in ("file_hashes", "yaml_spellings"):
        for row in json.loads((TESTS / f"unit/compose/{name}.json").read_text()):
            yield seed(row["yaml"], "", row.get("files"))


def settings_seeds():
    """Public documents, with the protected one beside it."""
    for folder in (TESTS.parent / "config/examples", *(TESTS / "unit/settings/examples").glob("*/")):
        for path in sorted(folder.glob("*.json")):
            beside = [path.with_name(path.stem + ending) for ending in (".protected.json", "-protected.json")]
            secrets = next((file.read_bytes() for file in beside if file.exists()), b"")
            yield seed(path.read_bytes(), secrets)


def corpus_seeds(target):
    for path in sorted((TESTS / "fuzz/corpus" / target).glob("*")):
        yield path.read_bytes()


def model_seeds():
    return [*settings_seeds(), *unit_seeds(), *oracle_seeds()]


def openpgp_seeds():
    """Keys as texts and as bytes, and each with another one behind it."""
    texts = [path.read_bytes() for path in sorted((TESTS / "unit/packages/keys").glob("*.asc"))]
    keys = [base64.b64decode(b"".join(text.split(b"\n\n")[1].split(b"\n=")[0].split())) for text in texts]
    yield from (b"t" + text for text in texts)
    yield from (b"b" + key for key in keys)
    yield from (b"b" + one + other for one, other in itertools.pairwise(keys))


MORE_SEEDS = {"model": model_seeds, "openpgp": openpgp_seeds}  # by target, beside its corpus


def seeds_of(target):
    """In a fixed order, each once."""
    return list(dict.fromkeys([*corpus_seeds(target), *MORE_SEEDS.get(target, list)()]))


def words(seeds):
    """The keys and short values in the seeds, the most frequent first, for the fuzzer's dictionary."""
    counts = {}
    for text in seeds:
        for word in re.findall(rb"[A-Za-z_][A-Za-z0-9_./-]{1,30}", text):
            counts[word] = counts.get(word, 0) + 1
    return sorted((word for word, count in counts.items() if count > 1), key=counts.get, reverse=True)[:MOST_WORDS]


def quoted(word):
    return '"' + "".join(f"\\x{byte:02x}" for byte in word) + '"'


def dictionary(target, seeds):
    """In libFuzzer's format."""
    syntax = [token.encode("latin-1") for token in SYNTAX.get(target, [])]
    return "".join(quoted(word) + "\n" for word in syntax + words(seeds))
