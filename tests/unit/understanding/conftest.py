"""What the tests of understanding share: one trained interpreter, and a small project that trains in a second."""

from pathlib import Path

import pytest

from bot.understanding import Gazetteer, Interpreter, load_interpreter
from bot.understanding.entities import EntityFinder
from bot.understanding.model import Words
from bot.understanding.training_data import read_training_data
from casework.profile import load_profile

ROOT = Path(__file__).resolve().parents[3]
NLU = ROOT / "nlu_data"

SMALL = """\
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hello there
    - hello friend
    - 你好
- intent: cancel
  examples: |
    - stop it now
    - cancel it now
    - 取消
"""


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return Gazetteer.of(load_profile(ROOT / "profiles" / "dalian.yml"))


@pytest.fixture(scope="session")
def interpreter(gazetteer: Gazetteer, tmp_path_factory: pytest.TempPathFactory) -> Interpreter:
    return load_interpreter(NLU, tmp_path_factory.mktemp("model"), gazetteer)


@pytest.fixture(scope="session")
def finder(gazetteer: Gazetteer) -> EntityFinder:
    data = read_training_data(NLU)
    return EntityFinder(Words(lookups=data.lookups, patterns=data.patterns), gazetteer)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder of training files with two intents."""
    folder = tmp_path / "project" / "data" / "nlu"
    folder.mkdir(parents=True)
    (folder / "talk.yml").write_text(SMALL, encoding="utf-8")
    return tmp_path / "project"
