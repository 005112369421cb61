"""Turns a case into sealed rows, and back with a code or an unlocked office key.

Three parts with a random key each: `shared` (code and office), `office`, `contact` (office alone). A report on the
office's head is wrapped for the superior only; `CaseRow.recipient` says whose. The key of the office part is also an
X25519 private key whose public half stands in the shared part: so a code holder can add what only the office reads,
and a rotation of the office's key has nothing but wraps to renew.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from casework.case import Case, CaseId, Entry, Part
from casework.ports import OfficeKey
from casework.report import Contact, Report
from storage.errors import Tampered
from storage.vault import blobs
from storage.vault.case_rows import (
    CODE,
    RecipientKey,
    SealedCase,
    SealedChange,
    SealedEntry,
    SealedPart,
    StoredCase,
    Wrap,
)
from storage.vault.code_keys import wrapping_key
from storage.vault.sealing import (
    BOX,
    derive,
    message_size,
    new_key,
    new_row_id,
    open_box,
    open_sealed,
    pad,
    public_key_of,
    report_size,
    seal,
    seal_box,
    unpad,
)
from storage.vault.server_key import ServerKey
from storage.vault.sessions import OperatorSession, require_session

_STEP = {Part.SHARED: report_size, Part.OFFICE: message_size, Part.CONTACT: message_size}


@dataclass(frozen=True, kw_only=True)
class CaseKeys:
    """What `Case.keys` holds of an opened case: part keys, and what is sealed already. Never leaves memory."""

    shared: bytes = field(repr=False)
    office: bytes | None = field(default=None, repr=False)
    office_public: bytes = field(repr=False)
    report: Report | None = field(repr=False)
    recusal: tuple[str, ...] = field(default=(), repr=False)
    sealed: frozenset[tuple[Part, int]] = frozenset()


class CaseSealing:
    """Seals and opens whole cases; pure, no input or output."""

    def __init__(self, server_key: ServerKey) -> None:
        self._server_key = server_key

    def seal_new(self, case: Case, code: str, recipient: RecipientKey) -> SealedCase:
        """Seal a new case to `code` and `recipient` (which must be `case.row.recipient`, else `ValueError`)."""
        _require_recipient(case, recipient)
        keys = _new_keys(case)
        parts = [_seal_shared(case, keys), _seal_office(case, keys.office or b"")]
        wraps = [_wrap_for_code(case.id, keys.shared, code, self._server_key.lookup_version)]
        wraps += _wraps_for_recipient(case.id, keys, recipient)
        if case.contact is not None:
            part, wrap = _seal_contact(case.id, case.contact, recipient)
            parts.append(part)
            wraps.append(wrap)
        return SealedCase(
            row=case.row,
            lookup_id=self._server_key.lookup_id(code),
            lookup_version=self._server_key.lookup_version,
            unit_index=self._unit_index(case),
            parts=tuple(parts),
            entries=tuple(_seal_entry(entry, keys) for entry in case.entries),
            wraps=tuple(wraps),
        )

    def seal_changes(self, case: Case, recipient: RecipientKey) -> SealedChange:
        """Seal what an opened case has gained.

        By code, entries for the office and a contact are sealed blind: the code opens neither again. Raises
        `ValueError` for a case that was not opened here, or when by code `recusal` is changed.
        """
        _require_recipient(case, recipient)
        keys = _keys_of(case)
        parts, wraps = _changed_parts(case, keys), []
        if case.contact is not None:
            part, wrap = _seal_contact(case.id, case.contact, recipient)
            parts.append(part)
            wraps.append(wrap)
        new = [entry for entry in case.entries if (entry.part, entry.seq) not in keys.sealed]
        entries = tuple(_seal_entry(entry, keys) for entry in new)
        return SealedChange(row=case.row, parts=tuple(parts), entries=entries, wraps=tuple(wraps))

    def open_by_code(self, stored: StoredCase, code: str) -> Case:
        """Open the shared part. Raises `Tampered`."""
        wrap = _wrap_of(stored, Part.SHARED, CODE)
        shared = open_sealed(wrapping_key(code), _wrap_label(Part.SHARED), stored.row.id, wrap.wrapped)
        return _opened(stored, shared, None)

    def with_code(self, case_id: CaseId, wrap: Wrap, code: str, fresh: str) -> Wrap:
        """Return the shared part's wrap for another code. Raises `Tampered` when `code` does not open it."""
        shared = open_sealed(wrapping_key(code), _wrap_label(Part.SHARED), case_id, wrap.wrapped)
        return _wrap_for_code(case_id, shared, fresh, self._server_key.lookup_version)

    def open_by_office(self, stored: StoredCase, key: OfficeKey) -> Case:
        """Open the shared and the office part. Raises `Tampered`, `KeyNotGranted`, `PasswordMustChange`."""
        session = require_session(key)
        shared = _unwrap(stored, Part.SHARED, session)
        return _opened(stored, shared, _unwrap(stored, Part.OFFICE, session))

    def open_contact(self, stored: StoredCase, key: OfficeKey) -> Contact | None:
        """Open the contact part, None when there is none. Raises as `open_by_office`."""
        session = require_session(key)
        part = _part_of(stored, Part.CONTACT)
        if part is None:
            return None
        return blobs.read_contact(_open_part(part, _unwrap(stored, Part.CONTACT, session)))

    def _unit_index(self, case: Case) -> bytes | None:
        unit_id = case.report.accused_unit_id if case.report else None
        return self._server_key.unit_index(unit_id) if unit_id else None


def rewrap(case_id: CaseId, wrap: Wrap, key: OfficeKey, recipient: RecipientKey) -> Wrap:
    """Return `wrap` for another public key: a rotation, or a transfer. Raises as `CaseSealing.open_by_office`."""
    session = require_session(key)
    part_key = session.open_box(wrap.recipient, wrap.key_version, _wrap_label(wrap.part), case_id, wrap.wrapped)
    return _wrap_for(case_id, wrap.part, part_key, recipient)


def _require_recipient(case: Case, recipient: RecipientKey) -> None:
    if recipient.recipient != case.row.recipient:
        raise ValueError(f"expected the key of {case.row.recipient}, got that of {recipient.recipient}")


def _new_keys(case: Case) -> CaseKeys:
    office = new_key()
    return CaseKeys(
        shared=new_key(), office=office, office_public=public_key_of(office), report=case.report, recusal=case.recusal
    )


def _keys_of(case: Case) -> CaseKeys:
    if not isinstance(case.keys, CaseKeys):
        raise ValueError("expected a case that was opened by the vault")  # noqa: TRY004 - a value, not a type, is wrong
    return case.keys


def _changed_parts(case: Case, keys: CaseKeys) -> list[SealedPart]:
    parts = []
    if case.report != keys.report:
        parts.append(_seal_shared(case, keys))
    if case.recusal != keys.recusal:
        if keys.office is None:
            raise ValueError("expected a case opened by the office: a code cannot change the recusal")
        parts.append(_seal_office(case, keys.office))
    return parts


def _seal_shared(case: Case, keys: CaseKeys) -> SealedPart:
    return _seal_part(Part.SHARED, keys.shared, blobs.shared_blob(case.report, keys.office_public))


def _seal_office(case: Case, office_key: bytes) -> SealedPart:
    return _seal_part(Part.OFFICE, _office_aead(office_key), blobs.office_blob(case.recusal))


def _seal_contact(case_id: CaseId, contact: Contact, recipient: RecipientKey) -> tuple[SealedPart, Wrap]:
    key = new_key()
    part = _seal_part(Part.CONTACT, key, blobs.contact_blob(contact))
    return part, _wrap_for(case_id, Part.CONTACT, key, recipient)


def _seal_part(part: Part, key: bytes, blob: bytes) -> SealedPart:
    row_id = new_row_id()
    return SealedPart(part=part, row_id=row_id, ciphertext=seal(key, _label(part), row_id, pad(blob, _STEP[part])))


def _open_part(part: SealedPart, key: bytes) -> bytes:
    label = _label(part.part)
    return unpad(open_sealed(key, label, part.row_id, part.ciphertext), label)


def _seal_entry(entry: Entry, keys: CaseKeys) -> SealedEntry:
    row_id, label = new_row_id(), _entry_label(entry.part)
    blob = pad(blobs.entry_blob(entry), message_size)
    if entry.part is Part.SHARED:
        ciphertext = seal(keys.shared, label, row_id, blob)
    elif entry.part is Part.CONTACT:
        raise ValueError("expected an entry of the shared or the office part")
    elif keys.office is not None:
        ciphertext = seal(_office_aead(keys.office), label, row_id, blob)
    else:
        ciphertext = seal_box(keys.office_public, label, row_id, blob)
    return SealedEntry(part=entry.part, row_id=row_id, ciphertext=ciphertext)


def _open_entry(entry: SealedEntry, shared: bytes, office: bytes) -> Entry:
    label = _entry_label(entry.part)
    if entry.part is Part.OFFICE and entry.ciphertext[:1] == bytes([BOX]):
        padded = open_box(office, label, entry.row_id, entry.ciphertext)
    else:
        key = shared if entry.part is Part.SHARED else _office_aead(office)
        padded = open_sealed(key, label, entry.row_id, entry.ciphertext)
    return blobs.read_entry(unpad(padded, label))


def _opened(stored: StoredCase, shared: bytes, office: bytes | None) -> Case:
    report, office_public = blobs.read_shared(_open_part(_require_part(stored, Part.SHARED), shared))
    recusal: tuple[str, ...] = ()
    if office is not None:
        recusal = blobs.read_office(_open_part(_require_part(stored, Part.OFFICE), _office_aead(office)))
    readable = [e for e in stored.entries if e.part is Part.SHARED or (office is not None and e.part is Part.OFFICE)]
    entries = _in_order(_open_entry(entry, shared, office or b"") for entry in readable)
    keys = CaseKeys(
        shared=shared,
        office=office,
        office_public=office_public,
        report=report,
        recusal=recusal,
        sealed=frozenset((entry.part, entry.seq) for entry in entries),
    )
    return Case(row=stored.row, report=report, entries=entries, recusal=recusal, keys=keys)


def _in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Sort by day, then by number: shared and office entries are numbered apart when a code holder adds them."""
    return tuple(sorted(entries, key=lambda entry: (entry.day, entry.seq, entry.part)))


def _wrap_for_code(case_id: CaseId, shared: bytes, code: str, version: int) -> Wrap:
    wrapped = seal(wrapping_key(code), _wrap_label(Part.SHARED), case_id, shared)
    return Wrap(part=Part.SHARED, recipient=CODE, key_version=version, wrapped=wrapped)


def _wraps_for_recipient(case_id: CaseId, keys: CaseKeys, recipient: RecipientKey) -> list[Wrap]:
    parts = ((Part.SHARED, keys.shared), (Part.OFFICE, keys.office or b""))
    return [_wrap_for(case_id, part, key, recipient) for part, key in parts]


def _wrap_for(case_id: CaseId, part: Part, key: bytes, recipient: RecipientKey) -> Wrap:
    wrapped = seal_box(recipient.public_key, _wrap_label(part), case_id, key)
    return Wrap(part=part, recipient=recipient.recipient, key_version=recipient.version, wrapped=wrapped)


def _unwrap(stored: StoredCase, part: Part, session: OperatorSession) -> bytes:
    wrap = _wrap_of(stored, part, stored.row.recipient)
    return session.open_box(wrap.recipient, wrap.key_version, _wrap_label(part), stored.row.id, wrap.wrapped)


def _wrap_of(stored: StoredCase, part: Part, recipient: str) -> Wrap:
    for wrap in stored.wraps:
        if wrap.part is part and wrap.recipient == recipient:
            return wrap
    raise Tampered(_wrap_label(part), f"has no wrap for {recipient}")


def _part_of(stored: StoredCase, part: Part) -> SealedPart | None:
    return next((sealed for sealed in stored.parts if sealed.part is part), None)


def _require_part(stored: StoredCase, part: Part) -> SealedPart:
    sealed = _part_of(stored, part)
    if sealed is None:
        raise Tampered(_label(part), "is missing")
    return sealed


def _office_aead(office_key: bytes) -> bytes:
    return derive(office_key, "case.office.aead")


def _label(part: Part) -> str:
    return f"case.{part}.v1"


def _entry_label(part: Part) -> str:
    return f"case.{part}.entry.v1"


def _wrap_label(part: Part) -> str:
    return f"case.{part}.wrap.v1"
