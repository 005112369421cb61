"""What is shown, how decisions are read and kept, and what the draft says afterwards."""

from pathlib import Path

import pytest

from casework import self_check
from casework.anonymise import Accused, Anonymiser
from casework.profile import load_profile

TOOL = Anonymiser(load_profile(Path("profiles") / "dalian.yml"))
TEXTS = {"facts": "我叫王建国，电话13812345678，举报张伟局长。我是厂里唯一的会计。", "file:1": "王建国收据.jpg"}
ITEMS = [i for i in self_check.items_of(TOOL, TEXTS, Accused()) if i.kind != "file_name"]


def test_items_stand_in_order_and_the_accused_is_none() -> None:
    assert [(item.kind, item.words, item.is_hint) for item in ITEMS] == [
        ("name", "王建国", False),
        ("phone", "13812345678", False),
        ("only_one", "我是厂里唯一的会计", True),
    ]


def test_marks_are_numbered_where_the_words_stand() -> None:
    shown = self_check.marked(TEXTS["facts"], ITEMS, first=1, around=False)
    assert shown == "我叫【1 王建国】，电话【2 13812345678】，举报张伟局长。【3 我是厂里唯一的会计】。"


def test_of_a_long_text_only_what_stands_around_is_shown() -> None:
    text = "说明" * 100 + "电话13812345678" + "经过" * 100
    (item,) = self_check.items_of(TOOL, {"facts": text}, Accused())
    shown = self_check.marked(text, [item], first=1)
    assert len(shown) < 90
    assert "【1 13812345678】" in shown


def test_each_decision_changes_its_own_place() -> None:
    after = self_check.applied(TEXTS, ITEMS, ["mask", "keep", {"rewrite": "我是厂里的人"}], "zh")
    assert after == {"facts": "我叫［姓名］，电话13812345678，举报张伟局长。我是厂里的人。"}
    assert self_check.applied(TEXTS, ITEMS, ["keep", "keep", "keep"], "zh") == {}


def test_all_at_once_decides_what_is_left_and_masks_no_hint() -> None:
    state = self_check.with_decision({}, "keep", ITEMS)
    state = self_check.with_decision(state, "mask_all", ITEMS)
    assert state["decisions"] == ["keep", "mask", "keep"]


def test_back_takes_the_last_decision_away_and_rewriting_waits_for_words() -> None:
    state = self_check.with_decision(self_check.with_decision({}, "each", ITEMS), "mask", ITEMS)
    assert self_check.with_decision(state, "back", ITEMS)["decisions"] == []
    waiting = self_check.with_decision(state, "rewrite", ITEMS)
    assert waiting["rewriting"] is True
    assert waiting["decisions"] == ["mask"]
    assert self_check.with_decision(waiting, {"rewrite": "他"}, ITEMS)["decisions"] == ["mask", {"rewrite": "他"}]


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("全部隐去", "mask_all"), ("都保留吧", "keep_all"), ("逐处看", "each"), ("隐去", "mask"), ("保留", "keep"),
        ("mask all", "mask_all"), ("keep all", "keep_all"), ("one by one", "each"), ("Mask", "mask"),
        ("改写", "rewrite"),
        ("leave it", "keep_all"),
        ("reword", "rewrite"), ("什么意思", None), ("", None), ("隐去" * 20, None),
    ],
)  # fmt: skip
def test_typed_words_decide_as_buttons_do(text: str, decision: str | None) -> None:
    assert self_check.decision_in(text) == decision


def test_the_fingerprint_changes_with_every_field_and_not_with_their_order() -> None:
    first = self_check.fingerprint(TEXTS)
    assert first == self_check.fingerprint(dict(reversed(TEXTS.items())))
    assert first != self_check.fingerprint({**TEXTS, "facts": TEXTS["facts"] + "。"})
    assert first != self_check.fingerprint({"facts": TEXTS["facts"]})
