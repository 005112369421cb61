"""What stands inside the ciphertexts of a case: versioned JSON in UTF-8. Migrations never open it."""

import base64
import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from casework.case import CaseStatus, Entry, EntryKind, Part
from casework.report import Contact, FileRef, Report
from storage.errors import DatabaseNewer, Tampered

VERSION = 1


def shared_blob(report: Report | None, office_public_key: bytes) -> bytes:
    """Write the shared part: the report, and the public key under which a code holder seals for the office."""
    key = base64.b64encode(office_public_key).decode()
    return _write({"report": report.as_dict() if report else None, "office": key})


def read_shared(blob: bytes) -> tuple[Report | None, bytes]:
    data = _read(blob)
    report = Report.from_dict(data["report"]) if data["report"] else None
    return report, base64.b64decode(data["office"])


def office_blob(recusal: tuple[str, ...]) -> bytes:
    return _write({"recusal": recusal})


def read_office(blob: bytes) -> tuple[str, ...]:
    return tuple(_read(blob)["recusal"])


def contact_blob(contact: Contact) -> bytes:
    return _write({name: value for name, value in asdict(contact).items() if value})


def read_contact(blob: bytes) -> Contact:
    data = _read(blob)
    data.pop("v")
    return Contact(**data)


def entry_blob(entry: Entry) -> bytes:
    data = {name: value for name, value in asdict(entry).items() if value not in ("", None, (), {})}
    data["day"] = entry.day.isoformat()
    if entry.at is not None:
        data["at"] = entry.at.isoformat()
    return _write(data)


def read_entry(blob: bytes) -> Entry:
    data = _read(blob)
    data.pop("v")
    data["kind"], data["part"] = EntryKind(data["kind"]), Part(data["part"])
    data["day"] = date.fromisoformat(data["day"])
    data["at"] = datetime.fromisoformat(data["at"]) if "at" in data else None
    data["status"] = CaseStatus(data["status"]) if "status" in data else None
    data["files"] = tuple(FileRef(**file) for file in data.get("files", ()))
    return Entry(**data)


def _write(data: dict[str, Any]) -> bytes:
    text = json.dumps({"v": VERSION} | data, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _read(blob: bytes) -> dict[str, Any]:
    try:
        data: dict[str, Any] = json.loads(blob.decode("utf-8", "surrogatepass"))
    except ValueError as error:
        raise Tampered("case", "holds no blob") from error
    if data["v"] > VERSION:
        raise DatabaseNewer(f"blob version {data['v']}")
    return data
