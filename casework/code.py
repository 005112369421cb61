"""The tracking code: made, checked, and found in what people type.

20 symbols of the Crockford alphabet in four groups of five. The last one is a checksum: with `a` a primitive element of
GF(32), the sum of a**i times symbol i is zero. The 20 weights are distinct and not zero, so every single wrong
symbol and every swap of two different symbols is caught.
"""

import re
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Literal

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 20
GROUP = 5
PLACEHOLDER = "〔code〕"

_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1 is primitive over GF(2): x has order 31
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_DASHES = frozenset("-‐‑‒–—―−﹣－_~〜～ー一")
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
_DOTS = frozenset(".·•・,，、。．/")
_NEARLY = range(17, 24)
_LONGEST_ANSWER = 1_000
_CHANGES = 5


@dataclass(frozen=True, kw_only=True)
class CodeFinding:
    """A code in a text. `code` is in printed form when valid; of a mistyped one, the symbols as read."""

    kind: Literal["valid", "mistyped"]
    code: str = field(repr=False)
    start: int
    end: int


def generate() -> str:
    """Return a new code "XXXXX-XXXXX-XXXXX-XXXXX".

    Drawn again (one draw in ten, 0.2 bits of 95) until two groups mix letters and digits and it has three of each,
    O/0 and I/L/1 not counted: such a code is told from words and numbers wherever it stands.
    """
    while True:
        drawn = "".join(ALPHABET[byte % 32] for byte in secrets.token_bytes(LENGTH - 1))
        symbols = drawn + check_symbol(drawn)
        if _is_distinct(symbols):
            return _printed(symbols)


def check_symbol(symbols: str) -> str:
    """Return the 20th symbol for the first 19."""
    total = 0
    for products, symbol in zip(_PRODUCTS, symbols, strict=True):
        total ^= products[_VALUE[symbol]]
    return ALPHABET[_multiply(total, _LAST_WEIGHT_INVERSE)]


def is_valid(code: str) -> bool:
    """Tell whether `code`, typed in any forgiven way, has 20 symbols and a right checksum."""
    symbols = normalise(code)
    return len(symbols) == LENGTH and set(symbols) <= set(ALPHABET) and check_symbol(symbols[:-1]) == symbols[-1]


def normalise(code: str) -> str:
    """Return the bare symbols of a typed code: upper case, no separators, O as 0, I and L as 1, any digits as ASCII."""
    return "".join(_forgive(_plain(character)) for character in code)


def find(text: str, *, asked: bool = False) -> CodeFinding | None:
    """Find a tracking code in `text`.

    When the code was not asked for, a story must not be taken for one: words are symbols of the alphabet too, so a
    valid checksum alone proves nothing. When it was asked for, 17 to 23 symbols that look like a code are "mistyped",
    unless so much is typed that it is a story after all.
    """
    asked = asked and len(text) <= _LONGEST_ANSWER
    best: tuple[int, CodeFinding] | None = None
    for window in _windows(text, asked=asked):
        rank = window.rank_asked() if asked else window.rank()
        if rank and (best is None or rank > best[0]):
            best = rank, window.finding()
    return best[1] if best else None


def mask(text: str, finding: CodeFinding | None = None) -> str:
    """Replace the finding, and every other code that stands in `text`, by 〔code〕.

    All are sought in one pass: a text full of them would else hold up everybody's turns.
    """
    ranked = [(rank, window.finding()) for window in _windows(text, asked=False) if (rank := window.rank())]
    surest = [found for _, found in sorted(ranked, key=lambda one: (-one[0], one[1].start))]
    covered, taken = bytearray(len(text)), []
    for found in surest if finding is None else [finding, *surest]:
        if not any(covered[found.start : found.end]):
            covered[found.start : found.end] = b"\1" * (found.end - found.start)
            taken.append(found)
    return _with_placeholders(text, sorted(taken, key=lambda found: found.start))


def _with_placeholders(text: str, findings: list[CodeFinding]) -> str:
    pieces, done = [], 0
    for found in findings:
        pieces += [text[done : found.start], PLACEHOLDER]
        done = found.end
    return "".join([*pieces, text[done:]])


@dataclass(frozen=True)
class _Token:
    """A run of ASCII letters and digits without a break, as typed, and where it stands."""

    typed: str
    start: int
    end: int

    @cached_property
    def symbols(self) -> str:
        return "".join(_forgive(character) for character in self.typed)

    @cached_property
    def digits(self) -> int:
        return sum(c.isdigit() for c in self.typed)

    @cached_property
    def is_mixed(self) -> bool:
        return self.digits > 0 and any(c.isalpha() for c in self.typed)


@dataclass(frozen=True)
class _Window:
    """Neighbouring tokens that may be one code. `dashed`: joined by dashes alone; `whole`: nothing else in the text."""

    tokens: tuple[_Token, ...]
    size: int
    dashed: bool
    whole: bool

    @cached_property
    def symbols(self) -> str:
        return "".join(token.symbols for token in self.tokens)

    @cached_property
    def digits(self) -> int:
        return sum(token.digits for token in self.tokens)

    @cached_property
    def is_valid(self) -> bool:
        return len(self.symbols) == LENGTH and is_valid(self.symbols)

    @property
    def mixed(self) -> list[_Token]:
        return [token for token in self.tokens if token.is_mixed]

    @property
    def mixed_symbols(self) -> int:
        return sum(len(token.typed) for token in self.mixed)

    @property
    def _likeness(self) -> int:
        """Return how much it looks printed: a word before a code makes, with three groups, a right checksum in 32."""
        return self.mixed_symbols + (GROUP if self.dashed else 0)

    def finding(self) -> CodeFinding:
        kind: Literal["valid", "mistyped"] = "valid" if self.is_valid else "mistyped"
        code = _printed(normalise(self.symbols)) if self.is_valid else self.symbols
        return CodeFinding(kind=kind, code=code, start=self.tokens[0].start, end=self.tokens[-1].end)

    def rank(self) -> int:
        """Return how sure it is that this is a code that nobody asked for; 0 is no."""
        digits = self.digits
        if not digits or digits == self.size:
            return 0
        symbols, sizes = self.symbols, [len(token.typed) for token in self.tokens]
        if len(symbols) != LENGTH:
            return 1 if self._is_slip(sizes) else 0
        if self.is_valid:
            return self._rank_valid(sizes, digits)
        if sizes == [LENGTH]:
            return 3 if digits >= 3 and len(symbols) - digits >= 3 else 0
        return 2 if sizes == [GROUP] * 4 and (self.dashed or len(self.mixed) >= 2) else 0

    def _is_slip(self, sizes: list[int]) -> bool:
        """Tell whether a symbol or two are missing or too many: what is nearly a code gives the code away."""
        if len(sizes) == 4 and all(4 <= n <= 6 for n in sizes):
            return len(self.mixed) >= 3 and (self.dashed or abs(self.size - LENGTH) == 1)
        if len(sizes) != 1 or abs(self.size - LENGTH) != 1:
            return False
        # Numbers of contracts and invoices are as long, but have their letters together.
        return sum(a.isdigit() != b.isdigit() for a, b in pairwise(self.tokens[0].typed)) >= _CHANGES

    def _rank_valid(self, sizes: list[int], digits: int) -> int:
        if sizes == [LENGTH] or (sizes == [GROUP] * 4 and (self.dashed or self.mixed)):
            return 9 + self._likeness
        if digits < 3 or any(16 <= n < LENGTH for n in sizes):  # 18 symbols are an identity card or a credit code
            return 0
        return 8 if self.mixed_symbols >= 8 or set(sizes) == {1} else 0

    def rank_asked(self) -> int:
        """Return how well this answers the question for the code; 0 is not at all."""
        if not self.digits:
            return 900 if self.is_valid and self.whole else 0
        looks_like_one = self.whole or self.mixed_symbols >= 5 or len(self.tokens) == 1
        if not looks_like_one:
            return 0
        near = 30 - abs(len(self.symbols) - LENGTH)
        return near + self._likeness + (1000 if self.is_valid else 0) + (100 if self.whole else 0)


def _windows(text: str, *, asked: bool) -> Iterator[_Window]:
    tokens = list(_tokens(text))
    joints = [_joint(text[a.end : b.start], asked=asked) for a, b in pairwise(tokens)]
    for first in range(len(tokens)):
        size, dashed = 0, True
        for last in range(first, len(tokens)):
            size += len(tokens[last].typed)
            if size > _NEARLY[-1]:
                break
            if size in _NEARLY and (asked or size == LENGTH or last - first in (0, 3)):
                whole = len(tokens) == last - first + 1
                yield _Window(tuple(tokens[first : last + 1]), size, dashed and last > first, whole)
            if last == len(joints) or joints[last] is None:
                break
            dashed = dashed and joints[last] == "dash"


def _joint(between: str, *, asked: bool) -> Literal["dash", "space"] | None:
    """Tell how two tokens are joined; None when what stands between them parts them."""
    marks = [c for c in between if not c.isspace() and c not in _INVISIBLE]
    if len(between) > (12 if asked else 4) or not all(c in _DASHES or c in _DOTS for c in marks):
        return None
    return "dash" if marks and all(c in _DASHES for c in marks) else "space"


def _tokens(text: str) -> Iterator[_Token]:
    for match in re.finditer(r"[^\W_]+", text):
        yield from _symbol_runs(match.group(), match.start())


def _symbol_runs(word: str, offset: int) -> Iterator[_Token]:
    """Cut a word of mixed scripts ("编号ABC") into its runs of ASCII letters and digits."""
    run, start = "", 0
    for position, character in enumerate(word + "\0"):
        plain = _plain(character)
        if plain and not run:
            start = position
        if run and not plain:
            yield _Token(run, offset + start, offset + position)
            run = ""
        run += plain


def _plain(character: str) -> str:
    """Return the ASCII letter (upper case) or digit a character stands for; "" for separators and other scripts."""
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", character).upper()
    return plain if len(plain) == 1 and plain.isascii() and plain.isalnum() else ""


def _forgive(plain: str) -> str:
    """Read O as 0, I and L as 1. U stays: it is in no code."""
    return ALPHABET[_VALUE[plain]] if plain in _VALUE else plain


def _printed(symbols: str) -> str:
    return "-".join(symbols[i : i + GROUP] for i in range(0, LENGTH, GROUP))


def _is_distinct(symbols: str) -> bool:
    sure = symbols.replace("0", " ").replace("1", " ")
    digits = sum(c.isdigit() for c in sure)
    mixed = sum(_Token(sure[i : i + GROUP], 0, 0).is_mixed for i in range(0, LENGTH, GROUP))
    return mixed >= 2 and 3 <= digits <= LENGTH - 5


def _multiply(a: int, b: int) -> int:
    """Multiply in GF(32)."""
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a <<= 1
        a ^= _POLYNOMIAL if a & 32 else 0
        b >>= 1
    return product


def _powers(count: int) -> list[int]:
    powers = [1]
    for _ in range(count - 1):
        powers.append(_multiply(powers[-1], 2))
    return powers


_WEIGHTS = _powers(LENGTH)
_PRODUCTS = [[_multiply(weight, value) for value in range(32)] for weight in _WEIGHTS[:-1]]
_LAST_WEIGHT_INVERSE = next(v for v in range(1, 32) if _multiply(v, _WEIGHTS[-1]) == 1)
