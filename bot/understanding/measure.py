"""How long a text is, whatever its script, and whether it asks something."""

import re
from typing import Final

STORY_HAN: Final = 40
STORY_WORDS: Final = 25
NARRATIVE: Final = 0.2
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_WORD: Final = re.compile(r"[^\W\d_\u3400-\u9fff][^\W_\u3400-\u9fff]*(?:['’-][^\W\d_\u3400-\u9fff]+)*")


def size(text: str) -> float:
    """Return the length of a text, 1.0 being where a story begins (40 Han characters or 25 words)."""
    return len(_HAN.findall(text)) / STORY_HAN + len(_WORD.findall(text)) / STORY_WORDS


def is_story(text: str) -> bool:
    """Tell whether a text is too long for a command."""
    return size(text) > 1


def is_narrative(text: str) -> bool:
    """Tell whether a text is long enough to have a subject that categories could fit."""
    return size(text) >= NARRATIVE


def is_question(plain: str, question: re.Pattern[str]) -> bool:
    """Tell whether a normalised text asks something: by its mark or by a word of `question`."""
    return plain.rstrip(" \"'”").endswith("?") or bool(question.search(plain))
