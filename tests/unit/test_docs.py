"""Documents that list what the program has, held to the program."""

import re
from pathlib import Path

import pytest

from bot.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
HOUSE = DOCS.parent


def settings_table() -> str:
    """Return the table of all settings as `docs/settings.md` must hold it."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else str(field.default).replace(f"{HOUSE}/", "")
        rows.append(f"| `CHANGTONG_{name.upper()}` | `{default}` | {field.description} |")
    return "\n".join(("| variable | default | what it is |", "|---|---|---|", *rows))


def test_every_setting_is_documented_as_it_is() -> None:
    assert settings_table() in (DOCS / "settings.md").read_text("utf-8")


@pytest.mark.parametrize("document", ["threat-model.md", "telegram.md"])
def test_every_test_that_a_table_of_promises_names_is_there(document: str) -> None:
    text = (DOCS / document).read_text("utf-8")
    names = set(re.findall(r"`(?:[\w/]+\.py::)?(test_\w+)`", text)) - {"test_traces", "test_no_link"}
    assert len(names) > 15
    sources = "".join(path.read_text("utf-8") for path in (HOUSE / "tests").rglob("test_*.py"))
    assert [name for name in sorted(names) if f"def {name}(" not in sources] == []


def test_every_file_that_a_document_links_is_there() -> None:
    for document in [*HOUSE.glob("*.md"), *DOCS.rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8")):
            assert (document.parent / link).exists(), f"{document.name}: {link}"
