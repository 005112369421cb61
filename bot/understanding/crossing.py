"""Cross-validation: learn without a part of the examples, and look how that part is understood.

By folds every text has others of its voice beside it; by voices none has, which is nearer to strangers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.understanding.encoding import Encode, encoder_beside
from bot.understanding.held_out import Utterance
from bot.understanding.interpreter import Interpreter
from bot.understanding.model import Model, Vectoriser
from bot.understanding.training import train
from bot.understanding.training_data import Example, TrainingData, read_examples
from bot.understanding.values import Gazetteer
from bot.understanding.vectors import SentenceEncoder, encoder_name


@dataclass(frozen=True, kw_only=True)
class Part:
    """What was kept apart under a name, and who learned the rest."""

    name: str
    interpreter: Interpreter
    items: tuple[Utterance, ...]


def by_folds(nlu_dir: Path, data: TrainingData, gazetteer: Gazetteer, folds: int) -> Iterator[Part]:
    """Yield every fold; each example belongs to one, its place in its intent's list decides."""
    seen: dict[str, int] = {}
    places: list[int] = []
    examples = read_examples(nlu_dir)
    for example in examples:
        places.append(seen.get(example.label, 0) % folds)
        seen[example.label] = seen.get(example.label, 0) + 1
    with encoder_beside() as encode:
        for fold in range(folds):
            apart = [place == fold for place in places]
            yield _part(f"fold {fold + 1}", _rest(data, examples, apart, encode), examples, apart, gazetteer)


def by_voices(nlu_dir: Path, data: TrainingData, gazetteer: Gazetteer) -> Iterator[Part]:
    """Yield every file of `voices/`, learned without it."""
    examples = read_examples(nlu_dir)
    with encoder_beside() as encode:
        for file in sorted({example.file for example in examples if "/voices/" in example.file}):
            apart = [example.file == file for example in examples]
            yield _part(Path(file).stem, _rest(data, examples, apart, encode), examples, apart, gazetteer)


def _rest(data: TrainingData, examples: Sequence[Example], apart: Sequence[bool], encode: Encode | None) -> Model:
    kept = [(e.text, e.label) for e, is_apart in zip(examples, apart, strict=True) if not is_apart]
    return train(TrainingData(**vars(data) | {"intents": kept, "categories": []}), _silent, encode)


def _part(name: str, model: Model, examples: Sequence[Example], apart: Sequence[bool], gazetteer: Gazetteer) -> Part:
    vectoriser = Vectoriser.of(model, SentenceEncoder() if encoder_name() else None)
    items = tuple(_utterance(e) for e, is_apart in zip(examples, apart, strict=True) if is_apart)
    return Part(name=name, interpreter=Interpreter(model, vectoriser, gazetteer), items=items)


def _utterance(example: Example) -> Utterance:
    name = Path(example.file).stem
    voice, _, language = name.rpartition("_")
    return Utterance(text=example.text, intent=example.label, language=language, style=voice)


def _silent(fraction: float, step: str) -> None:
    """Tell nobody."""
