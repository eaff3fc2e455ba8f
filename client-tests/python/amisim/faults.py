"""Faults on purpose for one account: docs/faults.md says what a scenario can hold."""

from __future__ import annotations

import contextlib
import itertools
import pathlib
import typing
from collections.abc import Iterator, Mapping

from amisim.control import Control, Refused

Given = typing.Union[str, pathlib.Path, Mapping[str, typing.Any]]


class Faults:
    """What goes wrong for this account, until it is ended; other accounts do not notice."""

    def __init__(self, control: Control, account: str) -> None:
        self._control, self._account = control, account
        self._active: list[str] = []
        self._numbers = itertools.count()

    def put(self, *given: Given) -> str:
        """The name of what is in force now.

        `given` are rules, {"when": {...}, "what": {...}}; or one scenario: a mapping, YAML, the path of a
        file, or the name of one that is shipped, such as "no-capacity".
        """
        name, document = self._read(given)
        self._control.put(f"scenarios/{name}?account={self._account}", document)
        self._active.append(name)
        return name

    @contextlib.contextmanager
    def during(self, *given: Given) -> Iterator[str]:
        """In force inside: `with amisim.faults.during("copy-stuck"): ...`"""
        name = self.put(*given)
        try:
            yield name
        finally:
            self.end(name)

    def end(self, name: str) -> None:
        self._active.remove(name)
        with contextlib.suppress(Refused):  # a reset or a checkpoint has ended it already
            self._control.delete(f"scenarios/{name}")

    def clear(self) -> None:
        """Ends all that this object put."""
        for name in list(self._active):
            self.end(name)

    def rules(self, name: str) -> list[dict[str, typing.Any]]:
        """Of each rule, how often it was met and how often it struck."""
        return self._control.get(f"scenarios/{name}")["rules"]

    def _read(self, given: tuple[Given, ...]) -> tuple[str, typing.Any]:
        first = given[0] if len(given) == 1 else None
        fresh = f"{self._account}-{next(self._numbers)}"
        if isinstance(first, pathlib.Path):
            return first.stem, first.read_text()
        if isinstance(first, str):
            return (fresh, first) if set(first) & set(":{\n") else (first, "")
        if isinstance(first, Mapping) and "what" not in first:
            return first.get("name", fresh), dict(first)
        return fresh, {"rules": [dict(typing.cast(Mapping, rule)) for rule in given]}
