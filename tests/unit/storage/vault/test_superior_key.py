import base64
from dataclasses import replace

import pytest

from storage.errors import KeyNotGranted, RecoveryRefused
from storage.vault.case_rows import SUPERIOR, RecipientKey
from storage.vault.case_sealing import CaseSealing
from storage.vault.server_key import ServerKey
from storage.vault.superior_key import VERSION, new_superior_key, superior_session
from tests.unit.storage.vault.case_builders import CODE_TEXT, make_case, stored


def test_the_superior_opens_what_the_profile_sealed_to_them(server_key: ServerKey) -> None:
    key = new_superior_key()
    public_key = base64.b64decode(key.public_key)
    recipient = RecipientKey(recipient=SUPERIOR, version=VERSION, public_key=public_key)
    case = make_case(row=replace(make_case().row, recipient=SUPERIOR))
    rows = stored(CaseSealing(server_key).seal_new(case, CODE_TEXT, recipient))
    session = superior_session("above", key.private_key.lower().replace("-", " "), public_key)
    assert CaseSealing(server_key).open_by_office(rows, session).report == case.report
    assert key.private_key not in repr(key)


def test_another_key_is_refused() -> None:
    key, other = new_superior_key(), new_superior_key()
    for public_key in (None, base64.b64decode(other.public_key)):
        with pytest.raises(KeyNotGranted, match="superior"):
            superior_session("above", key.private_key, public_key)
    with pytest.raises(RecoveryRefused):
        superior_session("above", key.private_key[:-1], base64.b64decode(key.public_key))
