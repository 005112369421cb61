"""Reads and writes the XML of documents; no entity, no network, no external part."""

from lxml import etree

from storage.cleaning.values import CleaningRefused, Refusal


def parsed(data: bytes) -> etree._Element:
    """Return the root. Raises `CleaningRefused` for what is no XML, or declares entities."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise CleaningRefused(Refusal.DAMAGED) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise CleaningRefused(Refusal.DAMAGED)
    return root


def written(root: etree._Element) -> bytes:
    """Return the document as bytes."""
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return data


def local(name: object) -> str:
    """Return a tag's or an attribute's name without its namespace."""
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def drop(element: etree._Element) -> None:
    """Take an element out, keeping the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
