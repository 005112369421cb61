"""What is found, whose it is, what is masked; and the shares published in docs/anonymising.md."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.redaction.measuring import SETS, marked, measure
from bot.tagging import ChineseTagger, has_tagger
from casework.anonymise import Accused, Anonymiser, Find, language_of, mask, mask_of, to_mask
from casework.finders import Kind, Pointer, Whose, view_of
from casework.finders.id_cards import is_id_card
from casework.profile import load_profile

PROFILE = load_profile(Path("profiles") / "dalian.yml")
TOOL = Anonymiser(PROFILE, ChineseTagger())
PLAIN = Anonymiser(PROFILE)


def found(text: str, tool: Anonymiser = TOOL) -> list[tuple[str, str, str]]:
    return [(f.kind.value, text[f.start : f.end], f.whose.value) for f in tool.finds(text)]


def masked(text: str, finds: Sequence[Find] | None = None) -> str:
    return mask(text, to_mask(TOOL.finds(text) if finds is None else finds), language_of(text))


@pytest.mark.parametrize("name", SETS)
def test_the_shares_published_hold(name: str) -> None:
    assert has_tagger()
    score = measure(TOOL, marked(name, 3))
    assert score.recall >= 0.99, score.missed[:5]
    assert score.precision >= 0.95, score.wrong[:5]
    assert score.owners_right / score.owners >= 0.7


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "138.1234.5678",
        "１３８１２３４５６７８",
        "一三八一二三四五六七八",
        "幺三八幺二三四五六七八",
        "壹叁捌壹贰叁肆伍陆柒捌",
        "138一二三四5678",
        "138\u200b1234\u200b5678",
        "+86 138 1234 5678",
        "0411-84561234",
        "（0411）84561234",
        "①③⑧①②③④⑤⑥⑦⑧",
        "one three eight one two three four five six seven eight",
    ],
)
def test_a_telephone_is_found_in_every_spelling_where_it_was_typed(typed: str) -> None:
    text = f"请打 {typed} 找我"
    (find,) = TOOL.finds(text)
    assert find.kind is Kind.PHONE
    assert text[find.start : find.end].strip("（") in (typed, typed.strip("（"))
    assert typed[3:] not in masked(text)


@pytest.mark.parametrize(
    "text", ["请打 12388 或 110", "(0411) 12388", "大连市沙河口区胜利路 219 号", "12345热线打不通"]
)
def test_public_lines_and_the_office_are_no_find(text: str) -> None:
    assert TOOL.finds(text) == []


def test_an_identity_card_of_an_old_county_code_is_valid() -> None:
    assert is_id_card("210219195001010011") is False
    body = "21021919500101001"
    assert sum(is_id_card(body + check) for check in "0123456789X") == 1
    assert not any(is_id_card("21021919501301001" + check) for check in "0123456789X")
    assert not any(is_id_card("99021919500101001" + check) for check in "0123456789X")


def test_after_its_word_a_mistyped_identity_card_is_masked_too() -> None:
    assert found("身份证210219195001010011") == [("id_card", "210219195001010011", "reporter")]
    assert TOOL.finds("流水号210219195001010011") == []


def test_the_accused_stay_and_the_others_go() -> None:
    text = "我叫王建国，举报张伟局长，邻居刘秀英可以作证，她的电话是13998877665"
    assert found(text) == [
        ("name", "王建国", "reporter"),
        ("name", "张伟", "accused"),
        ("name", "刘秀英", "other"),
        ("phone", "13998877665", "other"),
    ]
    assert masked(text) == "我叫［姓名］，举报张伟局长，邻居［姓名］可以作证，她的电话是［电话］"


def test_who_is_accused_in_the_report_stays_wherever_named() -> None:
    text = "那天李明也在场"
    assert [f.whose for f in TOOL.finds(text)] == [Whose.OTHER]
    assert [f.whose for f in TOOL.finds(text, Accused(name="李明"))] == [Whose.ACCUSED]
    firm = "大连海川贸易有限公司的货车"
    assert [f.whose for f in TOOL.finds(firm, Accused(unit="大连海川贸易有限公司"))] == [Whose.ACCUSED]


def test_masks_read_on_in_both_languages() -> None:
    assert masked("My phone is 138 1234 5678.") == "My phone is [phone]."
    assert masked("电话13812345678。") == "电话［电话］。"
    assert all(mask_of(kind, language) for kind in Kind for language in ("zh", "en"))


def test_indirect_pointers_are_hinted_and_never_masked() -> None:
    text = "我是厂里唯一的会计，3月5日我去高新区管委会交材料。"
    assert next(h.kind for h in TOOL.hints(text)) is Pointer.ONLY_ONE
    assert Pointer.OWN_DAY in [hint.kind for hint in TOOL.hints(text)]
    assert masked(text) == text
    english = "I am the only accountant there. On 3 March 2024 I went to the tax bureau."
    assert [hint.kind for hint in TOOL.hints(english)] == [Pointer.ONLY_ONE, Pointer.OWN_DAY]
    assert TOOL.hints("他们乱收费，没有发票。") == []


def test_nothing_calls_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a finder called the network")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(f"socket.socket.{name}", refuse, raising=False)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    fresh = Anonymiser(PROFILE, ChineseTagger())
    assert ("name", "王建国", "reporter") in found("我叫王建国，微信abc_1234，邮箱a@example.com", fresh)
    assert found("My name is Mary Brown, see https://example.com, +1 206 555 0123", fresh)


@pytest.mark.parametrize(
    "text",
    [
        "我是佟丽娅，满族",
        "收条是迟德胜写的，按了手印",
        "电力所的衣长顺，来抄表就要烟",
        "外教安德鲁·威尔逊的工作证被卡",
        "我完颜东旭以党性担保",
        "Björn Åkesson wrote this",
        "Siobhan Gallagher and I both applied",
        "the woman at the desk is shen lihua, very rude",
        "XIE CHUNMEI told us to wait",
        "Kofi, 34, cook",
        "Witness: Ji-woo Park",
    ],
)
def test_names_of_unusual_form_are_found(text: str) -> None:
    assert [f.kind for f in TOOL.finds(text)] == [Kind.NAME]


@pytest.mark.parametrize(
    "text",
    [
        "高新园区七贤岭那片地荒了五年",
        "和平广场地铁口的摊位费涨了",
        "Green Mountain Park was fenced off",
        "In Zhuanghe the same permit takes five days",
        "Hong Kong has an office like this",
        "The Heating Company says fourteen degrees is normal",
        "Will they ever answer",
        "镇15号文件写得明明白白",
    ],
)
def test_places_and_words_that_look_like_names_are_none(text: str) -> None:
    assert TOOL.finds(text) == []


def test_without_the_tagger_rules_alone_still_find_most() -> None:
    assert ("name", "王建国", "reporter") in found("我叫王建国", PLAIN)
    assert measure(PLAIN, marked("zh_seen", 1)).recall > 0.9


@settings(max_examples=120, deadline=None)
@given(st.text(alphabet="我叫王芳电话１３8一二三 .-@a\u200b\n（）号微信张伟局长是QQ0五é①", max_size=60))
def test_finds_lie_in_the_text_and_never_overlap(text: str) -> None:
    at = 0
    for find in PLAIN.finds(text):
        assert at <= find.start < find.end <= len(text)
        at = find.end


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=40))
def test_every_place_of_the_view_leads_back(text: str) -> None:
    view = view_of(text)
    assert len(view.text) == len(view.starts) == len(view.ends) == len(view.digits) == len(view.lower)
    assert all(0 <= start < end <= len(text) for start, end in zip(view.starts, view.ends, strict=True))
    assert list(view.starts) == sorted(view.starts)
