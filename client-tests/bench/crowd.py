"""A crowded world as a database file: one of everything is made by calls, the mold, and its rows are copied until there
are as many as wanted. What a copy may call its own (identifiers, names with "mold" in them, layers) is its own; what
it stands on (the public image, the VPC) is shared. Quotas are not met: no call makes the copies."""

import contextlib
import dataclasses
import re
import sqlite3

import mold

OWN = re.compile(
    r"\b[a-z]+-(?:[a-z]+-)?[0-9a-f]{17}\b"  # identifiers of EC2
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"  # KMS, SSM
    r"|\b[0-9a-f]{64}\b|mold"  # grants; names
)
SHARED = {"setting", "block", "content", "job", "sqlite_sequence", "sqlite_stat1"}


def own_name(name, number):
    """What stands in the n-th copy for a name of the mold."""
    if name == "mold":
        return f"mold{number:05x}"
    head, dash, digits = name.rpartition("-")
    if dash and len(digits) == 17:
        return f"{head}-{number:05x}{digits[5:]}"
    return f"{number:05x}{name[5:]}"


def of_copy(text, names, number):
    """The text as the n-th copy has it."""
    return OWN.sub(lambda found: own_name(found[0], number) if found[0] in names else found[0], text)


@dataclasses.dataclass
class Crowd:
    names: dict  # what was made, by what parameters call it
    own: set  # all texts that differ between copies
    count: int

    def text(self, text, number):
        """A text of the mold as the n-th copy has it."""
        return of_copy(text, self.own, number) if number else text

    def of(self, name, number):
        """That name in the n-th copy."""
        return self.text(self.names[name], number)


@dataclasses.dataclass
class Stock:
    """All rows of a database at one moment, by table."""

    rows: dict
    columns: dict


def stock_of(path):
    with contextlib.closing(sqlite3.connect(path)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {t: [c[1] for c in db.execute(f"PRAGMA table_info({t})")] for t in tables}
        rows = {t: list(db.execute(f"SELECT * FROM {t} ORDER BY 1")) for t in tables if t not in SHARED}
    return Stock(rows, columns)


def names_in(stock):
    cells = (cell for rows in stock.rows.values() for row in rows for cell in row if isinstance(cell, str))
    return {found for cell in cells for found in OWN.findall(cell)}


def pattern_of(cell, names):
    """A text as pieces: those at odd places are names of the mold's own."""
    parts, end = [], 0
    for found in OWN.finditer(cell):
        if found[0] in names:
            parts += [cell[end : found.start()], found[0]]
            end = found.end()
    return [*parts, cell[end:]]


def make_cell(table, column, cell, names, layers):
    """A function of the copy's names that makes this cell."""
    if isinstance(cell, str):
        pieces = pattern_of(cell, names)
        if len(pieces) == 3:
            return lambda own: pieces[0] + own[pieces[1]] + pieces[2]
        if len(pieces) > 3:
            return lambda own: "".join(own[p] if i % 2 else p for i, p in enumerate(pieces))
    elif column == "layer" or (table == "layer" and column in ("id", "parent")):
        if cell in layers:
            return lambda own: cell + own["layers"]
    return lambda own: cell


def copy_rows(path, before, after, count):
    """Copies what came between two stocks: with the original there are as many as count says."""
    names = names_in(after) - names_in(before)
    layers = {row[0] for row in after.rows["layer"]} - {row[0] for row in before.rows["layer"]}
    stride = 1 + max((row[0] for row in after.rows["layer"]), default=0)
    owns = [{"layers": n * stride, **{name: own_name(name, n) for name in names}} for n in range(1, count)]
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        for table, rows in after.rows.items():
            old, columns = set(before.rows[table]), after.columns[table]
            for row in (row for row in rows if row not in old):
                cells = [make_cell(table, column, cell, names, layers) for cell, column in zip(row, columns)]
                db.executemany(
                    f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(columns))})",
                    ([cell(own) for cell in cells] for own in owns),
                )
        count_again(db)


def count_again(db):
    """Blocks and layers say how often they are held."""
    db.execute("CREATE TEMP TABLE held (id INTEGER PRIMARY KEY, count INTEGER)")
    db.execute("INSERT INTO held SELECT block, count(*) FROM layer_block GROUP BY block")
    db.execute("UPDATE block SET refs = (SELECT count FROM held WHERE held.id = block.id)")
    db.execute("DELETE FROM held")
    db.execute(
        "INSERT INTO held SELECT id, count(*) FROM (SELECT parent AS id FROM layer UNION ALL"
        " SELECT layer FROM snapshot UNION ALL SELECT layer FROM volume) WHERE id > 0 GROUP BY id"
    )
    db.execute("UPDATE layer SET refs = (SELECT count FROM held WHERE held.id = layer.id)")
    db.execute("DROP TABLE held")


def build(path, start, ops, count):
    """A world in which there are so many of everything, images that share one lineage and deregistered ones of one
    snapshot; start(path) starts a server with that file. Returns the names of the mold and all that is a copy's own."""
    names, stocks = {}, []
    for make in mold.STAGES:
        with start(path) as server:
            make(mold.Mold(server, ops, names))
        stocks.append(stock_of(path))
    for before, after in zip(stocks, stocks[1:]):
        copy_rows(path, before, after, count)
    return Crowd(names, names_in(stocks[-1]) - names_in(stocks[0]), count)
