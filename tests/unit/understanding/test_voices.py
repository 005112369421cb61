"""The examples come in voices, and every intent is said in at least six of them, in both languages."""

from collections import defaultdict

from bot.understanding.training_data import read_examples
from tests.unit.understanding.conftest import NLU
from tests.unit.understanding.test_training_data import SAID_BY_NOBODY

ABOUT_THE_WORD = {"set_word", "unlock"}
"""Intents of the session word: typed after a prompt, in the prompt's words."""


def test_every_intent_is_said_in_six_voices_and_both_languages() -> None:
    voices: dict[tuple[str, str], set[str]] = defaultdict(set)
    for example in read_examples(NLU):
        if "/voices/" in example.file:
            voice, _, language = example.file.rpartition("/")[2].removesuffix(".yml").rpartition("_")
            voices[example.label, language].add(voice)
    spoken = {label for label, _ in voices}
    assert {"affirm", "cancel", "out_of_scope", "describe_incident", "emergency"} <= spoken
    assert not spoken & SAID_BY_NOBODY
    few = {key: sorted(found) for key, found in voices.items() if len(found) < 6}
    assert few == {}
    assert {language for _, language in voices} == {"zh", "en"}


def test_examples_know_their_file() -> None:
    files = {example.file for example in read_examples(NLU)}
    assert "data/nlu/voices/northeast_zh.yml" in files
    assert "data/nlu/report_en.yml" in files
