#!/usr/bin/env python3
"""Makes a man page of each command from the main one, its only source. Usage: command_pages.py DOCKEREXTD.8 OUTPUT_FOLDER COMMAND…"""

import pathlib
import re
import sys

ENDING = """.SH EXIT STATUS
As in
.BR dockerextd (8).
.SH SEE ALSO
.BR dockerextd (8)
"""


def commands(page):
    """The command's name → [(synopsis, text)]."""
    section = re.search(r"^\.SH COMMANDS\n(.*?)^\.SH ", page, re.M | re.S)[1]
    found = {}
    for entry in section.split(".TP\n")[1:]:
        synopsis, text = entry.split("\n", 1)
        name = re.match(r"\.B ([a-z\\-]+)", synopsis)[1].replace("\\-", "-").rstrip("-").strip()
        found.setdefault(name, []).append((synopsis.removeprefix(".B "), text))
    return found


def first_sentence(text):
    plain = re.sub(r"\\f.|^\.[A-Z]+ ?", "", text.replace("\n.", "\n."), flags=re.M).replace("\\-", "-").replace("\n", " ")
    sentence = re.split(r"[.,:;] | \(", plain + " ")[0].rstrip(".")
    return sentence[0].lower() + sentence[1:]


def page_of(name, entries):
    synopsis = "\n.br\n".join(f".B dockerextd {line}" for line, _ in entries)
    title = name.replace("-", "\\-")
    return (f'.TH DOCKEREXTD-{name.upper()} 8 "" "dockerextd" "System administration"\n.SH NAME\n'
            f"dockerextd\\-{title} \\- {first_sentence(entries[0][1])}\n.SH SYNOPSIS\n{synopsis}\n.SH DESCRIPTION\n"
            + ".PP\n".join(text for _, text in entries) + ENDING)


source, folder, *names = sys.argv[1:]
found = commands(pathlib.Path(source).read_text())
if set(found) != set(names):
    sys.exit(f"command_pages: config/meson.build and {source} differ in {', '.join(sorted(set(found) ^ set(names)))}")
for name, entries in found.items():
    (pathlib.Path(folder) / f"dockerextd-{name}.8").write_text(page_of(name, entries))
