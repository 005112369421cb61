from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework import code as codes
from casework.case import Case, CaseId, CaseStatus, Entry, EntryKind, Part
from casework.report import Contact, FileRef, Mode, Occurred, Report, ReporterKind
from storage.errors import DatabaseNewer, KeyNotGranted, PasswordMustChange, Tampered
from storage.vault import blobs
from storage.vault.case_rows import CODE, OFFICE, SUPERIOR, RecipientKey, SealedCase
from storage.vault.case_sealing import CaseSealing, rewrap
from storage.vault.sealing import new_key, public_key_of
from storage.vault.server_key import ServerKey
from storage.vault.sessions import OperatorSession
from tests.unit.storage.vault.case_builders import CODE_TEXT, make_case, make_entry, make_report, stored

CONTACT = Contact(name="王芳", contact="13800000000", address="中山区")


@pytest.fixture
def cases(server_key: ServerKey) -> CaseSealing:
    return CaseSealing(server_key)


texts = st.text(max_size=60)
maybe = st.none() | texts
days = st.dates(min_value=date(2020, 1, 1))
files = st.builds(FileRef, id=texts, key=texts, name=texts, size=st.integers(0, 1 << 40), media_type=texts)
reports = st.builds(
    Report,
    language=st.sampled_from(["zh", "en"]),
    channel=texts,
    mode=st.sampled_from(Mode),
    reporter_kind=st.none() | st.sampled_from(ReporterKind),
    region=texts,
    accused_unit=maybe,
    accused_unit_id=maybe,
    accused_name=maybe,
    accused_post=maybe,
    level=texts,
    title=texts,
    category=texts,
    facts=st.text(max_size=400),
    occurred=st.none() | st.builds(Occurred, text=texts, start=maybe, end=maybe, precision=texts),
    place=maybe,
    matter=maybe,
    loss_yuan=st.none() | st.floats(0, 1e12),
    delay_days=st.none() | st.integers(0, 10_000),
    scope=maybe,
    files=st.lists(files, max_size=2).map(tuple),
    earlier_code_given=st.booleans(),
)
entries = st.builds(
    Entry,
    seq=st.integers(1, 1000),
    kind=st.sampled_from(EntryKind),
    part=st.sampled_from([Part.SHARED, Part.OFFICE]),
    author=st.sampled_from(["reporter", "office", "system"]),
    day=days,
    at=st.none() | st.datetimes(min_value=datetime(2020, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    status=st.none() | st.sampled_from(CaseStatus),
    text=texts,
    files=st.lists(files, max_size=2).map(tuple),
    data=st.dictionaries(texts, st.integers() | texts | st.booleans(), max_size=3),
)


def by_place(case: Case) -> list[Entry]:
    return sorted(case.entries, key=lambda entry: (entry.day, entry.seq, entry.part))


@settings(max_examples=40, deadline=None)
@given(
    report=st.none() | reports,
    history=st.lists(entries, max_size=4, unique_by=lambda e: (e.day, e.seq, e.part)),
    recusal=st.lists(texts, max_size=3).map(tuple),
)
def test_a_case_opens_as_it_was(report: Report | None, history: list[Entry], recusal: tuple[str, ...]) -> None:
    private = new_key()
    office = RecipientKey(recipient=OFFICE, version=1, public_key=public_key_of(private))
    cases = CaseSealing(ServerKey.generate())
    case = make_case(report=report, entries=tuple(history), recusal=recusal)
    rows = stored(cases.seal_new(case, CODE_TEXT, office))

    by_code = cases.open_by_code(rows, CODE_TEXT)
    assert by_code.report == report
    assert list(by_code.entries) == [entry for entry in by_place(case) if entry.part is Part.SHARED]
    assert by_code.recusal == ()

    session = OperatorSession(operator="li", role="handler", keys={(OFFICE, 1): private})
    by_office = cases.open_by_office(rows, session)
    assert (by_office.report, list(by_office.entries), by_office.recusal) == (report, by_place(case), recusal)
    assert by_office.contact is None


@pytest.fixture
def sealed(cases: CaseSealing, office: RecipientKey) -> SealedCase:
    return cases.seal_new(make_case(contact=CONTACT, recusal=("zhao",)), CODE_TEXT, office)


def test_the_code_opens_in_any_form_and_another_does_not(cases: CaseSealing, sealed: SealedCase) -> None:
    assert cases.open_by_code(stored(sealed), CODE_TEXT.lower().replace("-", "")).report == make_report()
    with pytest.raises(Tampered):
        cases.open_by_code(stored(sealed), codes.generate())


def test_rows_show_nothing_of_the_case(sealed: SealedCase) -> None:
    shown = repr(sealed) + "".join(
        repr(blob)
        for blob in (
            *(part.ciphertext for part in sealed.parts),
            *(entry.ciphertext for entry in sealed.entries),
            *(wrap.wrapped for wrap in sealed.wraps),
        )
    )
    for word in ("窗口", "办证", "王芳", "13800000000", "zhao", CODE_TEXT):
        assert word not in shown


def test_what_is_opened_does_not_show_its_keys(cases: CaseSealing, sealed: SealedCase) -> None:
    case = cases.open_by_code(stored(sealed), CODE_TEXT)
    assert repr(case.keys.shared) not in repr(case)
    assert "窗口" not in repr(case)


def test_the_contact_is_the_offices_alone(cases: CaseSealing, sealed: SealedCase, session: OperatorSession) -> None:
    rows = stored(sealed)
    assert cases.open_contact(rows, session) == CONTACT
    assert cases.open_by_code(rows, CODE_TEXT).contact is None
    assert {wrap.part for wrap in sealed.wraps if wrap.recipient == CODE} == {Part.SHARED}


def test_an_anonymous_case_has_no_contact(cases: CaseSealing, office: RecipientKey, session: OperatorSession) -> None:
    assert cases.open_contact(stored(cases.seal_new(make_case(), CODE_TEXT, office)), session) is None


def test_by_code_the_contact_is_replaced_unread(
    cases: CaseSealing, sealed: SealedCase, office: RecipientKey, session: OperatorSession
) -> None:
    case = cases.open_by_code(stored(sealed), CODE_TEXT)
    change = cases.seal_changes(replace(case, contact=Contact(name="new")), office)
    assert [part.part for part in change.parts] == [Part.CONTACT]
    assert cases.open_contact(stored(sealed, change), session) == Contact(name="new")


def test_by_code_only_what_is_new_is_sealed(
    cases: CaseSealing, sealed: SealedCase, office: RecipientKey, session: OperatorSession
) -> None:
    case = cases.open_by_code(stored(sealed), CODE_TEXT)
    more = replace(case, entries=(*case.entries, make_entry(2)))
    change = cases.seal_changes(more, office)
    assert (len(change.entries), change.parts, change.wraps, change.case_id) == (1, (), (), case.id)
    rows = stored(sealed, change)
    assert cases.open_by_code(rows, CODE_TEXT).entries == more.entries
    assert cases.open_by_office(rows, session).entries == more.entries


def test_by_code_the_office_is_told_what_the_code_cannot_read_again(
    cases: CaseSealing, sealed: SealedCase, office: RecipientKey, session: OperatorSession
) -> None:
    case = cases.open_by_code(stored(sealed), CODE_TEXT)
    note = make_entry(2, Part.OFFICE, text="watch 17")
    change = cases.seal_changes(replace(case, entries=(*case.entries, note)), office)
    rows = stored(sealed, change)
    assert cases.open_by_code(rows, CODE_TEXT).entries == case.entries
    assert note in cases.open_by_office(rows, session).entries


def test_the_office_adds_to_both_parts(
    cases: CaseSealing, sealed: SealedCase, office: RecipientKey, session: OperatorSession
) -> None:
    case = cases.open_by_office(stored(sealed), session)
    question, note = make_entry(2, kind=EntryKind.QUESTION), make_entry(3, Part.OFFICE, kind=EntryKind.NOTE)
    more = replace(case, entries=(*case.entries, question, note), recusal=("zhao", "qian"))
    change = cases.seal_changes(more, office)
    assert [part.part for part in change.parts] == [Part.OFFICE]
    rows = stored(sealed, change)
    assert cases.open_by_code(rows, CODE_TEXT).entries == (*case.entries, question)
    opened = cases.open_by_office(rows, session)
    assert (opened.entries, opened.recusal) == (more.entries, ("zhao", "qian"))


def test_a_corrected_report_is_sealed_anew(cases: CaseSealing, sealed: SealedCase, office: RecipientKey) -> None:
    case = cases.open_by_code(stored(sealed), CODE_TEXT)
    change = cases.seal_changes(replace(case, report=make_report(title="另一题")), office)
    assert [part.part for part in change.parts] == [Part.SHARED]
    corrected = cases.open_by_code(stored(sealed, change), CODE_TEXT).report
    assert corrected is not None
    assert corrected.title == "另一题"


def test_by_code_the_recusal_cannot_change(cases: CaseSealing, sealed: SealedCase, office: RecipientKey) -> None:
    case = cases.open_by_code(stored(sealed), CODE_TEXT)
    with pytest.raises(ValueError, match="recusal"):
        cases.seal_changes(replace(case, recusal=("sun",)), office)


def test_only_an_opened_case_is_saved(cases: CaseSealing, office: RecipientKey) -> None:
    with pytest.raises(ValueError, match="opened by the vault"):
        cases.seal_changes(make_case(), office)


def test_no_entry_stands_in_the_contact_part(cases: CaseSealing, office: RecipientKey) -> None:
    with pytest.raises(ValueError, match="shared or the office part"):
        cases.seal_new(make_case(entries=(make_entry(1, Part.CONTACT),)), CODE_TEXT, office)


def test_a_report_on_the_head_is_sealed_to_the_superior_only(
    cases: CaseSealing, office: RecipientKey, session: OperatorSession
) -> None:
    private = new_key()
    superior = RecipientKey(recipient=SUPERIOR, version=0, public_key=public_key_of(private))
    case = make_case(row=replace(make_case().row, recipient=SUPERIOR))
    with pytest.raises(ValueError, match="expected the key of superior"):
        cases.seal_new(case, CODE_TEXT, office)
    rows = stored(cases.seal_new(case, CODE_TEXT, superior))
    assert {wrap.recipient for wrap in rows.wraps} == {CODE, SUPERIOR}
    with pytest.raises(KeyNotGranted):
        cases.open_by_office(rows, session)
    above = OperatorSession(operator="above", role="handler", keys={(SUPERIOR, 0): private})
    assert cases.open_by_office(rows, above).report == case.report


def test_a_session_without_the_key_opens_nothing(cases: CaseSealing, sealed: SealedCase, office_private: bytes) -> None:
    for keys in ({}, {(OFFICE, 2): office_private}):
        with pytest.raises(KeyNotGranted):
            cases.open_by_office(stored(sealed), OperatorSession(operator="li", role="auditor", keys=keys))
    early = OperatorSession(operator="li", role="handler", must_set_password=True, keys={(OFFICE, 1): office_private})
    with pytest.raises(PasswordMustChange):
        cases.open_contact(stored(sealed), early)


def test_a_closed_session_opens_nothing(cases: CaseSealing, sealed: SealedCase, session: OperatorSession) -> None:
    session.close()
    with pytest.raises(KeyNotGranted):
        cases.open_by_office(stored(sealed), session)


def test_a_foreign_key_object_opens_nothing(cases: CaseSealing, sealed: SealedCase) -> None:
    class Foreign:
        operator = "li"

    with pytest.raises(KeyNotGranted):
        cases.open_by_office(stored(sealed), Foreign())


def test_parts_and_wraps_cannot_trade_places(
    cases: CaseSealing, sealed: SealedCase, session: OperatorSession, office: RecipientKey
) -> None:
    rows = stored(sealed)
    shared, office_part, *_ = rows.parts
    swapped = replace(
        rows, parts=(replace(office_part, part=Part.SHARED), replace(shared, part=Part.OFFICE), *rows.parts[2:])
    )
    with pytest.raises(Tampered):
        cases.open_by_office(swapped, session)
    moved = replace(rows, parts=(replace(shared, row_id=office_part.row_id), office_part))
    with pytest.raises(Tampered):
        cases.open_by_code(moved, CODE_TEXT)
    other_row = replace(rows, row=replace(rows.row, id=CaseId(b"d" * 16)))
    with pytest.raises(Tampered):
        cases.open_by_office(other_row, session)
    with pytest.raises(Tampered):
        cases.open_by_code(other_row, CODE_TEXT)


def test_an_entry_of_another_case_is_refused(cases: CaseSealing, sealed: SealedCase, office: RecipientKey) -> None:
    other = cases.seal_new(replace(make_case(), row=replace(make_case().row, id=CaseId(b"d" * 16))), CODE_TEXT, office)
    with pytest.raises(Tampered):
        cases.open_by_code(replace(stored(sealed), entries=other.entries), CODE_TEXT)


def test_every_changed_byte_of_a_part_is_refused(cases: CaseSealing, sealed: SealedCase) -> None:
    rows = stored(sealed)
    part, *rest = rows.parts
    for position in [*range(60), len(part.ciphertext) // 2, len(part.ciphertext) - 1]:
        changed = bytearray(part.ciphertext)
        changed[position] ^= 0x80
        with pytest.raises(Tampered):
            cases.open_by_code(replace(rows, parts=(replace(part, ciphertext=bytes(changed)), *rest)), CODE_TEXT)


@pytest.mark.parametrize("missing", ["parts", "wraps"])
def test_missing_rows_are_named(cases: CaseSealing, sealed: SealedCase, missing: str) -> None:
    rows = stored(sealed)
    rows = replace(rows, parts=()) if missing == "parts" else replace(rows, wraps=())
    with pytest.raises(Tampered, match=r"missing|no wrap"):
        cases.open_by_code(rows, CODE_TEXT)


def test_a_rotated_office_key_opens_and_the_old_one_does_not(
    cases: CaseSealing, sealed: SealedCase, session: OperatorSession
) -> None:
    private = new_key()
    newer = RecipientKey(recipient=OFFICE, version=2, public_key=public_key_of(private))
    rows = stored(sealed)
    wraps = tuple(
        rewrap(rows.row.id, wrap, session, newer) if wrap.recipient == OFFICE else wrap for wrap in rows.wraps
    )
    rows = replace(rows, wraps=wraps)
    new_session = OperatorSession(operator="li", role="handler", keys={(OFFICE, 2): private})
    assert cases.open_by_office(rows, new_session).recusal == ("zhao",)
    assert cases.open_contact(rows, new_session) == CONTACT
    with pytest.raises(KeyNotGranted):
        cases.open_by_office(rows, session)
    assert cases.open_by_code(rows, CODE_TEXT).report == make_report()


def test_only_directory_units_are_indexed(cases: CaseSealing, office: RecipientKey, server_key: ServerKey) -> None:
    listed = cases.seal_new(make_case(report=make_report(accused_unit_id="tax")), CODE_TEXT, office)
    free = cases.seal_new(make_case(report=make_report(accused_unit="a street office")), CODE_TEXT, office)
    message = cases.seal_new(make_case(report=None), CODE_TEXT, office)
    assert listed.unit_index == server_key.unit_index("tax")
    assert free.unit_index is message.unit_index is None
    assert (listed.lookup_id, listed.lookup_version) == (server_key.lookup_id(CODE_TEXT), 1)


def test_sizes_tell_steps_only(cases: CaseSealing, office: RecipientKey) -> None:
    def sizes(facts: str) -> list[int]:
        sealed = cases.seal_new(make_case(report=make_report(facts=facts)), CODE_TEXT, office)
        return [*(len(part.ciphertext) for part in sealed.parts), *(len(entry.ciphertext) for entry in sealed.entries)]

    assert sizes("短") == sizes("长" * 150)
    assert sizes("长" * 3000)[0] == 16384 + 49


def test_a_report_of_a_kilobyte_takes_far_less_than_six(cases: CaseSealing, office: RecipientKey) -> None:
    report = make_report(facts="事" * 333, accused_unit="某某街道办事处", occurred=Occurred(text="上周三"))
    sealed = cases.seal_new(make_case(report=report), CODE_TEXT, office)
    size = sum(len(part.ciphertext) + 16 for part in sealed.parts)
    size += sum(len(entry.ciphertext) + 16 for entry in sealed.entries)
    assert size + sum(len(wrap.wrapped) + 16 for wrap in sealed.wraps) < 4000


def test_a_lone_surrogate_from_a_client_survives(cases: CaseSealing, office: RecipientKey) -> None:
    sealed = cases.seal_new(make_case(report=make_report(facts="a\ud800b")), CODE_TEXT, office)
    report = cases.open_by_code(stored(sealed), CODE_TEXT).report
    assert report is not None
    assert report.facts == "a\ud800b"


def test_a_blob_of_a_newer_program_is_named() -> None:
    with pytest.raises(DatabaseNewer, match="blob version 2"):
        blobs.read_office(b'{"v":2,"recusal":[]}')
    with pytest.raises(Tampered, match="holds no blob"):
        blobs.read_office(b"\xff")
