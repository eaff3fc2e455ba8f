#!/usr/bin/env python3
"""Draws the rooms of sim/ and who includes whom into docs/architecture.md, from the sources.

An arrow goes from a room to one that it includes from; arrows that follow from others are left out. `--check` changes
nothing and fails when the drawing is behind.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIM, PAGE = ROOT / "sim", ROOT / "docs/architecture.md"
BEGIN, END = "<!-- drawn by sim/tests/draw_rooms.py -->\n", "<!-- end -->\n"
INCLUDE = re.compile(r'^\s*#\s*include "(\w+)/[\w/]+\.h"', re.MULTILINE)


def sources():
    """room -> its files, tests and main() left out."""
    rooms = {}
    for file in sorted(SIM.rglob("*.[ch]")):
        room, *inside = file.relative_to(SIM).parts
        if inside and room != "tests":
            rooms.setdefault(room, []).append(file)
    return rooms


def included(rooms):
    return {
        room: {other for file in files for other in INCLUDE.findall(file.read_text()) if other in rooms and other != room}
        for room, files in rooms.items()
    }


def reachable(arrows, start):
    found, ahead = set(), [start]
    while ahead:
        for room in arrows[ahead.pop()] - found:
            found.add(room)
            ahead.append(room)
    return found


def reduced(arrows):
    """Without the arrows that a longer way replaces."""
    below = {room: reachable(arrows, room) for room in arrows}
    return {room: {one for one in to if not any(one in below[other] for other in to - {one})} for room, to in arrows.items()}


def label(room, files):
    folders = sorted({file.parent.name for file in files if file.parent.parent.name == room})
    text = f"{room}/ &nbsp; {len(files)} files"
    for at in range(0, len(folders), 6):
        text += "<br>" + " ".join(folders[at : at + 6])
    return text


def drawing():
    rooms = sources()
    arrows = reduced(included(rooms))
    lines = [f'    {room}["{label(room, files)}"]' for room, files in sorted(rooms.items())]
    lines += [f"    {room} --> {other}" for room in sorted(arrows) for other in sorted(arrows[room])]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```", ""])


def main(check):
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    fresh = before + BEGIN + drawing() + END + rest.partition(END)[2]
    if not check:
        PAGE.write_text(fresh)
    elif fresh != page:
        sys.exit("docs/architecture.md: the drawing is behind; python3 sim/tests/draw_rooms.py draws it anew")


if __name__ == "__main__":
    main(sys.argv[1:] == ["--check"])
