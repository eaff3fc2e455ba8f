"""docs/operations.md says what this program does."""

from operations_page import PAGE, operations, page, section
from simulator import BINARY


def test_the_page_is_of_this_program():
    wanted = page(operations(BINARY))
    renew = "python3 client-tests/python/operations_page.py build/debug/amisim"
    assert PAGE.read_text() == wanted, f"docs/operations.md is behind: {renew}"


def test_a_section():
    declared = {
        "service": "ec2",
        "name": "MakeThing",
        "dry_run": False,
        "effects": "a thing",
        "errors": "NoThing BadThing",
        "parameters": [
            {"name": "Name", "type": "string", "required": True},
            {
                "name": "Part",
                "type": "list",
                "members": [
                    {"name": "Size", "type": "integer"},
                    {"name": "Colour", "type": "string", "refused": True, "why": "all are grey"},
                ],
            },
            {"name": "Shade", "type": "string", "refused": True, "why": "all are grey"},
            {"name": "Hint", "type": "strings", "ignored": True, "why": "AWS ignores it, too"},
            {"name": "Filter", "type": "list", "members": [{"name": "Name", "type": "string"}]},
        ],
    }
    assert list(section(declared)) == [
        "### MakeThing",
        "",
        "- Effect: a thing.",
        "- Takes `Name*`, `Part[].Size`, `Filter[]`.",
        "- Refuses `Part[].Colour`, `Shade`: all are grey.",
        "- Ignores `Hint[]`: AWS ignores it, too.",
        "- Has no DryRun.",
        "- Answers with `NoThing`, `BadThing`.",
        "",
    ]
