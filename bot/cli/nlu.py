"""`changtong nlu …`: parse lines, measure, look for copies and leaks, make training data of corrections."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bot.cli.edge import Data, Refused, Words, causes, out, settings_for, tell
from bot.cli.nlu_tables import cross_table, renew, tables
from bot.cli.talking import speak_utf8
from bot.settings import Settings
from casework.profile import load_profile

if TYPE_CHECKING:
    from bot.understanding import Interpreter
    from bot.understanding.learning import Redact

Today = Annotated[str | None, typer.Option("--today", metavar="DAY")]
Set = Annotated[Path | None, typer.Option("--set", metavar="DIR")]
AsJson = Annotated[bool, typer.Option("--json")]


def parse(data: Data = None, today: Today = None) -> None:
    """Read JSON lines `{"text", "context"?}`; write what Rasa's `/model/parse` answers, one line each."""
    with causes():
        settings = settings_for(data)
        _parse(settings, _day(today, settings))


def _parse(settings: Settings, today: date) -> None:
    from bot.cli.nlu_values import parse_whole
    from bot.understanding import Context
    from bot.understanding.measure import is_narrative
    from bot.understanding.rasa_shape import parse_shape

    interpreter = _interpreter(settings)
    speak_utf8()
    for text, context in _requests(sys.stdin):
        where = Context(**context)
        whole, entities = parse_whole(interpreter, text, where, today)
        told = is_narrative(text) or whole.intent == "describe_incident"
        ranking = interpreter.categories.rank(text, where.language or "zh") if told else None
        out(json.dumps(parse_shape(whole, entities, ranking), ensure_ascii=False))
        sys.stdout.flush()


def _requests(lines: Any) -> Iterator[tuple[str, dict[str, str | None]]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            content = json.loads(line)
            context = content.get("context") or {}
            known = {name: context.get(name) for name in ("active_loop", "requested_slot", "language")}
            yield str(content["text"]), known
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refused("nlu_line_unreadable", number=number) from None


def evaluate(
    data: Data = None,
    held_out: Set = None,
    cross: Annotated[Literal["folds", "voices"] | None, typer.Option("--cross")] = None,
    folds: Annotated[int, typer.Option("--folds", min=2, max=20)] = 5,
    as_json: AsJson = False,
    into: Annotated[Path | None, typer.Option("--into", metavar="FILE")] = None,
    today: Today = None,
) -> None:
    """Measure on the texts kept apart, or across the training data; `into` renews the figures in a document.

    Days are told from `today` on; the texts may have been written for another day.
    """
    with causes():
        settings = settings_for(data)
        speak_utf8()
        if cross:
            _cross(settings, cross, folds, as_json)
            return
        told = _evaluated(settings, held_out or settings.nlu_data / "heldout", _day(today, settings))
        if into is None:
            out(json.dumps(told, ensure_ascii=False, indent=1) if as_json else tables(told))
        elif not renew(into, told):
            raise Refused("nlu_no_marks", file=into)


def _evaluated(settings: Settings, folder: Path, today: date) -> dict[str, Any]:
    from bot.understanding import evaluation
    from bot.understanding.held_out import read_held_out

    apart = read_held_out(folder)
    interpreter = _interpreter(settings)
    told: dict[str, Any] = {"intents": evaluation.report(interpreter, apart.utterances)} if apart.utterances else {}
    if apart.narratives:
        told["categories"] = evaluation.categories(interpreter.categories.rank, apart.narratives)
    if apart.sentences:
        told["entities"] = evaluation.entities(_namer(interpreter, today), apart.sentences)
    return told


def _cross(settings: Settings, how: str, folds: int, as_json: bool) -> None:
    from bot.understanding import crossing, evaluation
    from bot.understanding.training_data import read_training_data

    examples, gazetteer = read_training_data(settings.nlu_data), _gazetteer(settings)
    parts = (
        crossing.by_voices(settings.nlu_data, examples, gazetteer)
        if how == "voices"
        else crossing.by_folds(settings.nlu_data, examples, gazetteer, folds)
    )
    found = {
        part.name: evaluation.figures(evaluation.hear(part.interpreter, part.items, with_context=False))
        for part in parts
    }
    plain = {name: vars(figures) for name, figures in found.items()}
    out(json.dumps(plain, indent=1) if as_json else cross_table(plain))


def likeness(
    data: Data = None,
    held_out: Set = None,
    least: Annotated[float, typer.Option("--least", min=0.5, max=1.0)] = 0.9,
) -> None:
    """List near-duplicates among the examples, and texts kept apart that leaked into them; 1 when one leaked."""
    with causes():
        settings = settings_for(data)
        found = _likeness(settings, held_out or settings.nlu_data / "heldout", least)
    if found:
        raise typer.Exit(1)


def _likeness(settings: Settings, folder: Path, least: float) -> int:
    from bot.understanding.held_out import read_held_out
    from bot.understanding.likeness import leaks, near_duplicates
    from bot.understanding.training_data import read_training_data

    words, examples = Words(), read_training_data(settings.nlu_data)
    speak_utf8()
    twins = near_duplicates([*examples.intents, *examples.categories], least=least)
    learned = [text for text, _ in (*examples.intents, *examples.categories)]
    leaked = leaks(learned, [*read_held_out(folder).texts], least=least)
    for name, pairs in (("nlu_near_duplicates", twins), ("nlu_leaks", leaked)):
        tell(words.say(name, count=len(pairs)))
        for pair in pairs:
            out(f"{pair.likeness:.3f}\t{pair.one}\t{pair.other}")
    return len(leaked)


def correct(
    intent: Annotated[str | None, typer.Option("--intent", metavar="NAME")] = None,
    category: Annotated[str | None, typer.Option("--category", metavar="ID")] = None,
    data: Data = None,
) -> None:
    """Keep what messages (one a line) were meant as, for `learn`: redacted before anything is written."""
    with causes():
        settings = settings_for(data)
        if (intent is None) == (category is None):
            raise Refused("nlu_correct_what")
        speak_utf8()
        count = _correct(settings, intent, category)
        tell(Words().say("nlu_corrected", count=count, file=_corrections(settings).name))


def _correct(settings: Settings, intent: str | None, category: str | None) -> int:
    from bot.understanding import learning
    from casework.anonymise import language_of

    kind, label = (learning.INTENT, intent) if intent is not None else (learning.CATEGORY, category)
    if label not in _labels(settings)[kind]:
        raise Refused("nlu_label_unknown", name=label)
    if not settings.data.is_dir():
        raise Refused("check_not_set_up", folder=settings.data)
    redact, count = _redactor(settings), 0
    for line in filter(str.strip, sys.stdin):
        language = language_of(line)
        masked = learning.Correction(
            text=redact(line.strip(), language), language=language, kind=kind, label=str(label)
        )
        learning.keep_correction(masked, _corrections(settings))
        out(masked.text)
        count += 1
    return count


def _corrections(settings: Settings) -> Path:
    return settings.data / "corrections.jsonl"


def learn(
    target: Annotated[Path, typer.Option("--to", metavar="DIR")],
    data: Data = None,
    source: Annotated[Path | None, typer.Option("--from", metavar="FILE")] = None,
    kept: Annotated[bool, typer.Option("--kept")] = False,
) -> None:
    """Write operators' corrections (JSON lines, or those kept by `correct`) as training data, redacted."""
    with causes():
        settings = settings_for(data)
        speak_utf8()
        source = _corrections(settings) if kept else source
        if kept and not _corrections(settings).exists():
            raise Refused("nlu_nothing_kept")
        lines = source.read_text(encoding="utf-8").splitlines() if source else list(sys.stdin)
        written = _learn(settings, lines, target)
        tell(Words().say("nlu_learned", files=", ".join(path.name for path in written) or "-"))


def _learn(settings: Settings, lines: Sequence[str], target: Path) -> list[Path]:
    from bot.understanding import learning

    corrections = learning.read_corrections(lines)
    files = learning.as_training_data(corrections, _redactor(settings), _labels(settings))
    return learning.write_training_data(files, target)


def _labels(settings: Settings) -> dict[str, frozenset[str]]:
    from bot.understanding import learning
    from bot.understanding.training_data import read_training_data

    examples = read_training_data(settings.nlu_data)
    return {
        learning.INTENT: frozenset(label for _, label in examples.intents),
        learning.CATEGORY: frozenset(label for _, label in examples.categories),
    }


def _redactor(settings: Settings) -> "Redact":
    """Mask all that is found, also what is the accused's: an example must point at nobody."""
    from bot.bootstrap import anonymiser
    from casework.anonymise import mask

    tool = anonymiser(load_profile(settings.profile))
    return lambda text, language: mask(text, tool.finds(text), language)


def _interpreter(settings: Settings) -> "Interpreter":
    """Return the interpreter; a model trained without a data folder is kept in the person's own cache."""
    from bot.cli.opening import training_bar
    from bot.understanding import load_interpreter

    own = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "changtong"
    folder = settings.cache if settings.data.exists() else own
    with training_bar(Words()) as progress:
        return load_interpreter(settings.nlu_data, folder, _gazetteer(settings), progress)


def _gazetteer(settings: Settings) -> Any:
    from bot.understanding import Gazetteer

    return Gazetteer.of(load_profile(settings.profile))


def _day(told: str | None, settings: Settings) -> date:
    return date.fromisoformat(told) if told else _today(settings)


def _today(settings: Settings) -> date:
    from bot.clock import SystemClock

    return SystemClock(load_profile(settings.profile).zone).today()


def _namer(interpreter: "Interpreter", today: date) -> Any:
    from bot.cli.nlu_values import parse_whole

    return lambda text: parse_whole(interpreter, text, None, today)[1]
