"""What is drafted for an announcement: nobody but the accused can be known by it, and a person decides."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casework import office
from casework.anonymise import Anonymiser
from casework.case import CaseId, CaseStatus
from casework.case_life import Details
from casework.errors import NothingToPublish, NotPermitted
from casework.profile import load_profile
from casework.publishing import draft
from casework.report import Contact, Mode
from casework.services import Services
from casework.submitting import send_message, submit
from tests.fakes import FakeOfficeKey, MemoryStore
from tests.unit.casework.conftest import make_operator, make_report

TOOL = Anonymiser(load_profile(Path("profiles") / "dalian.yml"))
FACTS = "我叫王建国，举报张伟局长。邻居刘秀英可以作证，她的电话是13998877665。我是厂里唯一的会计。"
CONTACT = Contact(name="西门吹雪", contact="moon_rabbit_77", address="月亮湾灯塔")


@pytest.fixture
def masking(services: Services) -> Services:
    return replace(services, anonymiser=TOOL)


@pytest.fixture
def key(store: MemoryStore) -> FakeOfficeKey:
    store.add_operator(make_operator("wang", role="supervisor"))
    return FakeOfficeKey(operator="wang")


async def _case(services: Services, **changes: Any) -> CaseId:
    values = {"mode": Mode.REAL_NAME, "facts": FACTS, "title": "张伟收钱", "accused_name": "张伟"} | changes
    return (await submit(services, make_report(**values), CONTACT, draft_id="d1")).row.id


async def test_reporter_and_third_parties_go_and_the_accused_stays(masking: Services, key: FakeOfficeKey) -> None:
    drafted = await draft(masking, key, await _case(masking))
    assert drafted.title == "张伟收钱"
    assert drafted.facts == "我叫［姓名］，举报张伟局长。邻居［姓名］可以作证，她的电话是［电话］。我是厂里唯一的会计。"
    assert dict(drafted.masked) == {"name": 2, "phone": 1}
    assert drafted.stays == ("张伟",)
    assert any("唯一的会计" in hint for hint in drafted.hints)


async def test_what_the_reporter_gave_as_contact_is_masked_wherever_it_stands(
    masking: Services, key: FakeOfficeKey
) -> None:
    facts = "窗口里的人对着Moon_Rabbit_77笑，月亮湾灯塔那边也一样，西门吹雪"
    drafted = await draft(masking, key, await _case(masking, facts=facts))
    assert not [word for word in ("Moon", "月亮湾", "西门吹雪") if word in drafted.facts]
    assert "窗口里的人对着" in drafted.facts


async def test_an_english_report_reads_on_in_english(masking: Services, key: FakeOfficeKey) -> None:
    facts = "My name is Mary Brown. Director Zhang Wei took money; my neighbour Peter Novak saw it."
    drafted = await draft(masking, key, await _case(masking, facts=facts, language="en", accused_name="Zhang Wei"))
    assert drafted.facts == "My name is [name]. Director Zhang Wei took money; my neighbour [name] saw it."


async def test_the_result_that_was_told_is_masked_too(masking: Services, key: FakeOfficeKey) -> None:
    case_id = await _case(masking)
    details = Details(text="经查属实，证人刘秀英的说法一致。", reason="不属本机关", channel="法院")
    await office.change_status(masking, key, case_id, CaseStatus.NOT_ACCEPTED, details)
    assert (await draft(masking, key, case_id)).result == "经查属实，证人［姓名］的说法一致。"


async def test_the_trail_knows_who_drafted_and_who_may_not(
    masking: Services, store: MemoryStore, key: FakeOfficeKey
) -> None:
    case_id = await _case(masking)
    await draft(masking, key, case_id)
    async with store.work() as work:
        entry = (await work.trail.entries())[0]
    assert (entry.actor, entry.act, entry.case_ref) == ("wang", "publish", case_id.hex())
    store.add_operator(make_operator("liu", role="intake"))
    with pytest.raises(NotPermitted):
        await draft(masking, FakeOfficeKey(operator="liu"), case_id)


async def test_a_message_is_no_report_and_without_a_finder_nothing_is_drafted(
    services: Services, masking: Services, key: FakeOfficeKey
) -> None:
    message = (await send_message(masking, "你好", language="zh", draft_id="m1")).row.id
    with pytest.raises(NothingToPublish):
        await draft(masking, key, message)
    case_id = await _case(services)
    with pytest.raises(NothingToPublish):
        await draft(services, key, case_id)
