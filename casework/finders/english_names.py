"""English and pinyin names: a sweep over capitalised words with lists, and what follows "my name is" or a title."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

from casework.finders.normal import View
from casework.finders.values import Kind, Spot
from casework.finders.wordlists import words

_L: Final = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_WORD: Final = re.compile(rf"(?<![{_L}0-9_@./-])[{_L}][{_L}'’]*(?:-[{_L}]+)*(?![{_L}0-9_@]|\.[A-Za-z]{{2,}})")
_SYLLABLE: Final = (
    "(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|an|en|in|un|ai|ei|ui|ao|"
    "ou|iu|ie|ue|ve|er|ia|ua|uo|a|o|e|i|u|v)"
)
_PINYIN: Final = re.compile(rf"{_SYLLABLE}(?:['’-]?{_SYLLABLE})?", re.IGNORECASE)
_TITLE: Final = (
    r"mr|mrs|ms|miss|mx|dr|prof|professor|(?:vice |deputy )?(?:director|chief|secretary|head|mayor|manager|"
    r"president|inspector|commissioner|captain|principal)|"
    r"officer|clerk|judge|chair(?:man|woman|person)|supervisor|minister|accountant|engineer|teacher|doctor|nurse|"
    r"boss|cadre|sergeant|policeman|constable|headmistress|headmaster|headteacher|lecturer|comrade|uncle|auntie?"
)
_NAMED: Final = rf"(?:[A-Z]\.\s?){{0,2}}[{_L}][{_L}'’-]+(?:\s+[{_L}][{_L}'’-]+){{0,3}}"
_TITLED: Final = re.compile(
    rf"\b(?:{_TITLE})\b\.?\s+(?:named\s+|called\s+)?(?P<name>{_NAMED})",
    re.IGNORECASE,
)
_INTRODUCED: Final = re.compile(
    r"\b(?:my (?:full |real )?name(?:'s| is)?|name\s?:|names? (?:is|are)|name|named|called|name of|surname|signed|"
    r"(?:yours )?(?:sincerely|faithfully|truly)|wishes|regards|yours|this is|call me|ask for|sent by|from:|by one|"
    r"wo jiao|wo shi|ming zi jiao|xing ming|i am|im|i'm|contact(?: person)?:?|"
    r"reporter:?|complainant:?|"
    r"(?:my|our|his|her|their) (?:husband|wife|brother|sister|son|daughter|father|mother|neighbou?r|colleague|friend|"
    r"boss|cousin|uncle|"
    r"aunt|partner|classmate|nephew|niece)|(?:neighbou?r|colleague|witness(?:es)?|friend|husband|wife|accountant|"
    r"driver|"
    r"workers?|villagers?|clerk)s?)"
    rf"[\s,:]+(?:is\s+|was\s+|are\s+)?(?P<name>{_NAMED})",
    re.IGNORECASE,
)
_PAIRED_ONLY: Final = frozenset({"you", "man", "men", "she", "ran", "min", "que", "ban"})
"""Words that are surnames only before a given name."""
_INITIALS: Final = re.compile(r"(?:[A-Z]\.\s?){1,2}(?=[A-Z])")
_SHORT_GIVEN: Final = frozenset({"jun", "may", "an", "wen", "yuan", "shan", "hong"})
_NICK: Final = re.compile(
    r"\b(?:[Oo]ld|[Ll]ittle|Lao|Xiao|Big|(?:[Bb]ig\s|[Ee]lder\s|[Oo]ld\s)?(?:Sister|Brother|Auntie|Aunt|Uncle|Granny|"
    r"Grandma|Grandpa|Boss))\s(?P<name>[A-Z][a-z]{1,5})\b"
)
_POSSESSIVE: Final = ("'s", "’s")
_NOT_AFTER_A_NAME: Final = frozenset({"and", "an", "a", "he", "she", "me", "you", "we", "in"})
_PLACE_BEFORE: Final = re.compile(r"\b(?:in|at|from|near|to|around|of|the)\s$|\d,\s$", re.IGNORECASE)
_PARTICLE: Final = re.compile(
    r"(?:(?:van|von|der|den|de|del|della|da|di|dos|bin|binti|ibn|al|el|la|le|ter|ten)\s)+[A-Z]"
)
_INTRODUCES_ITSELF: Final = re.compile(
    r",\s(?:\d\d\b|(?:a|an|the|your|my|our)\s|[a-z]+[,.])|\s\(|\s(?:and I|here|was|is|has|had|said|says|told|who|came|"
    r"took|asked|paid|knows|saw|heard|signed|gave|wants|wanted)\b"
)
_PINYIN_PAIR: Final = re.compile(
    rf"(?<![\w@.'’-])(?P<family>[a-z]{{2,6}})\s(?P<given>{_SYLLABLE}['’-]?{_SYLLABLE})(?![\w@'’-])"
)
_PHRASES: Final = frozenset(
    {"hong kong", "new york", "los angeles", "san francisco", "kuala lumpur", "tel aviv", "la paz"}
)
_MOST: Final = 4


def _is_pinyin(word: str) -> bool:
    return len(word) > 4 and bool(_PINYIN.fullmatch(word))


class EnglishNameFinder:
    """Finds names in Latin letters. `not_names` are lower-case words that are none: of regions, of units."""

    def __init__(self, not_names: Iterable[str] = ()) -> None:
        self._more = frozenset(not_names)

    @cached_property
    def _none(self) -> frozenset[str]:
        return self._more | words("not_names_en") | words("organ_en")

    @cached_property
    def _common(self) -> frozenset[str]:
        return words("common_en")

    @cached_property
    def _given(self) -> frozenset[str]:
        return words("given_en")

    @cached_property
    def _family(self) -> frozenset[str]:
        return words("family_en") | words("surnames_pinyin")

    def find(self, view: View) -> Iterator[Spot]:
        """Yield names, then every other place where a name found, or a part of it, stands again."""
        found = [*self._swept(view), *self._introduced(view)]
        found.sort(key=lambda spot: spot.start - spot.end)  # of two that overlap the longer counts
        yield from found
        parts = {view.text[spot.start : spot.end] for spot in found}
        parts |= {part for name in parts for part in name.split() if len(part) > 1 and part[0].isupper()}
        for part in parts:
            if part.lower() in self._none or len(part) < 2:
                continue
            for match in re.finditer(rf"(?<![\w@.-]){re.escape(part)}(?![\w@])", view.text):
                if not self._is_of_a_place(view, match.end()):
                    yield Spot(kind=Kind.NAME, start=match.start(), end=match.end(), weak=True)

    def _swept(self, view: View) -> Iterator[Spot]:
        """Go over runs of capitalised words; a run is a name when a list or its form says so."""
        for run in self._runs(view):
            names = self._name_in(run, view)
            if names:
                last = names[-1]
                end = last.end() - 2 * last.group().endswith(_POSSESSIVE)
                yield Spot(kind=Kind.NAME, start=names[0].start(), end=end)

    def _runs(self, view: View) -> Iterator[list[re.Match[str]]]:
        run: list[re.Match[str]] = []
        for match in _WORD.finditer(view.text):
            is_capital = match.group()[0].isupper() and self._may_begin(match, run, view)
            joins = bool(run) and view.text[run[-1].end() : match.start()] in (" ", "  ", ". ")
            if run and not (is_capital and joins):
                if not self._is_organ(match, joins):
                    yield run
                run = []
            if is_capital:
                run.append(match)
        if run:
            yield run

    def _may_begin(self, match: re.Match[str], run: list[re.Match[str]], view: View) -> bool:
        """A word of the language may still be a name beside another: Yuan Guilan, Hu Jun."""
        low = match.group().lower().replace("’", "'")
        if low not in self._none:
            return True
        if run and low in self._family and (run[-1].group().lower() in self._given or "-" in run[-1].group()):
            return True
        if run and run[-1].group().lower() in words("surnames_pinyin"):
            return bool(_PINYIN.fullmatch(low)) and low not in words("organ_en")
        if low not in words("surnames_pinyin"):
            return False
        after = re.match(r"\s([A-Z][a-z]+)\b", view.text[match.end() : match.end() + 20])
        return (
            after is not None
            and (after.group(1).lower() not in self._none or after.group(1).lower() in _SHORT_GIVEN)
            and bool(_PINYIN.fullmatch(after.group(1)))
        )

    def _is_organ(self, match: re.Match[str], joins: bool) -> bool:
        return joins and match.group()[0].isupper() and match.group().lower() in words("organ_en")

    def _name_in(self, run: list[re.Match[str]], view: View) -> list[re.Match[str]]:
        words_ = [match.group().replace("’", "'").lower().removesuffix("'s") for match in run]
        if len(run) == 1:
            return run if self._is_single(words_[0], run[0], view) else []
        if " ".join(words_) in _PHRASES:
            return []
        if self._begins_sentence(view, run[0].start()) and self._is_word(words_[0]) and not self._is_chinese(words_):
            run, words_ = run[1:], words_[1:]
            if len(run) == 1:
                return run if self._is_single(words_[0], run[0], view) else []
        while run and len(run) > _MOST and not self._is_known(words_[0]):
            run, words_ = run[1:], words_[1:]
        if any(map(self._is_sure, words_)) or self._is_chinese(words_):
            return run
        strange = [word for word in words_ if not self._is_word(word)]
        is_known = any(map(self._is_known, words_)) and len(strange) > 0
        return run if is_known or (len(strange) > 1 and all(len(word) > 1 for word in words_)) else []

    def _is_word(self, word: str) -> bool:
        """Tell whether it is a word of the language rather than a name; some are both."""
        return (word in self._common or word in self._none) and word not in self._given

    def _is_chinese(self, words_: list[str]) -> bool:
        """Tell whether a surname and a syllable or two make a name; both may be words, not both at once."""
        family, given = words_[0], words_[-1]
        is_name = family in words("surnames_pinyin") and bool(_PINYIN.fullmatch(given))
        return is_name and (family not in self._common or given not in self._common)

    def _is_sure(self, word: str) -> bool:
        """Tell whether a run that holds this word is a name: a given name, a surname or pinyin that is no word."""
        if word in self._given:
            return word not in self._common
        return not self._is_word(word) and (word in self._family or _is_pinyin(word) or not word.isascii())

    def _is_known(self, word: str) -> bool:
        return word in self._given or word in self._family

    def _is_single(self, word: str, match: re.Match[str], view: View) -> bool:
        """A single capitalised word is a name as a given name of the lists, or as a surname inside a sentence."""
        if match.group().isupper() and len(word) > 1:
            return False
        inside = not self._begins_sentence(view, match.start())
        if word in self._given:
            return inside or word not in self._common
        if self._is_word(word):
            return False
        if not inside:
            return bool(len(word) > 2 and _INTRODUCES_ITSELF.match(view.text, match.end()))
        is_clear = len(word) > 3 and word in self._family and word not in words("pinyin_words")
        is_somewhere = bool(_PLACE_BEFORE.search(view.text[max(0, match.start() - 8) : match.start()]))
        if is_clear or not word.isascii():
            return True
        return not is_somewhere and len(word) > 5 and bool(re.fullmatch(rf"{_SYLLABLE}{_SYLLABLE}", word))

    def _begins_sentence(self, view: View, start: int) -> bool:
        return bool(re.search(r"(?:^|[.!?:;\n。！？：；\"“])\s*$", view.text[max(0, start - 4) : start]))

    def _introduced(self, view: View) -> Iterator[Spot]:
        for match in _PINYIN_PAIR.finditer(view.text):
            family, given = match.group("family"), match.group("given")
            is_family = family in words("surnames_pinyin") and family not in self._common | self._none
            if is_family and len(given) > 4 and not self._is_word(given):
                yield Spot(kind=Kind.NAME, start=match.start(), end=match.end())
        for match in _NICK.finditer(view.text):
            if match.group("name").lower() in words("surnames_pinyin"):
                yield Spot(kind=Kind.NAME, start=match.start("name"), end=match.end("name"))
        for pattern in (_INTRODUCED, _TITLED):
            for match in pattern.finditer(view.text):
                spot = self._head(view, match, pattern is _TITLED)
                if spot:
                    yield spot

    def _head(self, view: View, match: re.Match[str], titled: bool) -> Spot | None:
        """Take the words that may be a name from what follows: capitalised ones, or pinyin in lower case."""
        start = end = match.start("name")
        count, named = 0, "name" in match.group()[:12].lower()
        initials = _INITIALS.match(view.text, start)
        for word in _WORD.finditer(view.text, initials.end() if initials else start, match.end("name")):
            is_lower_behind_upper = count > 0 and word.group()[0].islower() and view.text[start].isupper()
            if is_lower_behind_upper and not _PARTICLE.match(view.text, word.start()):
                break
            if not is_lower_behind_upper and not self._continues(word.group(), count, titled, named):
                break
            end, count = word.end() - 2 * word.group().endswith(_POSSESSIVE), count + 1
        if count == 1 and view.text[start:end].lower() in _PAIRED_ONLY:
            return None
        if not count or self._is_of_a_place(view, end):
            return None
        alone = view.text[start].islower() and count == 1 and not titled
        if alone and view.text[start:end].lower() not in self._given:
            return None
        return Spot(kind=Kind.NAME, start=start, end=end)

    def _continues(self, word: str, count: int, titled: bool, named: bool) -> bool:
        """Tell whether the next word belongs to the name; pinyin in lower case only where no English word is likely."""
        low = word.lower().replace("’", "'")
        if named and count == 1 and word[0].islower():
            is_strange = not self._is_word(low) and len(low) > 3
            return (bool(_PINYIN.fullmatch(low)) or self._is_known(low) or is_strange) and low not in _NOT_AFTER_A_NAME
        is_family = count == 0 and (titled or named) and low in words("surnames_pinyin")
        if low in self._none and not is_family and not (count and low in _SHORT_GIVEN):
            return False
        if word[0].isupper():
            return True
        if count == 0:
            return self._is_known(low)
        if count and low not in self._common and len(low) > 3:
            return True
        is_word = low in words("pinyin_words")
        return not is_word and ((bool(_PINYIN.fullmatch(low)) and len(low) > 1) or low in self._family)

    def _is_of_a_place(self, view: View, end: int) -> bool:
        after = re.match(r"\s+([A-Za-z]+)", view.text[end : end + 20])
        return (
            bool(after)
            and after is not None
            and after.group(1)[0].isupper()
            and after.group(1).lower() in words("organ_en")
        )
