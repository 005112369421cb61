"""A short report, told in steps that name what was typed."""

from collections.abc import Iterable

from casework.case import Case

STORY = "我公司今年1月向甘井子区住建局申请施工许可，王科长一直拖着不办"


def facts_of(number: int) -> list[str]:
    """Return sentences that no other journey types."""
    words = "甲乙丙丁戊己庚辛"[number]
    return [
        f"{STORY}，卷宗{words}",
        f"前后跑了六趟，每次都说材料不齐，回执{words}",
        f"他暗示要三万元才给办，收条{words}",
    ]


def steps_of(number: int) -> list[tuple[str, str]]:
    """Return ("say", text) and ("tap", title) up to the summary; the last tap submits."""
    telling = [("say", sentence) for sentence in facts_of(number)]
    choosing = [("tap", title) for title in ("对", "匿名", "现在就提交", "提交")]
    return [("say", "/start_report"), *telling, ("say", "/done"), *choosing]


def check_told_once(cases: Iterable[Case], journeys: int) -> None:
    """Assert one case a journey, each sentence in exactly one report and once there."""
    facts = [case.report.facts for case in cases if case.report]
    assert len(facts) == journeys
    for number in range(journeys):
        for sentence in facts_of(number):
            assert sorted(text.count(sentence) for text in facts) == [0] * (journeys - 1) + [1], sentence
