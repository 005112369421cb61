"""The catalogues: the same names in every language, values that match, and no name in a template that is not there."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from casework.case import CaseStatus, EntryKind, Priority
from casework.case_life import Disposition, Outcome
from casework.deadlines import DeadlineName, Level
from casework.handoff import Move, Owner, Why
from casework.intake import QUESTIONS
from casework.linking import LinkKind
from casework.permissions import Act, Role, Subject
from casework.profile import load_profile
from casework.queues import QUEUES
from console.canned import canned_replies
from console.views import TEMPLATES
from console.words import LOCALE, Words, catalogue
from tests.support.stores import PROFILE

NAMED = re.compile(r"""(?:_|words\.say)\(\s*'([a-z_0-9]+)'\s*[,)]""")
VALUE = re.compile(r"\{(\w+)\}")
ZONE = ZoneInfo("Asia/Shanghai")


def test_every_language_has_the_same_names_and_values() -> None:
    zh, en = catalogue("zh"), catalogue("en")
    assert set(zh) == set(en)
    for name, text in zh.items():
        pairs = zip(_texts(text)[-1:], _texts(en[name])[-1:], strict=True)
        assert all(set(VALUE.findall(a)) == set(VALUE.findall(b)) for a, b in pairs), name
        assert all(_texts(text)), name
        assert all(_texts(en[name])), name


def _texts(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


def test_every_name_in_a_template_is_in_the_catalogue() -> None:
    known = set(catalogue("zh"))
    used = {name for path in TEMPLATES.glob("*.html") for name in NAMED.findall(path.read_text("utf-8"))}
    assert len(used) > 150
    assert used - known == set()


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("status_", list(CaseStatus)), ("entry_", list(EntryKind)), ("priority_", list(Priority)),
        ("value_disposition_", list(Disposition)), ("value_outcome_", list(Outcome)), ("clock_", list(DeadlineName)),
        ("near_", list(Level)), ("role_", list(Role)), ("may_", list(Act)), ("subject_", list(Subject)),
        ("link_", list(LinkKind)), ("queue_", list(QUEUES)), ("owner_", list(Owner)), ("chat_why_", list(Why)),
        ("move_", sorted(set(Move) - {Move.ASK})), ("done_chat_", sorted(set(Move) - {Move.ASK})),
    ],
)  # fmt: skip
def test_every_value_has_its_words(prefix: str, names: list[str]) -> None:
    assert [name for name in names if f"{prefix}{name}" not in catalogue("en")] == []


def test_every_question_of_the_report_has_its_words() -> None:
    known = catalogue("en")
    assert [it for it in QUESTIONS if f"question_{it}" not in known and f"field_{it}" not in known] == []


def test_plurals_days_and_times() -> None:
    en, zh = Words.of("en", ZONE), Words.of("zh", ZONE)
    assert (en.say("cases_count", count=1), en.say("cases_count", count=2)) == ("1 case", "2 cases")
    assert zh.say("cases_count", count=1) == "1 件"
    day, moment = date(2026, 3, 2), datetime(2026, 3, 2, 2, 5, tzinfo=UTC)
    assert (en.day(day), en.day(day, 2026), zh.day(day)) == ("2 Mar 2026", "2 Mar", "2026年3月2日")
    assert (en.time(moment), zh.time(moment)) == ("2 Mar 2026, 10:05", "2026年3月2日 10:05")
    assert en.ago(moment, moment.replace(hour=3)) == "1 hour ago"
    night = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)  # the next day in the city
    assert (en.moment(moment, moment), en.moment(moment, night)) == ("10:05", "2 Mar 2026, 10:05")
    assert (en.size(3), en.size(2048), en.size(3_000_000)) == ("3 B", "2.0 kB", "2.9 MB")


def test_canned_replies_are_filled_in_both_languages() -> None:
    profile = load_profile(PROFILE)
    for language in ("zh", "en"):
        replies = canned_replies(profile, language)
        assert len(replies) >= 6
        assert all("{" not in reply.text for reply in replies)
        assert {f"canned_{reply.category}" for reply in replies} <= set(catalogue(language))


def test_the_catalogues_are_babel_s() -> None:
    for language in ("zh", "en"):
        assert (LOCALE / language / "LC_MESSAGES" / "desk.po").read_text("utf-8").count('msgid "') > 400
