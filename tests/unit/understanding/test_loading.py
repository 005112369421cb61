import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.understanding import Gazetteer, encoding, load_interpreter, loading, training
from bot.understanding.errors import TrainingDataRefused, TrainingFailed
from bot.understanding.model import Model, Vectoriser
from tests.unit.understanding.conftest import ROOT

NOBODY = Gazetteer()


def model_in(folder: Path) -> Path:
    (found,) = folder.glob("model-*.npz")
    return found


def test_the_first_start_trains_and_tells_how_far_it_is(project: Path, tmp_path: Path) -> None:
    steps: list[tuple[float, str]] = []
    interpreter = load_interpreter(project, tmp_path / "cache", NOBODY, lambda *step: steps.append(step))
    assert interpreter.parse("hello there").intent == "greet"
    assert [fraction for fraction, _ in steps] == sorted(fraction for fraction, _ in steps)
    assert steps[-1] == (1.0, "done")
    assert interpreter.categories.rank("anything", "en") == []


def test_a_model_is_trained_once_and_again_when_data_change(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    load_interpreter(project, cache, NOBODY)
    steps: list[str] = []
    load_interpreter(project, cache, NOBODY, lambda fraction, step: steps.append(step))
    assert steps == []
    path = project / "data" / "nlu" / "talk.yml"
    path.write_text(path.read_text(encoding="utf-8") + "    - no more please\n", encoding="utf-8")
    assert load_interpreter(project, cache, NOBODY).parse("no more please").intent == "cancel"
    assert len(list(cache.glob("model-*.npz"))) == 2


@pytest.mark.parametrize("damage", [b"", b"no model", None])
def test_a_broken_model_is_trained_anew(project: Path, tmp_path: Path, damage: bytes | None) -> None:
    cache = tmp_path / "cache"
    load_interpreter(project, cache, NOBODY)
    path = model_in(cache)
    path.write_bytes(path.read_bytes()[:-300] if damage is None else damage)
    assert load_interpreter(project, cache, NOBODY).parse("hello friend").intent == "greet"
    assert Model.load(path).intents.labels == ("cancel", "greet")


def test_two_that_train_at_once_leave_one_whole_model(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: load_interpreter(project, cache, NOBODY), range(2)))
    assert [one.parse("取消").intent for one in both] == ["cancel", "cancel"]
    assert [path.suffixes for path in cache.iterdir()] == [[".npz"]]


def test_bad_data_are_refused_with_all_problems(project: Path, tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (project / "data" / "nlu" / name).write_text("nlu: [{}]\n", encoding="utf-8")
    with pytest.raises(TrainingDataRefused) as refused:
        load_interpreter(project, tmp_path / "cache", NOBODY)
    assert [problem.split(":")[0] for problem in refused.value.problems] == ["data/nlu/a.yml", "data/nlu/b.yml"]


def test_a_training_process_that_dies_is_reported(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(TrainingFailed, match="ended with 1"):
        load_interpreter(project, tmp_path / "cache", NOBODY)


def test_a_training_process_that_leaves_no_model_is_reported(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/true")
    with pytest.raises(TrainingFailed, match="cannot be read"):
        load_interpreter(project, tmp_path / "cache", NOBODY)


def test_training_and_serving_agree_on_the_exit_code() -> None:
    assert loading._REFUSED == training.REFUSED


def test_the_command_trains(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert training.main([str(project), str(tmp_path / "model.npz")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1.00 done"
    (project / "data" / "nlu" / "talk.yml").write_text("nlu: [{}]\n", encoding="utf-8")
    assert training.main([str(project), str(tmp_path / "other.npz")]) == training.REFUSED
    assert "talk.yml" in capsys.readouterr().err


def test_without_the_encoder_the_grams_serve_alone(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "encoder_name", lambda: "")
    path = tmp_path / "model.npz"
    assert training.main([str(project), str(path)]) == 0
    model = Model.load(path)
    assert model.intents.meaning_weights is None
    vector = Vectoriser.of(model, None).vector("hello friend")
    assert vector.embedding is None
    assert model.intents.ranking(vector)[0][0] == "greet"


def test_serving_never_imports_scikit_learn(project: Path, tmp_path: Path) -> None:
    load_interpreter(project, tmp_path / "cache", NOBODY)
    program = (
        "import sys; from pathlib import Path; from bot.understanding import *;"
        f"load_interpreter(Path({str(project)!r}), Path({str(tmp_path / 'cache')!r}), Gazetteer()).parse('hello');"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'sklearn', 'scipy'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
