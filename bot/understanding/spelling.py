"""Mends what was mistyped, by the words of the training texts; for the sentence encoder alone, which knows no errors.

An English word is replaced when one error leads from it to a word eight times as common; two Chinese characters when
they sound like a pair eight times as common. What is right may change now and then ("vids" to "kids"): nothing else
reads it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from bot.understanding.sounds import by_sound

_WORD: Final = re.compile(r"[a-z]{3,}")
_HAN: Final = re.compile("[\u4e00-\u9fff]{2,}")
_COMMON_WORD: Final = 5
_COMMON_PAIR: Final = 4
_TIMES: Final = 8
_SHORT: Final = 4
_PAIR: Final = 2
_MOST_REMEMBERED: Final = 20_000


def count_words(texts: Iterable[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Count in how many normalised texts each English word and each pair of Han characters stands."""
    words: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for text in texts:
        words.update(set(_WORD.findall(text)))
        pairs.update({pair for run in _HAN.findall(text) for pair in _pairs(run)})
    return dict(sorted(words.items())), dict(sorted(pairs.items()))


class Speller:
    """Mends normalised texts. Without words it changes nothing."""

    def __init__(self, words: Mapping[str, int], pairs: Mapping[str, int]) -> None:
        self._words, self._pairs = words, pairs
        self._by_deletion: dict[str, list[str]] = defaultdict(list)
        for word in sorted(word for word, n in words.items() if n >= _COMMON_WORD):
            for shorter in _deletions(word):
                self._by_deletion[shorter].append(word)
        self._by_sound: dict[str, str] = {}
        for pair in sorted((p for p, n in pairs.items() if n >= _COMMON_PAIR), key=lambda p: (pairs[p], p)):
            self._by_sound[by_sound(pair)] = pair
        self._mended: dict[str, str] = {}

    def mend(self, text: str) -> str:
        """Return `text` with its likely typing errors mended."""
        return _HAN.sub(lambda run: self._mend_han(run.group()), _WORD.sub(lambda word: self._word(word.group()), text))

    def _word(self, word: str) -> str:
        if word not in self._mended:
            if len(self._mended) >= _MOST_REMEMBERED:
                self._mended.clear()
            self._mended[word] = self._mend_word(word)
        return self._mended[word]

    def _mend_word(self, word: str) -> str:
        near = {name for form in _deletions(word) for name in self._by_deletion.get(form, ()) if _is_near(word, name)}
        best = max(near, key=lambda name: (self._words[name], name), default=word)
        return best if self._words.get(word, 0) * _TIMES <= self._words.get(best, 0) else word

    def _mend_han(self, run: str) -> str:
        chars, mended = list(run), set[int]()
        found = []
        for i, pair in enumerate(_pairs(run)):
            meant = self._by_sound.get(by_sound(pair), pair)
            if self._pairs.get(pair, 0) * _TIMES <= self._pairs.get(meant, 0) and meant != pair:
                found.append((-self._pairs[meant], i, meant))
        for _, i, meant in sorted(found):
            wrong = [j for j in (i, i + 1) if chars[j] != meant[j - i]]
            if mended.isdisjoint(wrong) and not any(self._is_held(chars, j, i, meant) for j in wrong):
                chars[i : i + _PAIR] = meant
                mended |= {i, i + 1}
        return "".join(chars)

    def _is_held(self, chars: list[str], place: int, start: int, meant: str) -> bool:
        """Tell whether the character belongs to a common pair with its neighbour on the other side."""
        other = place - 1 if place == start else place
        if other < 0 or other + 1 >= len(chars):
            return False
        return self._pairs.get(chars[other] + chars[other + 1], 0) * 2 >= self._pairs[meant]


def _pairs(run: str) -> list[str]:
    return [run[i : i + _PAIR] for i in range(len(run) - 1)]


def _deletions(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))} | {word}


def _is_near(word: str, name: str) -> bool:
    """Tell whether one error leads from one to the other; the first letter is seldom wrong, and in short
    words only swapped letters count.
    """
    if word == name or abs(len(word) - len(name)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), min(len(word), len(name)))
    rest, other = word[start:], name[start:]
    if rest[:2] == other[1::-1] and rest[2:] == other[2:]:
        return True
    if start == 0 or min(len(word), len(name)) < _SHORT:
        return False
    return rest[1:] in (other[1:], other) or rest == other[1:]
