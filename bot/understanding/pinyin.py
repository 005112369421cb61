"""Writes Chinese typed in Latin letters ("wo yao jubao") in characters, by pairs of characters of the training texts.

Tones, rare characters and names are lost; what comes out is good enough to tell what is meant, and is shown to nobody.
"""

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from bot.understanding.sounds import SYLLABLES, syllable

_RUN: Final = re.compile(r"[a-z]+(?:[ '’][a-z]+)*")
_LETTERS: Final = re.compile(r"[a-z]+")
_HAN: Final = re.compile(r"[㐀-鿿]")
_LONGEST_SYLLABLE: Final = 6
_MOST_SYLLABLES: Final = 60
_MOST_CHARACTERS: Final = 12
"""Characters weighed for one syllable: the commonest."""
_LEAST_SYLLABLES: Final = 2
_COMMON_WORD: Final = 3
"""A word in so many training texts is an English one, though it could be read as Pinyin: case, long, change."""
_OTHER_READINGS: Final = {
    "了": "le",
    "着": "zhe",
    "还": "hai",
    "什": "shen",
    "长": "zhang",
    "地": "de",
    "重": "chong",
    "都": "dou",
}


class PinyinReader:
    """Knows which characters stand beside each other, from the counts of words and pairs of the training texts."""

    def __init__(self, words: Mapping[str, int], pairs: Mapping[str, int]) -> None:
        self._words, self._pairs = words, pairs
        counts: dict[str, int] = defaultdict(int)
        for pair, count in pairs.items():
            for character in pair:
                counts[character] += count
        by_sound: dict[str, list[str]] = defaultdict(list)
        for character in sorted(counts, key=lambda c: (-counts[c], c)):
            for sound in {syllable(character), _OTHER_READINGS.get(character, "")} - {""}:
                by_sound[sound].append(character)
        self._by_sound = {sound: found[:_MOST_CHARACTERS] for sound, found in by_sound.items()}
        self._counts = counts

    def read(self, text: str, language: str | None = None) -> str:
        """Return a normalised text with what is Pinyin in it in characters; English is left as it is.

        Without a Chinese character in it the whole text must be Pinyin, and is none where English is spoken: names are.
        """
        is_mixed = bool(_HAN.search(text))
        if not _LETTERS.search(text) or (not is_mixed and (language == "en" or not self._is_pinyin(text))):
            return text
        return _RUN.sub(
            lambda run: self._written(run.group()) if self._is_pinyin(run.group(), 1) else run.group(), text
        )

    def _is_pinyin(self, text: str, least: int = _LEAST_SYLLABLES) -> bool:
        words = _LETTERS.findall(text)
        sounds = [split(word) for word in words]
        if not all(sounds) or not least <= sum(map(len, sounds)) <= _MOST_SYLLABLES:
            return False
        return any(self._words.get(word, 0) < _COMMON_WORD for word in words)

    def _written(self, run: str) -> str:
        """Return the likeliest characters of a run of syllables; one that no character has is left out."""
        paths: dict[str, tuple[float, str]] = {"": (0.0, "")}
        for sound in (sound for word in _LETTERS.findall(run) for sound in split(word)):
            found = self._by_sound.get(sound)
            if found:
                paths = {character: self._best(paths, character) for character in found}
        return max(paths.values())[1] or run

    def _best(self, paths: Mapping[str, tuple[float, str]], character: str) -> tuple[float, str]:
        own = math.log1p(self._counts[character]) / 4
        return max(
            (score + own + math.log1p(self._pairs.get(last + character, 0)), written + character)
            for last, (score, written) in paths.items()
        )


@lru_cache(maxsize=4_096)
def split(word: str) -> tuple[str, ...]:
    """Split a word of small letters into syllables, the longest first; empty when it is none."""
    if not word:
        return ()
    for length in range(min(_LONGEST_SYLLABLE, len(word)), 0, -1):
        if word[:length] in SYLLABLES:
            rest = split(word[length:])
            if rest or length == len(word):
                return (word[:length], *rest)
    return ()
