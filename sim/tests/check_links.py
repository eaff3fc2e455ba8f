#!/usr/bin/env python3
"""check_links.py LIBRARY [SIM]: the house as the linker sees it. An arrow goes from a file to the one that
defines what it uses: none goes from a room up to a higher one (tests/rooms has their order), and no
files form a circle. check_includes.sh cannot see either: an extern needs no header, and two files of
one room may include each other's.

Prints one line for each breach."""

import collections
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOMS = (HERE / "rooms").read_text().split()


def read_symbols(library, where):
    """What each file of the library defines and wants, by nm; `where` has the path of each object."""
    owner, wanted = {}, collections.defaultdict(set)
    listing = subprocess.run(["nm", "-A", "-P", library], capture_output=True, text=True, check=True)
    for line in listing.stdout.splitlines():
        place, symbol, kind, *_ = line.split()
        path = where.get(place[place.rindex("[") + 1 : place.rindex("]")].removesuffix(".o"))
        if path and kind == "U":
            wanted[path].add(symbol)
        elif path and kind in "TDRBGVWC":
            owner[symbol] = path
    return owner, wanted


def draw_arrows(owner, wanted):
    """From file to file, with the symbols that make the arrow."""
    arrows = collections.defaultdict(lambda: collections.defaultdict(set))
    for path, symbols in wanted.items():
        for symbol in symbols:
            if owner.get(symbol, path) != path:
                arrows[path][owner[symbol]].add(symbol)
    return arrows


def rank(path):
    return ROOMS.index(path.split("/")[0])


def upward(arrows):
    for here, targets in sorted(arrows.items()):
        for there, symbols in sorted(targets.items()):
            if rank(there) > rank(here):
                yield f"{here} reaches up to {there}: {' '.join(sorted(symbols)[:8])}"


def circles(arrows):
    """The files that can be reached from a file and reach it, too."""
    def reach(start):
        seen, ahead = set(), [start]
        while ahead:
            for path in arrows.get(ahead.pop(), ()):
                if path not in seen:
                    seen.add(path)
                    ahead.append(path)
        return seen

    reached, told = {path: reach(path) for path in list(arrows)}, set()
    for path in sorted(reached):
        if path in reached[path] and path not in told:
            circle = sorted(other for other in reached[path] if path in reached.get(other, ()))
            told.update(circle)
            yield f"a circle: {' '.join(circle)}"


def main(library, sim):
    sources = [path.relative_to(sim) for path in pathlib.Path(sim).rglob("*.c")]
    where = {path.name: str(path) for path in sources if path.parts[0] in ROOMS}
    owner, wanted = read_symbols(library, where)
    if not owner:
        return [f"{library} has no object of {sim}"]
    arrows = draw_arrows(owner, wanted)
    return [*upward(arrows), *circles(arrows)]


breaches = main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else HERE.parent)
print(*breaches, sep="\n")
sys.exit(bool(breaches))
