#!/usr/bin/env python3
"""check_comments.py [TREE]: each source begins by saying what it is for, the files that comments name exist,
and the C that the documentation quotes stands in an example that is compiled. Prints one line for each breach."""

import pathlib
import re
import sys

TREE = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
SUFFIXES = {".c", ".h", ".def", ".py", ".sh", ".cmake"}
OPENINGS = {".c": "/*", ".h": "/*", ".def": "/*", ".cmake": "#", ".sh": "#", "": "#"}

# A file as comments name it: "http.c", "guest/shell/shell.h", "check_*.c"; not "example.com/x.c".
NAME = re.compile(r"(?<![\w./*<-])((?:[\w*]+/)*[\w*]+\.(?:c|h|def|py|sh))\b(?![\w/(-]|\.\w)")
C_COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*"|(/\*.*?\*/|//[^\n]*)', re.DOTALL)
EXAMPLE = "sim/tests/check_example.c"
QUOTED_C = re.compile(r"^```c\n(.*?)^```$", re.DOTALL | re.MULTILINE)
HASH_COMMENT = re.compile(r"(?:^|\s)#\s([^\n]*)")


def sources():
    for folder in ("sim", "client-tests", ".ci"):
        for path in sorted((TREE / folder).rglob("*")):
            script = not path.suffix and path.is_file() and path.read_bytes()[:2] == b"#!"
            if (script or path.suffix in SUFFIXES) and "node_modules" not in path.parts:
                yield path


def opens_with_comment(path, text):
    if path.suffix == ".py" or text.startswith("#!/usr/bin/env python"):
        return re.match(r'(#.*\n)*\s*r?"""', text) is not None
    lines = [line for line in text.splitlines() if not line.startswith("#!")]
    return bool(lines) and lines[0].startswith(OPENINGS[path.suffix])


def named_files(path, text):
    """The files that the comments of a text name, each with the number of its line."""
    of_c = path.suffix in (".c", ".h", ".def")
    for comment in (C_COMMENT if of_c else HASH_COMMENT).finditer(text):
        for found in NAME.finditer(text, *comment.span(1)) if comment[1] else ():
            yield text.count("\n", 0, found.start()) + 1, found[1]


def exists(name, near):
    """By its path in sim/, in the tree or beside the comment; by its name alone anywhere."""
    if any(any(base.glob(name)) for base in (TREE / "sim", TREE, near)):
        return True
    return any(path.match(name) for path in ALL)


def untrue_quotes():
    """Blocks of C in the documentation that do not stand in the example, white space aside."""
    example = TREE / EXAMPLE
    words = " ".join(example.read_text().split()) if example.exists() else ""
    for page in sorted((TREE / "docs").rglob("*.md")):
        text = page.read_text()
        for quote in QUOTED_C.finditer(text):
            if " ".join(quote[1].split()) not in words:
                line = text.count("\n", 0, quote.start()) + 1
                yield f"{page.relative_to(TREE)}:{line}: this does not stand in {EXAMPLE}"


ALL = list(sources())


def main():
    if not ALL:
        yield f"no source was found in {TREE}"
    for path in ALL:
        text = path.read_text()
        where = path.relative_to(TREE)
        if text and not opens_with_comment(path, text):
            yield f"{where}: begins with no comment that says what it is for"
        for line, name in named_files(path, text):
            if not exists(name, path.parent):
                yield f"{where}:{line}: there is no {name}"
    yield from untrue_quotes()


breaches = list(main())
print(*breaches, sep="\n")
sys.exit(bool(breaches))
