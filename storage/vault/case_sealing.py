"""Turns a case into sealed rows, and back with a code or an unlocked office key.

Three parts with a random key each: `shared` (code and office), `office`, `contact` (office alone). A report on the
office's head is wrapped for the superior only; `CaseRow.recipient` says whose.
"""

from casework.case import Case
from casework.ports import OfficeKey
from casework.report import Contact
from storage.vault.case_rows import RecipientKey, SealedCase, SealedChange, StoredCase
from storage.vault.server_key import ServerKey


class CaseSealing:
    """Seals and opens whole cases; pure, no input or output."""

    def __init__(self, server_key: ServerKey) -> None:
        self._server_key = server_key

    def seal_new(self, case: Case, code: str, recipient: RecipientKey) -> SealedCase:
        """Seal a new case to `code` and `recipient` (which must be `case.row.recipient`, else `ValueError`)."""
        raise NotImplementedError

    def seal_changes(self, case: Case, recipient: RecipientKey) -> SealedChange:
        """Seal what an opened case has gained.

        By code, entries for the office and a contact are sealed blind to `recipient`.
        """
        raise NotImplementedError

    def open_by_code(self, stored: StoredCase, code: str) -> Case:
        """Open the shared part. Raises `Tampered`."""
        raise NotImplementedError

    def open_by_office(self, stored: StoredCase, key: OfficeKey) -> Case:
        """Open the shared and the office part. Raises `Tampered`, `KeyNotGranted`, `PasswordMustChange`."""
        raise NotImplementedError

    def open_contact(self, stored: StoredCase, key: OfficeKey) -> Contact | None:
        """Open the contact part, None when there is none. Raises as `open_by_office`."""
        raise NotImplementedError
