"""Word, Excel and PowerPoint documents: without properties, authors, edit marks and thumbnails; pictures cleaned."""

import posixpath
import re
from typing import Final

from lxml import etree

from storage.cleaning.embedded import clean_embedded
from storage.cleaning.values import Cleaned, CleaningRefused, Limits, Refusal, Removed
from storage.cleaning.xml import drop, local, parsed, written
from storage.cleaning.zipped import has_tail, parts_of, zipped

_MEDIA_TYPES: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_DROPPED: Final = (
    (re.compile(r"docProps/thumbnail\..*"), Removed.THUMBNAIL),
    (re.compile(r"docProps/.*"), Removed.PROPERTIES),
    (re.compile(r"customXml/.*"), Removed.PROPERTIES),
    (re.compile(r"(?:word/people|xl/persons/.*|ppt/authors)\.xml|xl/persons/.*"), Removed.COMMENTERS),
    (re.compile(r".*/printerSettings/.*"), Removed.DEVICE),
    (re.compile(r"xl/revisions/.*|xl/userNames\.xml"), Removed.HISTORY),
    (re.compile(r".*/embeddings/.*|.*/activeX/.*"), Removed.ATTACHED),
    (re.compile(r"_xmlsignatures/.*|package/services/metadata/.*"), Removed.PROPERTIES),
)
_MACROS: Final = re.compile(r".*(?:vbaProject|vbaData)[^/]*\.(?:bin|xml)$")
_AUTHORS: Final = frozenset(
    {"author", "initials", "userName", "userId", "providerId", "displayName", "lastModifiedBy", "lastEdited"}
)
_NAMED: Final = frozenset({"cmAuthor", "author"})
_DATES: Final = frozenset({"date", "dateUtc", "dt", "createdAt", "modified"})
_ELEMENTS: Final = {
    "rsids": Removed.EDIT_MARKS,
    "docVars": Removed.PROPERTIES,
    "attachedTemplate": Removed.PROPERTIES,
    "fileSharing": Removed.AUTHOR,
    "absPath": Removed.PROPERTIES,
    "documentProtection": Removed.PROPERTIES,
    "creationId": Removed.EDIT_MARKS,
    "docId": Removed.EDIT_MARKS,
    "revisionPtr": Removed.EDIT_MARKS,
}
_RSID: Final = re.compile(r"rsid\w*")
_PARA: Final = frozenset({"paraId", "textId", "durableId", "uid"})


def clean_office(data: bytes, kind: str, limits: Limits) -> Cleaned:
    """Clean a document of the Office kinds. Raises `CleaningRefused`: bomb, locked, damaged, with macros."""
    parts, removed = parts_of(data, limits), set[Removed]()
    if any(_MACROS.fullmatch(name) for name in parts):
        raise CleaningRefused(Refusal.MACROS)
    if has_tail(data):
        removed.add(Removed.APPENDED)
    gone = {name for name in parts if _is_dropped(name, removed)}
    cleaned = {name: _part(name, part, gone, limits, removed) for name, part in parts.items() if name not in gone}
    return Cleaned(data=zipped(cleaned), media_type=_MEDIA_TYPES[kind], ending=f".{kind}", removed=frozenset(removed))


def _is_dropped(name: str, removed: set[Removed]) -> bool:
    what = next((what for pattern, what in _DROPPED if pattern.fullmatch(name)), None)
    if what is not None:
        removed.add(what)
    return what is not None


def _part(name: str, data: bytes, gone: set[str], limits: Limits, removed: set[Removed]) -> bytes:
    if "/media/" in name:
        return clean_embedded(data, limits, removed)
    if not name.endswith((".xml", ".rels", ".vml")):
        return data
    if name.endswith(".vml"):
        return data
    root = parsed(data)
    if name == "[Content_Types].xml":
        _without_parts(root, gone)
    elif name.endswith(".rels"):
        _without_targets(root, name, gone)
    else:
        _without_people(root, removed)
    return written(root)


def _without_parts(root: etree._Element, gone: set[str]) -> None:
    for entry in list(root):
        if (entry.get("PartName") or "").lstrip("/") in gone:
            drop(entry)


def _without_targets(root: etree._Element, name: str, gone: set[str]) -> None:
    folder = posixpath.dirname(posixpath.dirname(name))
    for entry in list(root):
        target = entry.get("Target") or ""
        inside = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        if entry.get("TargetMode") != "External" and inside in gone:
            drop(entry)
        elif entry.get("TargetMode") == "External" and target.lower().startswith(("file:", "\\\\", "c:", "d:")):
            entry.set("Target", "about:blank")


def _without_people(root: etree._Element, removed: set[Removed]) -> None:
    for element in list(root.iter()):
        name = local(element.tag)
        if name in _ELEMENTS:
            removed.add(_ELEMENTS[name])
            drop(element)
            continue
        if name == "author" and element.text:
            element.text = ""
            removed.add(Removed.COMMENTERS)
        for attribute in list(element.attrib):
            _without(element, str(attribute), removed)


def _without(element: etree._Element, attribute: str, removed: set[Removed]) -> None:
    """Empty or drop an attribute that tells who or when; comments need an author, if an empty one."""
    name, of = local(attribute), local(element.tag)
    if _RSID.fullmatch(name) or (name in _PARA and "}" in attribute):
        del element.attrib[attribute]
        removed.add(Removed.EDIT_MARKS)
    elif (name in _AUTHORS or (name == "name" and of in _NAMED)) and element.get(attribute):
        element.set(attribute, "")
        removed.add(Removed.COMMENTERS)
    elif name in _DATES and of not in ("dt", "bookViews") and "T" in (element.get(attribute) or ""):
        del element.attrib[attribute]
        removed.add(Removed.TIME)
