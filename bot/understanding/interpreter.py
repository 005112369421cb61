"""What one message means: the exact layer, a classifier, and what the question asked makes likely."""

import re
from collections.abc import Sequence
from typing import Final

from bot.understanding.danger import DangerWatch
from bot.understanding.entities import EntityFinder
from bot.understanding.heads import Head
from bot.understanding.measure import is_question, is_story, size
from bot.understanding.model import Model, Vectoriser
from bot.understanding.normalise import fold, normalise
from bot.understanding.pinyin import PinyinReader
from bot.understanding.values import (
    EMERGENCY,
    FALLBACK,
    OUT_OF_SCOPE,
    Context,
    Entity,
    Gazetteer,
    Parse,
    ParseContext,
    Ranking,
)

CODE: Final = "〔code〕"
"""What stands in a text where a tracking code stood; the turn puts it there."""

NOTHING_ASKED: Final = "nothing"
"""The key of `expected.yml` for a conversation without an open question."""

_STORY: Final = "describe_incident"
_ANSWER: Final = "inform"
_COMMANDS: Final = frozenset(
    {"cancel", "help", "ask_human", "go_back", "start_over", "change_language", "review_report", "submit_now", "skip"}
)
"""What costs nothing when it was not meant: it asks before it does anything, or shows something and asks again."""
_REMOVAL: Final = "remove_file"
_CODE_INTENT: Final = "provide_code"
_WISHES: Final = frozenset({"add_info", "answer_question", "request_review", "report_retaliation", "withdraw_report"})
_REASON: Final = re.compile(r":|,?\s*(?:\bbecause\b|因为)")
_ASKING: Final = ("ask_", "faq_")
_TYPED_PAYLOAD: Final = re.compile(r"\s*[/／]\s*\w{1,40}\s*\{")
"""Nobody speaks so: what looks like a payload means nothing, and no word in it counts."""

_EXPECTED_WEIGHT: Final = 6.0
_SELDOM_WEIGHT: Final = 0.3
_LIKELY_ENOUGH: Final = 0.33
_SURE_DIGRESSION: Final = 0.45
_SURE_IN_FREE_TEXT: Final = 0.80
_SURE_WHEN_EXPECTED: Final = 0.45
_SURE_IN_A_WORD: Final = 0.60
_A_WORD: Final = 0.2
_SURE_OUTSIDE: Final = 0.70
_SHORT: Final = 0.45
_SURE_QUESTION: Final = 0.60
_COVERED: Final = 0.5
_MOST_READ: Final = 3_000
_MOST_RANKED: Final = 600
_MOST_WATCHED: Final = 30_000
_MOST_SUGGESTED: Final = 1_500
_ANSWERING: Final = frozenset(
    {"region", "unit", "unit_name", "person", "date", "phone", "email", "mode", "reporter_kind", "number"}
)


class Interpreter:
    """Understands messages. Holds no state between them; safe to share."""

    def __init__(self, model: Model, vectoriser: Vectoriser, gazetteer: Gazetteer) -> None:
        self._words = model.words
        self._intents = model.intents
        self._vectoriser = vectoriser
        self._pinyin = PinyinReader(model.words.word_counts, model.words.pair_counts)
        self._danger = DangerWatch(model.words.patterns)
        self._entities = EntityFinder(model.words, gazetteer)
        self._removes = re.compile("|".join(model.words.patterns.get("remove_file", ())) or r"(?!)")
        self._may_remove = re.compile("|".join(model.words.patterns.get("may_remove_file", ())))
        self._question = re.compile("|".join(model.words.patterns.get("question", ())) or r"(?!)")
        self.categories = CategoryRanker(model.categories, vectoriser, self._pinyin)

    def parse(self, text: str, context: ParseContext | None = None) -> Parse:
        """Return what `text` means where the conversation stands; `text` itself is never changed."""
        where = context or Context()
        plain = self._pinyin.read(normalise(text[:_MOST_READ]), where.language)
        entities = self._entities.find(text[:_MOST_READ])
        if self._danger.is_named(plain if len(text) <= _MOST_READ else normalise(text[:_MOST_WATCHED])):
            return self._certain(text, EMERGENCY, entities)
        if _TYPED_PAYLOAD.match(plain):
            return self._certain(text, FALLBACK, [])
        known = self._looked_up(text, plain, entities, where)
        if known is None and is_story(plain) and not self._may_ask(plain, where):
            known = self._told(where)
        if known:
            return self._certain(text, known, entities)
        ranking = self._intents.ranking(self._vectoriser.vector(plain[:_MOST_RANKED]))
        if self._danger.is_figure(plain):
            ranking = [(name, 0.0 if name == EMERGENCY else score) for name, score in ranking]
        if self._danger.is_likely(plain, dict(ranking).get(EMERGENCY, 0.0)):
            return self._put_first(text, EMERGENCY, ranking, entities)
        return self._weighed(text, plain, self._with_prior(ranking, where), entities, where)

    def _certain(self, text: str, intent: str, entities: list[Entity]) -> Parse:
        others = [(name, 0.0) for name in self._intents.labels if name != intent]
        return Parse(text=text, intent=intent, confidence=1.0, ranking=[(intent, 1.0), *others], entities=entities)

    def _put_first(self, text: str, intent: str, ranking: Ranking, entities: list[Entity]) -> Parse:
        """Take `intent` whatever is likeliest; the others keep half of what they have, for those who ask for them."""
        others = [(name, score / 2) for name, score in ranking if name != intent]
        confidence = 1 - sum(score for _, score in others)
        return Parse(
            text=text, intent=intent, confidence=confidence, ranking=[(intent, confidence), *others], entities=entities
        )

    def _looked_up(self, text: str, plain: str, entities: list[Entity], where: ParseContext) -> str | None:
        rest = plain.replace(CODE, " ").strip()
        if CODE in plain and not is_story(rest):
            return _CODE_INTENT
        if self._removes.search(plain):
            return _REMOVAL
        asks = is_question(plain, self._question)
        expected = self._expected(where)
        if _ANSWER in expected and not asks and _cover(entities, text) >= _COVERED:
            return _ANSWER
        return self._exact(fold(plain), expected) or self._wish(plain, where)

    def _wish(self, plain: str, where: ParseContext) -> str | None:
        """Read "I want to add: …" or "I withdraw because …" as what stands before, where no question is open."""
        parts = _REASON.split(plain, maxsplit=1)
        if where.requested_slot or len(parts) < 2 or not parts[1].strip():
            return None
        intent = self._exact(fold(parts[0]), ())
        return intent if intent in _WISHES else None

    def _exact(self, folded: str, expected: Sequence[str]) -> str | None:
        meanings = self._words.exact.get(folded, [])
        if len(meanings) == 1:
            return meanings[0]
        wanted = [intent for intent in expected if intent in meanings]
        return wanted[0] if wanted else None

    def _weighed(self, text: str, plain: str, ranking: Ranking, entities: list[Entity], where: ParseContext) -> Parse:
        if ranking[0][0] == _REMOVAL and not self._may_remove.search(plain):
            ranking = [*ranking[1:], ranking[0]]  # the last that is meant, however likely it looks
        intent, confidence = ranking[0]
        if is_story(plain) and not (intent.startswith(_ASKING) and confidence >= _SURE_QUESTION):
            return self._put_first(text, self._told(where), ranking, entities)
        if self._is_free(where) and not self._is_sure_digression(plain, intent, confidence, where):
            return self._put_first(text, self._told(where), ranking, entities)
        if where.requested_slot in self._words.short_text and self._is_vague(intent, confidence):
            return self._put_first(text, _ANSWER, ranking, entities)
        if intent == _ANSWER and not where.requested_slot and size(plain) > _SHORT:
            return self._put_first(text, _STORY, ranking, entities)
        is_unsure = confidence < _SURE_DIGRESSION or not any(char.isalpha() for char in plain)
        if where.requested_slot and is_unsure and intent not in self._unmoved(where):
            intent = FALLBACK
        if confidence < _LIKELY_ENOUGH and intent != OUT_OF_SCOPE:
            intent = FALLBACK
        return Parse(text=text, intent=intent, confidence=confidence, ranking=ranking, entities=entities)

    def _may_ask(self, plain: str, where: ParseContext) -> bool:
        return not self._is_free(where) and is_question(plain, self._question)

    def _is_sure_digression(self, plain: str, intent: str, confidence: float, where: ParseContext) -> bool:
        """In a free text something else is believed only when short and likely, or very likely if unexpected."""
        if intent in (OUT_OF_SCOPE, _STORY, _ANSWER) or size(plain) > _SHORT:
            return False
        if intent in self._expected(where):
            return confidence >= _SURE_WHEN_EXPECTED
        is_plain_command = intent in _COMMANDS and size(plain) <= _A_WORD
        return confidence >= (_SURE_IN_A_WORD if is_plain_command else _SURE_IN_FREE_TEXT)

    def _is_vague(self, intent: str, confidence: float) -> bool:
        return confidence < (_SURE_OUTSIDE if intent == OUT_OF_SCOPE else _LIKELY_ENOUGH)

    def _unmoved(self, where: ParseContext) -> list[str]:
        """What an uncertain reading may say beside an open question: what is expected there, or nothing certain."""
        return [*self._expected(where), OUT_OF_SCOPE, FALLBACK, EMERGENCY, _ANSWER, _STORY]

    def _is_free(self, where: ParseContext) -> bool:
        return where.requested_slot in self._words.free_text

    def _told(self, where: ParseContext) -> str:
        expected = self._expected(where)
        return next((intent for intent in expected if intent in (_STORY, _ANSWER)), _STORY)

    def _expected(self, where: ParseContext) -> list[str]:
        return self._words.expected.get(where.requested_slot or NOTHING_ASKED, [])

    def _with_prior(self, ranking: Ranking, where: ParseContext) -> Ranking:
        weights = dict.fromkeys(self._words.seldom if where.requested_slot else (), _SELDOM_WEIGHT)
        weights |= dict.fromkeys(self._expected(where), _EXPECTED_WEIGHT)
        weighed = [(name, score * weights.get(name, 1.0)) for name, score in ranking]
        total = sum(score for _, score in weighed)
        return sorted(((name, score / total) for name, score in weighed), key=lambda pair: -pair[1])


class CategoryRanker:
    """Suggests categories for whole facts; the reporter decides."""

    def __init__(self, head: Head | None, vectoriser: Vectoriser, pinyin: PinyinReader) -> None:
        self._head = head
        self._vectoriser = vectoriser
        self._pinyin = pinyin

    def rank(self, facts: str, language: str) -> Ranking:
        """Return (category id, score 0..1), best first; empty without training data or facts.

        The head knows both languages; where `language` is English nothing is read as Pinyin.
        """
        plain = self._pinyin.read(normalise(facts[:_MOST_SUGGESTED]), language)
        if self._head is None or not plain:
            return []
        return self._head.ranking(self._vectoriser.vector(plain))


def _cover(entities: list[Entity], text: str) -> float:
    """Return which part of the letters and digits of `text` stands in entities that answer questions."""
    if any(entity["entity"] == "field" for entity in entities):
        return 0.0
    covered = {i for e in entities if e["entity"] in _ANSWERING for i in range(e["start"], e["end"])}
    letters = [i for i, char in enumerate(text) if char.isalnum()]
    return sum(i in covered for i in letters) / len(letters) if letters else 0.0
