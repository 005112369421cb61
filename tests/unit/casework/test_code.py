from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import code
from casework.code import ALPHABET, CodeFinding, check_symbol, find, generate, is_valid, mask, normalise

symbols19 = st.text(alphabet=ALPHABET, min_size=19, max_size=19)
generated = st.builds(generate)
WIDE = {ord(c): ord(c) + 0xFEE0 for c in ALPHABET}
ARABIC = {ord(str(d)): 0x0660 + d for d in range(10)}


def found(text: str, *, asked: bool = False) -> CodeFinding:
    finding = find(text, asked=asked)
    assert finding is not None
    return finding


def test_a_code_has_four_groups_of_five() -> None:
    groups = generate().split("-")
    assert [len(group) for group in groups] == [5, 5, 5, 5]
    assert set("".join(groups)) <= set(ALPHABET)


@given(symbols19)
def test_every_single_wrong_symbol_is_caught(drawn: str) -> None:
    right = drawn + check_symbol(drawn)
    assert is_valid(right)
    for position in range(20):
        for wrong in ALPHABET.replace(right[position], ""):
            assert not is_valid(right[:position] + wrong + right[position + 1 :])


@given(symbols19)
def test_every_swap_of_two_is_caught(drawn: str) -> None:
    right = drawn + check_symbol(drawn)
    for i, j in combinations(range(20), 2):
        if right[i] != right[j]:
            swapped = list(right)
            swapped[i], swapped[j] = swapped[j], swapped[i]
            assert not is_valid("".join(swapped))


def test_the_weights_are_distinct_and_not_zero() -> None:
    assert len(set(code._WEIGHTS)) == 20
    assert 0 not in code._WEIGHTS


@given(generated)
def test_forgiven_ways_to_type(printed: str) -> None:
    bare = printed.replace("-", "")
    forms = [
        printed,
        bare,
        printed.lower(),
        printed.replace("-", " "),
        printed.replace("-", " - "),
        printed.replace("-", "—"),
        printed.replace("-", "\n"),
        printed.replace("0", "O").replace("1", "l"),
        printed.replace("1", "I"),
        printed.translate(WIDE),
        printed.translate(ARABIC),
        " ".join(bare),
        f"我的编号是{printed}，请帮我查一下进展",
        f"查询编号：{bare}谢谢",
        f"Hello, my tracking code is {printed}. Any news?",
        f"Hello, my tracking code is {bare.lower()} please look",
        f"I got this code {printed.replace('-', ' ')} thanks a lot",
    ]
    for text in forms:
        for asked in (False, True):
            finding = found(text, asked=asked)
            assert (finding.kind, finding.code) == ("valid", printed), text
            assert is_valid(text[finding.start : finding.end])


@given(generated)
def test_groups_of_four_are_found_when_asked(printed: str) -> None:
    bare = printed.replace("-", "")
    for size in (2, 4, 10):
        typed = " ".join(bare[i : i + size] for i in range(0, 20, size))
        assert found(typed, asked=True).code == printed
        assert found(f"编号 {typed}。", asked=True).code == printed


@given(generated, st.integers(0, 19))
def test_a_wrong_symbol_is_mistyped(printed: str, position: int) -> None:
    bare = printed.replace("-", "")
    wrong = bare[:position] + ALPHABET[(ALPHABET.index(bare[position]) + 1) % 32] + bare[position + 1 :]
    assert found("-".join(wrong[i : i + 5] for i in range(0, 20, 5))).kind == "mistyped"
    assert found(f"code {wrong}", asked=True).kind == "mistyped"


@given(generated, st.integers(0, 19))
def test_a_lost_symbol_is_mistyped_when_asked(printed: str, position: int) -> None:
    bare = printed.replace("-", "")
    assert found(bare[:position] + bare[position + 1 :], asked=True).kind == "mistyped"
    assert found(bare + "7", asked=True).kind == "mistyped"


STORIES = [
    "我在甘井子区住建局办理施工许可，13804111234，身份证210202199001011234，三个月没有答复。",
    "统一社会信用代码 91210200MA0QD1234X，联系电话0411-12345678",
    "invoice 24212000000012345678 paid on 2024-05-13",
    "They asked about those 20000 every month since 2023-05-11 and never gave a reply",
    "there were never three 10000 yuan paid within these walls",
    "Order DD20240513000123456 was refused and the permit BJ2023-0456 delayed 90 days",
    "plate B12345 at the gate on 2024-05-13 they took 2000 from them",
    "The bureau demanded 5000 yuan from every store within three weeks",
    "call me on +86 138 0411 1234 or +86 411 8888 6666",
    "6222 0212 3456 7890 123",
    "",
    "-----",
    "a" * 5000,
    "1" * 5000,
]


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_no_code(story: str) -> None:
    assert find(story) is None


NO_CODES = ["我忘了编号", "I lost my code, what can I do now?", "what is this code for anyway", "13804111234", ""]


@pytest.mark.parametrize("text", NO_CODES)
def test_no_code_when_asked(text: str) -> None:
    assert find(text, asked=True) is None


@given(st.text(max_size=200))
def test_any_text_is_searched_without_error(text: str) -> None:
    for asked in (False, True):
        finding = find(text, asked=asked)
        assert finding is None or 0 <= finding.start < finding.end <= len(text)


@given(generated, generated)
def test_mask_leaves_no_code(first: str, second: str) -> None:
    text = f"first {first}, then {second.lower()} end"
    assert mask(text, find(text)) == "first 〔code〕, then 〔code〕 end"
    assert mask(mask(text)) == mask(text)


def test_a_word_that_happens_to_fit_the_checksum_is_not_part_of_the_code() -> None:
    """ "first" and three groups are 20 symbols with a right checksum, by chance."""
    code = "MC9WY-3NR6G-H71R9-SGQZ8"
    for text in (f"first {code}, thanks", f"first {code.replace('-', ' ')}"):
        for asked in (False, True):
            finding = find(text, asked=asked)
            assert finding is not None
            assert finding.code == code


def test_masks_a_mistyped_code() -> None:
    text = "ABCD1-23EFG-45HJK-67MN"
    assert mask(text, found(text, asked=True)) == "〔code〕"


def test_repr_shows_no_code() -> None:
    printed = generate()
    assert printed not in repr(find(printed))
    assert normalise(printed.lower()) == printed.replace("-", "")


@given(st.lists(generated, min_size=1, max_size=4))
def test_mask_takes_each_of_many_codes(codes: list[str]) -> None:
    text = "，".join(f"编码是{code}" for code in codes)
    assert mask(text, find(text)) == "，".join("编码是〔code〕" for _ in codes)


def test_masking_a_text_full_of_codes_looks_at_each_place_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One message of nothing but codes once took the processor for an hour."""
    passes: list[int] = []
    windows = code._windows

    def counted(text: str, *, asked: bool) -> Iterator[Any]:
        passes.append(len(text))
        return windows(text, asked=asked)

    monkeypatch.setattr(code, "_windows", counted)
    text = "A1B2C3D4E5F6G7H8J9K0 " * 200
    assert mask(text, find(text)) == "〔code〕 " * 200
    assert len(passes) == 2


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("编码7KQ2M9XTRP4WZ8HN3VD，请查", "编码〔code〕，请查"),
        ("编码7KQ2M9XTRP4WZ8HN3VDX1，请查", "编码〔code〕，请查"),
        ("7kq2m 9xtr 4wz8h n3vdx 谢谢", "〔code〕 谢谢"),
        ("合同编号DLZJ202305010001234", "合同编号DLZJ202305010001234"),
        ("账号6222021234567890123", "账号6222021234567890123"),
        ("信用代码91210200MA0QCXYZ1X", "信用代码91210200MA0QCXYZ1X"),
    ],
)
def test_a_code_with_a_symbol_missing_is_masked_and_numbers_of_papers_are_not(typed: str, kept: str) -> None:
    assert mask(typed) == kept
