"""Cases at the desk: from receipt to review, refused forms, concurrent edits, links, transfer, evidence, search."""

import asyncio
import base64
import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from casework import office as desk
from casework.case import CaseId
from casework.code import CodeFinding
from casework.entering import EntryChannel, enter
from casework.errors import CodeUnknown, Conflict
from casework.ports import PersonKey
from casework.report import FileRef, Mode
from casework.submitting import send_message
from casework.turn import Turn, current_turn
from casework.watching import watch
from casework.way_back import CaseView, open_by_code, request_review
from console import DeskOptions, create_desk
from console.pages import entering
from storage.unit_of_work import work_factory
from storage.vault.superior_key import new_superior_key, superior_session
from tests.support.desk import Office

PERSON = PersonKey(b"p" * 32)


def case_id(digits: str) -> CaseId:
    return CaseId(bytes.fromhex(digits))


async def by_code(office: Office, code: str, *, review: str = "") -> CaseView:
    """Come back with a code, as a reporter would."""
    async with office.store.work() as work:
        turn = Turn(work=work, person=PERSON, successor=PERSON, channel="web", message_id="1")
        token = current_turn.set(turn)
        try:
            finding = CodeFinding(kind="valid", code=code, start=0, end=len(code))
            view = await open_by_code(office.services, finding)
            if review:
                view = await request_review(office.services, review)
            await work.commit()
        finally:
            current_turn.reset(token)
    return view


async def test_a_case_from_receipt_to_review(office: Office) -> None:
    submitted = await office.submit()
    case = submitted.row.id.hex()
    first, handler = await office.seated("second"), await office.seated("handler")
    assert (await handler.get(f"/cases/{case}")).status_code == 403
    assert "assigned" in (await first.act(case, "assign", to="handler")).headers["location"]
    assert (await handler.act(case, "step", target="accepted", text="In hand.")).status_code == 303
    proposed = await handler.act(case, "step", target="assessing", disposition="preliminary_verification")
    assert proposed.headers["location"].endswith("done=needs_approval")
    assert (await handler.post(f"/cases/{case}/approve")).status_code == 403
    page = await first.get(f"/cases/{case}")
    assert "Proposed by handler" in page.text
    assert (await first.act(case, "approve")).status_code == 303
    page = await first.get(f"/cases/{case}")  # what the reporter was told, and beside it what they were not
    assert re.search(
        r'class="beside"><span class="tag">\(office only\)</span>[^\n]*Preliminary verification', page.text
    )
    await handler.act(case, "step", target="concluded", outcome="substantiated", text="Put right.")
    await first.act(case, "approve")
    view = await by_code(office, submitted.code, review="It was not put right")
    assert view.status == "reopen_requested"
    page = await handler.get(f"/cases/{case}")
    assert "It was not put right" in page.text
    assert "Grant the review" in page.text
    assert (await handler.act(case, "step", target="reopened", reason="New facts")).status_code == 303


async def test_buttons_are_those_of_the_table(office: Office, case: str) -> None:
    browser = await office.seated("second")
    page = await browser.get(f"/cases/{case}")
    shown = set(re.findall(r'name="target" value="(\w+)"', page.text))
    opened = await desk.open_case(office.services, office.founder, case_id(case))
    assert shown == {str(step.target) for step in opened.steps if step.says is None}
    assert "There is no step for you now" not in page.text
    assert '<button class="primary">Do not accept</button>' in page.text
    assert "Reason (told to the reporter)" in page.text
    refused = await browser.act(case, "step", target="concluded", outcome="cleared", text="x")
    assert refused.status_code == 409


@pytest.mark.parametrize(
    ("form", "needed"),
    [
        ({"target": "not_accepted", "channel": "court"}, "A reason is needed"),
        ({"target": "not_accepted", "reason": "why not"}, "Choose where the matter belongs"),
        ({"target": "transferred"}, "Say to whom"),
    ],
)
async def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    office: Office, case: str, form: dict[str, str], needed: str
) -> None:
    browser = await office.seated("second")
    again = await browser.act(case, "step", **form)
    assert needed in again.text
    if "reason" in form:
        assert "why not" in again.text


async def test_two_at_once_are_told(office: Office, case: str) -> None:
    one, two = await office.seated("second"), await office.seated("second")
    page = await one.get(f"/cases/{case}")
    seen = re.search(r'name="seen" value="(\d+)"', page.text)
    assert seen is not None
    await two.act(case, "step", target="accepted")
    late = await one.post(f"/cases/{case}/assign", {"seen": seen[1], "to": "handler"})
    assert late.status_code == 409
    kept = await one.post(f"/cases/{case}/ask", {"seen": seen[1], "text": "Which <window> was it?"})
    assert kept.status_code == 409
    assert "yours was not saved" in kept.text
    assert kept.text.count("Which &lt;window&gt; was it?") == 2  # beside the news, and in its box again
    assert f'name="to" value="/desk/cases/{case}"' in kept.text  # the other language shows the case
    fresh = re.search(r'name="seen" value="(\d+)"', kept.text)
    assert fresh is not None
    sent = await one.post(f"/cases/{case}/ask", {"seen": fresh[1], "text": "Which window was it?"})
    assert sent.headers["location"] == f"/desk/cases/{case}?done=asked"
    assert "Somebody else has just changed this" in late.text


async def test_the_contact_needs_a_reason_and_is_recorded(office: Office, case: str) -> None:
    browser = await office.seated("second")
    assert "13900000000" not in (await browser.get(f"/cases/{case}")).text
    without = await browser.act(case, "contact", reason=" ")
    assert "A reason is needed" in without.text
    assert "13900000000" not in without.text
    shown = await browser.act(case, "contact", reason="to ask for the date")
    assert "13900000000" in shown.text
    assert "13900000000" not in (await browser.get(f"/cases/{case}")).text
    async with office.store.work() as work:
        entries = await work.trail.entries()
    assert any((it.act, it.detail) == ("contact", "to ask for the date") for it in entries)


async def test_an_anonymous_case_has_no_contact_to_uncover(office: Office) -> None:
    case = (await office.submit(mode=Mode.ANONYMOUS)).row.id.hex()
    assert "Uncover" not in (await (await office.seated("second")).get(f"/cases/{case}")).text


async def test_who_wishes_to_be_told_of_news_is_seen_in_words(office: Office) -> None:
    submitted = await office.submit()
    async with office.store.work() as work:
        turn = Turn(work=work, person=PERSON, successor=PERSON, channel="telegram", address="1/2", message_id="1")
        token = current_turn.set(turn)
        try:
            finding = CodeFinding(kind="valid", code=submitted.code, start=0, end=len(submitted.code))
            await open_by_code(office.services, finding)
            assert await watch(office.services, "en") is not None
            await work.commit()
        finally:
            current_turn.reset(token)
    page = await (await office.seated("second")).get(f"/cases/{submitted.row.id.hex()}")
    assert "Wishes to be told of news" in page.text
    assert "<strong>Note</strong>" not in page.text


async def test_priority_needs_a_reason_and_retaliation_stays_high(office: Office) -> None:
    browser = await office.seated("second")
    case = (await office.submit()).row.id.hex()
    assert "A reason is needed" in (await browser.act(case, "priority", priority="high")).text
    await browser.act(case, "priority", priority="high", reason="a child is concerned")
    assert "a child is concerned" in (await browser.get(f"/cases/{case}")).text
    retaliation = (await office.submit(category="retaliation")).row.id.hex()
    refused = await browser.act(retaliation, "priority", priority="normal", reason="no")
    assert refused.status_code == 409
    assert "always of high priority" in refused.text


async def test_queues_count_and_filters_are_saved(office: Office) -> None:
    for day in range(3):
        await office.submit(title=f"permit {day}", region="xigang" if day else "ganjingzi")
    browser = await office.seated("second")
    page = await browser.get("/cases?queue=new")
    assert "3 cases" in page.text
    narrowed = await browser.get("/cases?queue=open&region=xigang")
    assert "2 cases" in narrowed.text
    saved = await browser.post("/cases/filters", {"name": "West", "queue": "open", "region": "xigang"})
    assert "region=xigang" in saved.headers["location"]
    assert ">West<" in (await browser.get("/cases")).text
    assert ">West<" not in (await (await office.seated("handler")).get("/cases")).text
    await browser.post("/cases/filters/forget", {"name": "West"})
    assert ">West<" not in (await browser.get("/cases")).text
    office.clock.advance(days=40)
    again = await office.seated("second")
    assert "3 cases" in (await again.get("/cases?queue=overdue")).text


async def test_what_is_far_overdue_is_before_supervisors_on_every_page(office: Office, case: str) -> None:
    mark = '/cases?queue=very_overdue"><span>Overdue ×3</span><b class="count late">1</b>'
    supervisor = await office.seated("second")
    await supervisor.get("/cases")
    assert mark not in (await supervisor.get("/me")).text
    await supervisor.act(case, "assign", to="handler")
    office.clock.advance(days=400)
    for name, is_shown in (("second", True), ("handler", False)):
        browser = await office.seated(name)
        listed = (await browser.get("/cases?queue=very_overdue")).text
        assert "1 case" in listed
        assert (mark in (await browser.get("/me")).text) is is_shown, name


async def test_a_list_knows_what_changed_since(office: Office, case: str) -> None:
    browser = await office.seated("second")
    assert "Received" in (await browser.get("/cases")).text
    await browser.act(case, "step", target="accepted")
    assert "Accepted" in (await browser.get("/cases")).text


async def test_search_finds_words_in_batches(office: Office) -> None:
    for number in range(30):
        await office.submit(title=f"report {number}", facts="long waiting at the window " * 3)
    await office.submit(title="the bridge", facts="the KUMQUAT warehouse by the river")
    browser = await office.seated("second")
    await browser.get("/search")
    found = await browser.post("/search", {"words": "kumquat"})
    assert "the bridge" in found.text
    assert "31 of 31" in found.text
    stream = await browser.post("/search", {"words": "waiting window"}, headers={"accept": "text/event-stream"})
    assert stream.text.count("data: ") == 3
    assert "event: end" in stream.text
    assert "Nothing found" in (await browser.post("/search", {"words": "nowhere"})).text
    async with office.store.work() as work:
        assert all("kumquat" not in it.detail.lower() for it in await work.trail.entries(200))


async def test_repeats_are_suggested_and_linked_both_ways(office: Office) -> None:
    one = (await office.submit()).row.id.hex()
    two = (await office.submit(title="施工许可又拖延三个月")).row.id.hex()
    browser = await office.seated("second")
    assert "施工许可又拖延三个月" in (await browser.get(f"/cases/{one}")).text
    await browser.act(one, "link", other=two, kind="repeat")
    for case, other in ((one, two), (two, one)):
        assert f"/cases/{other}" in (await browser.get(f"/cases/{case}")).text
    assert (await browser.act(one, "link", other=one, kind="repeat")).status_code == 409


async def test_two_units_that_nobody_knows_are_not_the_same(office: Office) -> None:
    values = {"accused_unit": "unknown", "accused_unit_id": None}
    one = (await office.submit(title="窗口收费", **values)).row.id.hex()
    await office.submit(title="Absent at noon", **values)
    await office.submit(title="窗口收费没有票据", **values)
    page = await (await office.seated("second")).get(f"/cases/{one}")
    assert "窗口收费没有票据" in page.text
    assert "Absent at noon" not in page.text


async def test_the_same_person_is_for_named_reports_alone(office: Office) -> None:
    named = (await office.submit()).row.id.hex()
    nameless = (await office.submit(mode=Mode.ANONYMOUS)).row.id.hex()
    browser = await office.seated("second")
    assert (await browser.act(named, "link", other=nameless, kind="same_person")).status_code == 409


async def test_a_transfer_takes_the_case_from_the_office(office: Office) -> None:
    keys = new_superior_key()
    public = base64.b64decode(keys.public_key)
    superior = replace(office.services.profile.superior, public_key=public)
    profile = replace(office.services.profile, superior=superior)
    office = await _reopened(office, profile)
    submitted = await office.submit()
    case = submitted.row.id.hex()
    browser = await office.seated("second")
    assert "Hand over" in (await browser.get(f"/cases/{case}")).text
    assert "A reason is needed" in (await browser.act(case, "transfer", reason="")).text
    assert (await browser.act(case, "transfer", reason="not ours")).status_code == 303
    assert (await browser.get(f"/cases/{case}")).status_code == 404
    assert "0 cases" in (await browser.get("/cases?queue=all")).text
    async with office.store.work() as work:
        assert await work.cases.by_office(case_id(case), office.founder) is None
        opened = await work.cases.by_office(case_id(case), superior_session("above", keys.private_key, public))
        contact = await work.cases.contact(case_id(case), superior_session("above", keys.private_key, public))
        assert (await work.trail.entries(5))[-1] is not None
    assert opened is not None
    assert contact is not None
    assert contact.contact == "13900000000"
    assert (await by_code(office, submitted.code)).status == "transferred"


async def _reopened(office: Office, profile: object) -> Office:
    """Return the office with another profile, over the same database."""
    config = replace(office.store.config, profile=profile)  # type: ignore[arg-type]
    work = work_factory(office.store.database, office.store.vault, office.clock, config.superior)
    services = replace(office.services, profile=profile, work=work)  # type: ignore[arg-type]
    parts = replace(office.app.state.parts, services=services)
    app = create_desk(parts, DeskOptions(default_language="en"))
    return replace(office, services=services, app=app)


async def _sealed(office: Office, name: str, content: bytes) -> FileRef:
    async def chunks() -> AsyncIterator[bytes]:
        yield content

    return await office.store.evidence.seal(chunks(), name=name, media_type="text/html", limit_bytes=10_000_000)


def _photograph() -> bytes:
    picture = Image.new("RGB", (64, 48), "red")
    exif = Image.Exif()
    exif[0x9286] = "secret place"
    stored = io.BytesIO()
    picture.save(stored, "JPEG", exif=exif)
    return stored.getvalue()


async def test_evidence_is_shown_without_trusting_it(office: Office) -> None:
    files = (
        await _sealed(office, "a.jpg", _photograph()),
        await _sealed(office, "b.txt", b"<script>alert(1)</script>"),
        await _sealed(office, "c.html", b"<script>alert(1)</script>"),
        await _sealed(office, "d.png", b"no picture at all"),
    )
    case = (await office.submit(files=files)).row.id.hex()
    browser = await office.seated("second")
    at = [f"/cases/{case}/files/{file.id}" for file in files]
    assert 'class="evidence"' in (await browser.get(at[0])).text
    drawn = await browser.get(f"{at[0]}/picture")
    assert drawn.headers["content-type"] == "image/jpeg"
    assert "sandbox" in drawn.headers["content-security-policy"]
    assert b"secret place" not in drawn.content
    assert Image.open(io.BytesIO(drawn.content)).size == (64, 48)
    text = await browser.get(at[1])
    assert "&lt;script&gt;alert(1)" in text.text
    assert "<script>alert" not in text.text
    assert "not opened here" in (await browser.get(at[2])).text
    saved = await browser.get(f"{at[2]}/saved")
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"].startswith("attachment")
    assert (await browser.get(f"{at[3]}/picture")).status_code == 404


async def test_a_file_belongs_to_its_case_alone(office: Office) -> None:
    file = await _sealed(office, "a.txt", b"hello")
    await office.submit(files=(file,))
    other = (await office.submit()).row.id.hex()
    browser = await office.seated("second")
    for path in ("", "/picture", "/saved"):
        assert (await browser.get(f"/cases/{other}/files/{file.id}{path}")).status_code == 404
    asked = await browser.post(f"/cases/{other}/files/{file.id}/original", {"reason": "curious"})
    assert asked.status_code == 404


async def test_an_original_leaves_the_vault_with_a_recorded_reason_alone(office: Office) -> None:
    clean, original = await _sealed(office, "a.jpg", _photograph()), await _sealed(office, "a.jpg", b"as it came")
    came: dict[str, Any] = {"original_id": original.id, "original_key": original.key, "original_size": original.size}
    file = replace(clean, removed="place", keeps_original=True, **came)
    case = (await office.submit(files=(file,))).row.id.hex()
    browser, at = await office.seated("second"), f"/cases/{case}/files/{file.id}"
    assert "Open the original" in (await browser.get(at)).text
    refused = await browser.post(f"{at}/original", {"reason": "  "})
    assert b"as it came" not in refused.content
    assert 'role="alert"' in refused.text
    opened = await browser.post(f"{at}/original", {"reason": "the court asks for it"})
    assert opened.content == b"as it came"
    assert opened.headers["content-type"] == "application/octet-stream"
    assert opened.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in opened.headers["content-security-policy"]
    async with office.store.work() as work:
        entry = next(entry for entry in await work.trail.entries(20) if entry.act == "original")
    assert (entry.actor, entry.detail) == ("second", f"{file.id[:8]}: the court asks for it")
    assert entry.case_ref == case
    handler = await office.seated("handler")
    assert (await handler.post(f"{at}/original", {"reason": "curious"})).status_code == 403


async def test_an_announcement_is_drafted_without_third_parties(office: Office) -> None:
    facts = "我叫王建国，邻居刘秀英（13998877665）可以作证，张伟科长收了钱。我是厂里唯一的会计。"
    case = (await office.submit(facts=facts, title="张伟收钱", accused_name="张伟")).row.id.hex()
    browser = await office.seated("second")
    assert f"/cases/{case}/draft" in (await browser.get(f"/cases/{case}")).text
    page = await browser.post(f"/cases/{case}/draft")
    assert page.status_code == 200
    assert not [word for word in ("王建国", "刘秀英", "13998877665") if word in page.text]
    assert "［姓名］" in page.text
    assert "张伟" in page.text
    assert "唯一的会计" in page.text
    async with office.store.work() as work:
        assert (await work.trail.entries(1))[0].act == "publish"
    message = (await send_message(office.services, "你好", language="zh", draft_id="m1")).row.id.hex()
    assert "/draft" not in (await browser.get(f"/cases/{message}")).text
    assert (await browser.post(f"/cases/{message}/draft")).status_code == 409


async def test_a_report_entered_twice_at_once_is_one(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = await office.seated("intake")
    await browser.get("/reports/new")
    faults = [Conflict("receipt")]

    async def hindered(*given: Any, **named: Any) -> Any:
        if faults:
            raise faults.pop()
        return await enter(*given, **named)

    monkeypatch.setattr(entering, "enter", hindered)
    form = {
        "channel": "visit",
        "mode": "anonymous",
        "region": "xigang",
        "category": "inaction",
        "title": "x",
        "facts": "y",
    }
    assert 'id="code"' in (await browser.post("/reports/new", form)).text
    assert not faults


@pytest.mark.parametrize("channel", list(EntryChannel))
async def test_an_entered_report_gives_a_code_that_its_first_use_replaces(
    office: Office, channel: EntryChannel
) -> None:
    browser = await office.seated("intake")
    await browser.get("/reports/new")
    form = {
        "channel": str(channel),
        "mode": "anonymous",
        "region": "xigang",
        "category": "inaction",
        "title": "No answer",
        "facts": "Three letters, no answer.",
    }
    missing = await browser.post("/reports/new", form | {"title": ""})
    assert missing.status_code == 422
    assert "Three letters" in missing.text
    named = re.search(r'name="form" value="([0-9a-f]{32})"', missing.text)
    assert named is not None
    form |= {"form": named[1]}
    entered, twice = await asyncio.gather(*(browser.post("/reports/new", form) for _ in range(2)))
    found = re.search(r'id="code">([0-9A-Z-]{23})<', entered.text)
    assert found is not None
    assert found[1] in twice.text
    assert found[1] in (await browser.post("/reports/new", form)).text  # the answer was lost: it is asked for again
    other = await browser.post("/reports/new", form | {"facts": "Four letters, no answer."})
    assert 'id="code"' in other.text
    assert found[1] not in other.text
    view = await by_code(office, found[1])
    assert view.new_code is not None
    assert view.new_code != found[1]
    with pytest.raises(CodeUnknown):
        await by_code(office, found[1])
    assert (await by_code(office, view.new_code)).new_code is None
    used = await browser.post("/reports/new", form)
    assert used.status_code == 409
    assert "has been entered already" in used.text
    async with office.store.work() as work:
        entry = next(it for it in await work.trail.entries() if it.act == "enter_report")
    assert (entry.detail, entry.case_ref) == (str(channel), "")
