import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding import Context, Interpreter
from bot.understanding.pinyin import PinyinReader, split
from bot.understanding.spelling import count_words

TEXTS = ["我要举报", "我要举报一个人", "怎么用", "谢谢你", "谢谢了", "英文 case", "case 编号", "the case", "no change"]


@pytest.fixture(scope="module")
def reader() -> PinyinReader:
    return PinyinReader(*count_words(TEXTS))


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("jubao", ("ju", "bao")),
        ("zhuan", ("zhuan",)),
        ("fangan", ("fang", "an")),
        ("nvren", ("nv", "ren")),
        ("status", ()),
        ("", ()),
    ],
)
def test_a_word_is_split_into_syllables_or_is_none(word: str, syllables: tuple[str, ...]) -> None:
    assert split(word) == syllables


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("wo yao jubao", "我要举报"),
        ("xiexie ni", "谢谢你"),
        ("xie xie le", "谢谢了"),
        ("zenme yong?", "怎么用?"),
        ("wo yao 举报", "我要 举报"),
        ("zuo zenme", "怎么"),  # no text has a character that sounds like zuo
    ],
)
def test_pinyin_is_written_in_characters(reader: PinyinReader, text: str, written: str) -> None:
    assert reader.read(text) == written


@pytest.mark.parametrize("text", ["我的 case", "status 怎么样", "i want jubao", "case", "yao", "举报", "", "12"])
def test_english_and_single_syllables_stay(reader: PinyinReader, text: str) -> None:
    assert reader.read(text) == text


def test_where_english_is_spoken_a_word_like_pinyin_is_a_name(reader: PinyinReader) -> None:
    assert reader.read("xie yong", "en") == "xie yong"
    assert reader.read("xie yong", "zh") != "xie yong"


@given(st.text(alphabet="abeghijnouxyz '举报", max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(PinyinReader({}, {"举报": 1}).read(text), str)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("qing bang wo zhuan rengong", "ask_human"),
        ("wo xiang chexiao jubao", "withdraw_report"),
        ("wo bu xiang huo le", "emergency"),
        ("keyi niming ma", "ask_anonymity"),
    ],
)
def test_a_message_in_pinyin_is_understood(interpreter: Interpreter, text: str, intent: str) -> None:
    assert interpreter.parse(text, Context(language="zh")).intent == intent


def test_a_story_in_pinyin_has_its_kinds(interpreter: Interpreter) -> None:
    ranking = interpreter.categories.rank("ta shou le wo liang wan kuai qian cai gei gai zhang", "zh")
    assert ranking[0][0] == "bribe_demand"
