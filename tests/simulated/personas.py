"""The people: a dozen ways to talk, each in both languages where it makes sense."""

import random
from collections.abc import Mapping
from typing import ClassVar

from tests.dialogues.runner import Answer
from tests.simulated.matters import Matter, a_matter
from tests.simulated.reporter import Act, payloads

OPENINGS = {"zh": "我要举报", "en": "I want to report something"}
DONE = {"zh": "说完了", "en": "that's all"}
UNKNOWN = {"zh": "不知道", "en": "I don't know"}


class Steady:
    """Answers one thing at a time. The others differ from this one in what they say."""

    def __init__(self, language: str, chance: random.Random) -> None:
        self.language, self.chance = language, chance
        self.matter: Matter = a_matter(language, chance)
        self.asked: list[str] = []

    def open(self) -> str:
        return OPENINGS[self.language]

    def act(self, asks: str | None, answer: Answer) -> Act | None:
        if asks is None:
            return self.without_question(answer)
        self.asked.append(asks)
        return self.reply(asks, answer)

    def without_question(self, answer: Answer) -> Act | None:
        if "" in self.asked:
            return None
        self.asked.append("")
        return Act(say=self.open())

    def reply(self, asks: str, answer: Answer) -> Act:
        return Act(say=self.words(asks))

    def words(self, asks: str) -> str:
        if asks == "facts":
            return self.matter.story if self.asked.count("facts") == 1 else DONE[self.language]
        return self.matter.answers.get(asks, UNKNOWN[self.language])

    def is_first(self, asks: str) -> bool:
        return self.asked.count(asks) == 1


class Teller(Steady):
    """Tells everything in the first message."""

    def open(self) -> str:
        return self.matter.whole


class Terse(Steady):
    """A word or two, "don't know" to most."""

    _KNOWN: ClassVar = (
        "facts",
        "region",
        "mode",
        "understood",
        "confirm",
        "evidence",
        "scope",
        "self_check",
        "more_facts",
    )

    def open(self) -> str:
        return {"zh": "举报", "en": "report"}[self.language]

    def words(self, asks: str) -> str:
        if asks == "facts" and self.is_first(asks):
            return {"zh": "收钱才办事", "en": "they want money"}[self.language]
        return super().words(asks) if asks in self._KNOWN else {"zh": "不清楚", "en": "dunno"}[self.language]


class Wordy(Steady):
    """Wraps every answer into talk."""

    _WRAPPED: ClassVar = ("region", "mode", "reporter_kind", "accused_unit", "accused_name", "occurred", "place")
    _WRAPS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "zh": ("这个嘛，应该是{}吧", "我跟您说，{}，就是这样", "哎，说起来，{}"),
        "en": ("well, let me think, {}", "I suppose it is {}", "to tell you the truth, {}"),
    }

    def words(self, asks: str) -> str:
        words = super().words(asks)
        return self.chance.choice(self._WRAPS[self.language]).format(words) if asks in self._WRAPPED else words


class Confused(Steady):
    """Asks what is meant, or for help, before every third answer."""

    _ASIDES: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "zh": ("这是什么意思", "帮助", "为什么要问这个", "我不会弄"),
        "en": ("what do you mean?", "help", "why do you ask this", "I don't understand"),
    }

    def words(self, asks: str) -> str:
        is_lost = self.is_first(asks) and self.chance.random() < 0.4
        return self.chance.choice(self._ASIDES[self.language]) if is_lost else super().words(asks)

    def reply(self, asks: str, answer: Answer) -> Act:
        is_untold = asks == "facts" and not any("/done" in payload for payload in payloads(answer))
        return Act(say=self.matter.story) if is_untold and not self.is_first(asks) else super().reply(asks, answer)


class Waverer(Steady):
    """Changes the mind: the mode, the district, the unit, and once more at the summary."""

    _TURNS: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "zh": {"reporter_kind": "算了，还是实名", "reporter_name": "不想留名了，匿名", "accused_name": "不对，是中山区",
               "category": "返回", "confirm": "改一下时间"},
        "en": {"reporter_kind": "no, rather my real name", "reporter_name": "I'd rather stay anonymous",
               "accused_name": "no, it is Zhongshan", "category": "back", "confirm": "change the time"},
    }  # fmt: skip

    def words(self, asks: str) -> str:
        turn = self._TURNS[self.language].get(asks)
        return turn if turn and self.is_first(asks) else super().words(asks)


class Hostile(Steady):
    """Swears at the bot every now and then, and answers all the same."""

    _OATHS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "zh": ("你们都是一伙的", "废话真多", "烦死了"),
        "en": ("you are all the same crooks", "stupid questions", "this is ridiculous"),
    }

    def words(self, asks: str) -> str:
        is_angry = self.is_first(asks) and asks in ("region", "mode", "category", "evidence")
        return self.chance.choice(self._OATHS[self.language]) if is_angry else super().words(asks)


class Mixer(Steady):
    """Mixes the languages."""

    def __init__(self, language: str, chance: random.Random) -> None:
        super().__init__(language, chance)
        self.other = a_matter("en" if language == "zh" else "zh", chance)

    def words(self, asks: str) -> str:
        if asks in ("mode", "reporter_kind", "region", "level", "understood", "scope", "occurred", "place"):
            return self.other.answers[asks]
        return super().words(asks)


class Tapper(Steady):
    """Types the story alone; taps everything else, whichever comes first."""

    _LEAVING: ClassVar = ("/cancel", "/ask_human", "/deny", "/same_as_before")

    def open(self) -> str:
        return "/start_report"

    def reply(self, asks: str, answer: Answer) -> Act:
        if asks == "facts" and self.is_first("facts"):
            return Act(say=self.matter.story)
        choices = [
            p for p in payloads(answer) if p not in self._LEAVING and '"discard"' not in p and "__list__" not in p
        ]
        return Act(tap=choices[0]) if choices else super().reply(asks, answer)


class Speaker(Steady):
    """Dictates: no punctuation, no capitals, words that fill."""

    _FILLERS: ClassVar = {"zh": ("嗯", "那个", "就是"), "en": ("um", "well", "so")}

    def words(self, asks: str) -> str:
        words = "".join(" " if char in "，。；：、,.;:" else char for char in super().words(asks)).lower()
        words = " ".join(words.split())
        is_told = asks in ("facts", "place", "occurred", "region", "mode")
        filler = self.chance.choice(self._FILLERS[self.language])
        return f"{filler}{'' if self.language == 'zh' else ' '}{words}" if is_told else words


class Paster(Steady):
    """Pastes a finished letter and then taps on."""

    _LETTER: ClassVar = {
        "zh": "举报信\n尊敬的领导：\n一、{whole}。\n二、此事影响很坏，群众意见很大，希望认真查处，给大家一个交代。\n"
        "三、以上情况属实，愿意配合调查。反映的问题请按规定办理，并注意保密，谢谢。\n此致\n敬礼",
        "en": "To the Commission,\n1. {whole}.\n2. People are very upset about this and hope that it is looked into.\n"
        "3. All of this is true and I will help with the inquiry as far as I can. Please keep it confidential.\n"
        "Yours faithfully",
    }

    def open(self) -> str:
        return self._LETTER[self.language].format(whole=self.matter.whole)


class Typist(Steady):
    """Misspells."""

    _MISSPELT: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "zh": {"mode": "匿明", "reporter_kind": "是市民", "confirm": "题交", "understood": "队", "region": "甘井子曲"},
        "en": {"mode": "anonymuos", "reporter_kind": "citzen", "confirm": "submitt", "understood": "yse",
               "region": "Ganjingzhi"},
    }  # fmt: skip

    def words(self, asks: str) -> str:
        misspelt = self._MISSPELT[self.language].get(asks)
        return misspelt if misspelt and self.is_first(asks) else super().words(asks)


class Named(Steady):
    """Reports with name and contact, given together and before they are asked."""

    def words(self, asks: str) -> str:
        named = {"zh": "实名，李小红，13912345678", "en": "real name, Anna Smith, anna@example.com"}
        return named[self.language] if asks == "mode" else super().words(asks)


class Asker(Steady):
    """Asks about the service in the middle of the form."""

    _QUESTIONS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "zh": ("会不会被报复？", "多久有结果", "能查到我是谁吗？", "要什么证据", "你是真人吗？"),
        "en": ("what about retaliation?", "how long does it take?", "can they find out who I am?", "what evidence?",
               "are you a real person?"),
    }  # fmt: skip

    def words(self, asks: str) -> str:
        asks_back = self.is_first(asks) and asks in ("region", "mode", "occurred", "evidence", "confirm")
        return self.chance.choice(self._QUESTIONS[self.language]) if asks_back else super().words(asks)


class Leaver(Steady):
    """Tells the story, takes fright, and leaves."""

    def reply(self, asks: str, answer: Answer) -> Act:
        leaving = {"zh": "算了，不举报了", "en": "cancel, I will not report"}
        if asks == "confirmed":
            return Act(say={"zh": "是", "en": "yes"}[self.language])
        return Act(say=leaving[self.language]) if asks in ("mode", "region") else super().reply(asks, answer)

    def without_question(self, answer: Answer) -> Act | None:
        return None


class Dialect(Steady):
    """Speaks the dialect of the North-East, or writes traditional characters; in English, a learner's."""

    _SAID: ClassVar[Mapping[str, tuple[Mapping[str, str], ...]]] = {
        "zh": (
            {"open": "俺想说个事儿", "mode": "匿名呗 俺可不敢留名", "reporter_kind": "老百姓", "accused_name": "不道",
             "occurred": "头年十月", "scope": "没有", "evidence": "没啥了", "understood": "嗯呐"},
            {"open": "我要舉報", "mode": "匿名", "reporter_kind": "市民", "region": "沙河口區", "understood": "對",
             "occurred": "去年十月", "evidence": "沒有", "scope": "沒有", "more_facts": "沒有補充"},
        ),
        "en": (
            {"open": "i want make report", "mode": "i no want say name", "reporter_kind": "i am normal citizen",
             "occurred": "in last year october", "evidence": "no have", "scope": "no have",
             "understood": "yes is right"},
        ),
    }  # fmt: skip

    def __init__(self, language: str, chance: random.Random) -> None:
        super().__init__(language, chance)
        self.said = chance.choice(self._SAID[language])

    def open(self) -> str:
        return self.said["open"]

    def words(self, asks: str) -> str:
        return self.said.get(asks) or super().words(asks)


class Foreigner(Steady):
    """Begins in the other language than the page's, and asks to change it."""

    def open(self) -> str:
        return {"zh": "English", "en": "中文"}[self.language]

    def without_question(self, answer: Answer) -> Act | None:
        if self.asked:
            return None
        self.asked.append("")
        self.language = {"zh": "en", "en": "zh"}[self.language]
        self.matter = a_matter(self.language, self.chance)
        return Act(say=OPENINGS[self.language])


PERSONAS: tuple[type[Steady], ...] = (
    Steady, Teller, Terse, Wordy, Confused, Waverer, Hostile, Mixer, Tapper, Speaker, Paster, Typist, Named, Asker,
    Leaver, Dialect, Foreigner,
)  # fmt: skip
