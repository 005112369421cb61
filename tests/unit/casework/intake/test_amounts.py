import pytest

from casework.intake.amounts import read_days, read_yuan
from casework.intake.contacts import read_contact, read_credit_code


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("3万5", 35_000), ("十二万元", 120_000), ("5,000 yuan", 5_000), ("¥12,000", 12_000), ("大约三万多元", 30_000),
        ("3.5万", 35_000), ("没有", 0), ("none", 0), ("两千三", 2_300), ("一百二十万", 1_200_000), ("1亿", 100_000_000),
        ("20k", 20_000), ("1.2 million RMB", 1_200_000), ("about 5000", 5_000), ("损失5万元左右", 50_000),
        ("12万3千", 123_000), ("１２０００元", 12_000), ("0", 0), ("三万到五万", 30_000),
        ("3w", 30_000), ("1.5w块", 15_000),
    ],
)  # fmt: skip
def test_reads_money(text: str, yuan: float) -> None:
    assert read_yuan(text) == yuan


@pytest.mark.parametrize("text", ["不好说", "很多", "a lot", "", "万万万"])
def test_no_money_where_none_is_said(text: str) -> None:
    assert read_yuan(text) is None


def test_an_absurd_amount_is_none() -> None:
    assert read_yuan("9" * 30) is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("两个月", 60), ("半年", 182), ("3天", 3), ("一个半月", 45), ("一年半", 548), ("two months", 60),
        ("half a year", 182), ("a week and a half", 10), ("10", 10), ("没有", 0),
        ("45个工作日", 45), ("20 working days", 20), ("几个月", 90),
        ("十几天", 15), ("两周", 14), ("一个季度", 90), ("a couple of weeks", 14),
    ],
)  # fmt: skip
def test_reads_delays(text: str, days: int) -> None:
    assert read_days(text) == days


@pytest.mark.parametrize("text", ["很久", "long", "", "一千年"])
def test_no_delay_where_none_is_said(text: str) -> None:
    assert read_days(text) is None


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("13812345678", "+86 138 1234 5678"),
        ("我的电话是138 1234 5678，晚上打", "+86 138 1234 5678"),
        ("１３８１２３４５６７８", "+86 138 1234 5678"),
        ("打这个吧一三八一二三四五六七八", "+86 138 1234 5678"),
        ("0411-12345678", "+86 411 1234 5678"),
        ("+44 20 7946 0958", "+44 20 7946 0958"),
        ("邮箱 a.b@example.com 谢谢", "a.b@example.com"),
    ],
)
def test_reads_contacts_and_reads_them_the_same_again(text: str, contact: str) -> None:
    assert read_contact(text) == contact
    assert read_contact(contact) == contact


@pytest.mark.parametrize("text", ["微信abc", "12345", "", "a@b", "138123"])
def test_no_contact(text: str) -> None:
    assert read_contact(text) is None


def test_a_credit_code_is_found_however_it_is_spaced() -> None:
    assert read_credit_code("信用代码：9111 0000 6000 3734 1l") == "91110000600037341L"
    assert read_credit_code("我们是 91110000600037341L 没错") == "91110000600037341L"
    assert read_credit_code("91110000600037341X") is None
    assert read_credit_code("没有") is None


@pytest.mark.parametrize("numeral", ["9" * 400, "9" * 5_000, "一" * 400, "一" + "亿" * 400, "9" * 400 + ".5"])
@pytest.mark.parametrize("form", ["{}", "{}元", "{}万", "{}天", "{}个月", "{} days", "{} million"])
def test_endless_numbers_are_none(numeral: str, form: str) -> None:
    text = form.format(numeral)
    assert read_yuan(text) is None
    assert read_days(text) is None
