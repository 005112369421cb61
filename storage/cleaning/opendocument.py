"""OpenDocument texts, tables and presentations: without meta data, settings, authors, edit marks and thumbnails."""

import re
from typing import Final

from lxml import etree

from storage.cleaning.embedded import clean_embedded
from storage.cleaning.values import Cleaned, CleaningRefused, Limits, Refusal, Removed
from storage.cleaning.xml import drop, local, parsed, written
from storage.cleaning.zipped import has_tail, parts_of, zipped

_MEDIA_TYPES: Final = {
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
_DROPPED: Final = (
    (re.compile(r"Thumbnails/.*"), Removed.THUMBNAIL),
    (re.compile(r"(?:.*/)?meta\.xml|(?:.*/)?manifest\.rdf|META-INF/documentsignatures\.xml"), Removed.PROPERTIES),
    (re.compile(r"(?:.*/)?settings\.xml"), Removed.DEVICE),
    (re.compile(r"layout-cache|Configurations2/.*|Versions/.*|VersionList\.xml"), Removed.HISTORY),
    (re.compile(r"Object \d+|Object \d+/.*|ObjectReplacements/.*"), Removed.ATTACHED),
)
_SCRIPTS: Final = re.compile(r"(?:Basic|Scripts)/.*")
_PEOPLE: Final = {
    "creator": Removed.COMMENTERS,
    "sender-initials": Removed.COMMENTERS,
    "creator-initials": Removed.COMMENTERS,
    "date": Removed.TIME,
}
_FIELDS: Final = re.compile(
    r"author-name|author-initials|sender-.*|initial-creator|printed-by|creation-(?:date|time)|modification-(?:date|"
    r"time)|print-(?:date|time)|file-name"
)


def clean_opendocument(data: bytes, kind: str, limits: Limits) -> Cleaned:
    """Clean a document of the OpenDocument kinds. Raises `CleaningRefused`: bomb, locked, damaged, with scripts."""
    parts, removed = parts_of(data, limits), set[Removed]()
    if any(_SCRIPTS.fullmatch(name) and not name.endswith((".xlc", ".xlb")) for name in parts):
        raise CleaningRefused(Refusal.MACROS)
    if has_tail(data):
        removed.add(Removed.APPENDED)
    gone = {name for name in parts if _is_dropped(name, removed)}
    cleaned = {name: _part(name, part, gone, limits, removed) for name, part in parts.items() if name not in gone}
    whole = zipped(cleaned, plain=frozenset({"mimetype"}))
    return Cleaned(data=whole, media_type=_MEDIA_TYPES[kind], ending=f".{kind}", removed=frozenset(removed))


def _is_dropped(name: str, removed: set[Removed]) -> bool:
    what = next((what for pattern, what in _DROPPED if pattern.fullmatch(name)), None)
    if what is not None:
        removed.add(what)
    return what is not None


def _part(name: str, data: bytes, gone: set[str], limits: Limits, removed: set[Removed]) -> bytes:
    if name.startswith(("Pictures/", "media/")):
        return clean_embedded(data, limits, removed)
    if not name.endswith(".xml") or name == "mimetype":
        return data
    root = parsed(data)
    if name == "META-INF/manifest.xml":
        for entry in list(root):
            path = next((v for k, v in entry.attrib.items() if local(k) == "full-path"), "")
            if any(local(child.tag) == "encryption-data" for child in entry):
                raise CleaningRefused(Refusal.LOCKED)
            if path in gone or path.startswith(("Thumbnails", "Configurations2")):
                drop(entry)
    else:
        _without_people(root, removed)
    return written(root)


def _without_people(root: etree._Element, removed: set[Removed]) -> None:
    for element in list(root.iter()):
        name = local(element.tag)
        if name in _PEOPLE and local(element.getparent().tag if element.getparent() is not None else "") != "styles":
            removed.add(_PEOPLE[name])
            drop(element)
            continue
        if _FIELDS.fullmatch(name) and element.text:
            element.text = ""
            removed.add(Removed.AUTHOR)
        for attribute in list(element.attrib):
            if "rsid" in local(attribute):
                del element.attrib[attribute]
                removed.add(Removed.EDIT_MARKS)
