"""Copies among the examples, and the texts kept apart: how many are nearly there already."""

from bot.understanding.held_out import read_held_out
from bot.understanding.likeness import leaks, near_duplicates
from bot.understanding.training_data import read_training_data
from tests.unit.understanding.conftest import NLU

ALIKE = 0.9


def test_copies_of_one_label_are_found_the_likest_first() -> None:
    examples = [("where is my report", "a"), ("where is my report?", "a"), ("where is my repor", "a"), ("hello", "a")]
    pairs = near_duplicates(examples, least=0.7)
    assert (pairs[0].one, pairs[0].other) == ("where is my report", "where is my report?")
    assert pairs[0].likeness == 1
    assert all("hello" not in (pair.one, pair.other) for pair in pairs)


def test_copies_of_different_labels_and_short_words_are_no_pairs() -> None:
    assert (
        near_duplicates([("not at all mine", "a"), ("not at all mine", "b"), ("好的", "a"), ("好的啊", "a")], least=0.5)
        == []
    )


def test_leaks_are_found_whatever_the_script_and_case() -> None:
    found = leaks(
        ["我要撤回之前的举报", "something else entirely"],
        ["我要撤回之前的舉報", "SOMETHING else, entirely!"],
        least=ALIKE,
    )
    assert sorted(pair.one for pair in found) == ["SOMETHING else, entirely!", "我要撤回之前的舉報"]
    assert leaks([], ["nothing learned yet"], least=ALIKE) == []


def test_next_to_nothing_kept_apart_leaked_into_the_training_data() -> None:
    data, apart = read_training_data(NLU), read_held_out(NLU / "heldout")
    learned = [text for text, _ in (*data.intents, *data.categories)]
    intended = {item.text for item in apart.sentences}
    found = [pair for pair in leaks(learned, [*apart.texts], least=ALIKE) if pair.one not in intended]
    assert len(found) <= 8, found


def test_the_examples_are_no_copies_of_each_other() -> None:
    data = read_training_data(NLU)
    pairs = near_duplicates([*data.intents, *data.categories], least=0.97)
    assert len(pairs) <= 0.01 * len(data.intents), pairs[:20]
