#!/usr/bin/env python3
"""Checks that input from outside can neither make the sources throw nor lead them to another file: no throwing overload of
std::filesystem, no substr() at the result of a find that may have failed, no file opened by its path unless the path is
ours. Prints each violation; exits 1 if there are any. Usage: files.py FOLDER..."""

import re
import sys

import rules

# Files and rooms that may open by path, and why that is safe: each folder of the path belongs to root, or the operator chose
# it. What others may write is opened through base/named_file, or by name in an open folder (base/regular_file).
BY_PATH = {
    "daemon/base/atomic_file.cpp": "writes to folders of root that its callers name",
    "daemon/base/named_file.cpp": "begins at '/'",
    "daemon/base/bound_port.cpp": "the kernel's /proc",
    "daemon/base/machine_addresses.cpp": "the kernel's /proc",
    "daemon/base/regular_file.cpp": "read_regular itself",
    "daemon/base/regular_file.hpp": "read_regular itself",
    "daemon/apply/config_check.cpp": "daemon.json",
    "daemon/apply/host_files.cpp": "the engine's files below /etc",
    "daemon/bundle/archive.cpp": "the file that an operator names on the command line, which must be new",
    "daemon/cli/settings_files.cpp": "files that an operator names on the command line",
    "daemon/base/child_process.cpp": "/dev/null",
    "daemon/packages/os_release.cpp": "/etc/os-release",
    "daemon/packages/signing_key.cpp": "the key that we have stored",
    "daemon/observe/host_observer.cpp": "units and the engine's files below /etc",
    "daemon/state/": "the folder of our state",
    "shim/": "the folders of Azure's agent and our own, /usr and /etc",
}
OPENING = re.compile(r"(?<!\w)::(?:open|creat|fopen|opendir|truncate)\(|\bstd::fopen\(|\bstd::[io]?fstream\b|\bAT_FDCWD\b|\bread_regular\(")
ACTING = re.compile(r"\b(?:std::filesystem|fs)::(?:absolute|canonical|copy|copy_file|copy_symlink|create_\w+|current_path|equivalent|exists|"
                    r"file_size|hard_link_count|is_\w+|last_write_time|permissions|proximate|read_symlink|relative|remove|remove_all|"
                    r"rename|resize_file|space|status|symlink_status|temp_directory_path|weakly_canonical|"
                    r"(?:recursive_)?directory_iterator(?: \w+)?)\(")
ENTRY = re.compile(r"(?:->|\.)(?:is_(?:block_file|character_file|directory|fifo|other|regular_file|socket|symlink)|exists|file_size|"
                   r"hard_link_count|last_write_time|status|symlink_status|refresh)\(\)")
UNCHECKED_FIND = re.compile(r"\bsubstr\((?!\s*std::min\()[^,()]*?\w*find\w*\(")


def closing(text, at):
    """The end of the parenthesis that opens before `at`."""
    depth = 1
    while depth and at < len(text):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return at


def without_comments(text):
    return re.sub(r"//[^\n]*", "", text)


def throwing(text):
    """Calls of std::filesystem whose last argument is no error_code that this file declares."""
    codes = set(re.findall(r"\berror_code&? (\w+)", text))
    for call in ACTING.finditer(text):
        arguments = text[call.end():closing(text, call.end()) - 1]
        if arguments.split(",")[-1].strip() not in codes:
            yield call.start(), "give it an error_code: this overload throws"
    if "directory_" in text:
        for call in ENTRY.finditer(text):
            yield call.start(), "give it an error_code: this overload throws"
        for loop in re.finditer(r"\bfor \([^;()]*(?<!:):(?!:)[^;]*directory_iterator", text):
            yield loop.start(), "increment(error_code): ++ throws"


def unchecked_finds(text):
    for call in UNCHECKED_FIND.finditer(text):
        begin = text.index("find", call.start())
        after = text[closing(text, text.index("(", begin) + 1):]
        if not re.match(r"\s*\+ 1\b", after):
            yield call.start(), "check the result of find: substr throws if it is npos"


def by_path(text):
    for call in OPENING.finditer(text):
        yield call.start(), "opens by a path: use base/named_file, or add it to this lint with the reason why the path is safe"


def problems(name, text):
    text = without_comments(text)
    found = [*throwing(text), *unchecked_finds(text), *([] if name.startswith(tuple(BY_PATH)) else by_path(text))]
    for at, what in sorted(found):
        yield rules.violation(name, text, at, what)


# Examples for each rule, so that a rule that no longer matches anything is noticed.
BROKEN = ["fs::exists(path);", "std::filesystem::remove_all(a / b);", "fs::directory_iterator it(path);",
          "for (const auto& e : fs::directory_iterator(path)) {}", "std::error_code ec; fs::directory_iterator i(a, ec); i->is_directory();",
          "auto x = text.substr(text.find(':'));", "file.path.substr(file.path.find_first_not_of('/'))", "s.substr(s.rfind('/') + 2);",
          "::open(path.c_str(), 0)", "std::ifstream(path)", "open_regular(AT_FDCWD, path)", "read_regular(path, 1)"]
SOUND = ["std::error_code code; fs::exists(path, code);", "text.substr(0, text.find(':'))", "text.substr(text.rfind('/') + 1)",
         "text.substr(std::min(text.size(), text.find(':')))", "// fs::exists(path)", "::openat(folder, name, 0)",
         "std::error_code e; fs::remove(a / name(b, c), e);", "stream->status();", "fs::path path(name);"]


def main():
    folders = sys.argv[1:]
    found = rules.blind_spots(problems, BROKEN, SOUND)
    texts = dict(rules.sources(folders))
    for name, text in texts.items():
        found += problems(name, text)
    for place in BY_PATH:
        if not any(name.startswith(place) and OPENING.search(text) for name, text in texts.items()):
            found.append(f"tests/lint/files.py: nothing opens by a path in {place} any more")
    rules.finish(found)


main()
