"""Fills the places of the sentences with values that look like a person's; drawn by seed, belonging to nobody."""

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from casework.finders.id_cards import CHECKS, WEIGHTS

_LISTS: Final[dict[str, list[str]]] = YAML(typ="safe", pure=True).load(Path(__file__).with_name("words.yml"))
_PLACE: Final = re.compile(r"\{(\w+)\}")
_GIVEN: Final = _LISTS["given"]
_FAMILY: Final = _LISTS["family"]
_TRADITIONAL: Final = _LISTS["traditional"]
_FAMILY_EN: Final = _LISTS["family_en"]
_GIVEN_EN: Final = _LISTS["given_en"]
_WESTERN: Final = _LISTS["western"]
_FIRMS: Final = _LISTS["firms"]
_FIRMS_EN: Final = _LISTS["firms_en"]
_ESTATES: Final = _LISTS["estates"]
_ESTATES_EN: Final = _LISTS["estates_en"]
_VILLAGES_EN: Final = _LISTS["villages_en"]
_NUMERALS: Final = "零一二三四五六七八九"
_CAPITALS: Final = "零壹贰叁肆伍陆柒捌玖"
_WORDS: Final = _LISTS["words"]
_WIDE: Final = str.maketrans("0123456789", "０１２３４５６７８９")
_CREDIT: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def filled(line: str, chance: random.Random) -> str:
    """Return the line with every `{place}` drawn; a name asked for twice in `[[…]]` of one line may differ."""
    return _PLACE.sub(lambda match: _MAKERS[match.group(1)](chance), line)


def _mobile(chance: random.Random) -> str:
    return chance.choice(["138", "139", "159", "186", "177", "199", "135"]) + _digits(8)(chance)


def _digits(count: int) -> Callable[[random.Random], str]:
    return lambda chance: str(chance.randint(1, 9)) + "".join(chance.choices("0123456789", k=count - 1))


def _groups(number: str, *sizes: int, gap: str) -> str:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(number[at : at + size])
        at += size
    return gap.join(piece for piece in (*pieces, number[at:]) if piece)


def _id18(chance: random.Random) -> str:
    county = chance.choice(["210202", "210203", "210211", "210281", "210219", "211123", "230102"])
    day = f"{chance.randint(1945, 2004)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    body = county + day + f"{chance.randint(0, 999):03}"
    return body + CHECKS[sum(w * int(d) for w, d in zip(WEIGHTS, body, strict=True)) % 11]


def _id15(chance: random.Random) -> str:
    whole = _id18(chance)
    return whole[:6] + "5" + whole[9:17]


def _bank(chance: random.Random) -> str:
    body = chance.choice(["622202", "621700", "622848", "621661"]) + "".join(chance.choices("0123456789", k=12))
    total = sum(d if i % 2 else (2 * d - 9 if d > 4 else 2 * d) for i, d in enumerate(map(int, reversed(body))))
    return body + str(-total % 10)


def _uscc(chance: random.Random) -> str:
    body = "91210200" + "".join(chance.choices(_CREDIT, k=9))
    check = (31 - sum(_CREDIT.index(c) * w for c, w in zip(body, _CREDIT_WEIGHTS, strict=True)) % 31) % 31
    return body + _CREDIT[check]


def _name(chance: random.Random) -> str:
    return chance.choice(_FAMILY) + chance.choice(_GIVEN)


def _pinyin(chance: random.Random) -> str:
    return f"{chance.choice(_FAMILY_EN)} {chance.choice(_GIVEN_EN)}"


def _account(chance: random.Random) -> str:
    return (
        chance.choice(["xiaoyu", "dl_fisher", "sunny", "wangfang", "old-tree", "lucky"])
        + chance.choice(["_", ""])
        + _digits(3)(chance)
    )


def _mail(chance: random.Random) -> str:
    return _account(chance).replace("-", ".") + chance.choice(["@163.com", "@qq.com", "@gmail.com", "@example.com.cn"])


def _in(words: list[str]) -> Callable[[random.Random], str]:
    return lambda chance: chance.choice(words)


def _spelt(numerals: str) -> Callable[[random.Random], str]:
    return lambda chance: "".join(numerals[int(digit)] for digit in _mobile(chance))


_MAKERS: Final[dict[str, Callable[[random.Random], str]]] = {
    "mobile": _mobile,
    "mobile_sp": lambda c: _groups(_mobile(c), 3, 4, gap=" "),
    "mobile_dash": lambda c: _groups(_mobile(c), 3, 4, gap="-"),
    "mobile_dot": lambda c: _groups(_mobile(c), 3, 4, gap="."),
    "mobile_fw": lambda c: _mobile(c).translate(_WIDE),
    "mobile_zh": _spelt(_NUMERALS),
    "mobile_yao": lambda c: _spelt(_NUMERALS)(c).replace("一", "幺"),
    "mobile_cap": _spelt(_CAPITALS),
    "mobile_words": lambda c: " ".join(_WORDS[int(digit)] for digit in _mobile(c)),
    "mobile_under": lambda c: _groups(_mobile(c), 3, 4, gap="_"),
    "mobile_star": lambda c: _groups(_mobile(c), 3, 2, 2, 2, gap="，" if c.random() < 0.3 else " "),
    "landline8": lambda c: "8" + _digits(7)(c),
    "us7": lambda c: _groups(_digits(7)(c), 3, gap=" "),
    "landline": lambda c: "0411-8" + _digits(7)(c),
    "landline_sp": lambda c: "0411 8" + _groups(_digits(7)(c), 3, gap=" "),
    "id18": _id18,
    "id18_sp": lambda c: _groups(_id18(c), 6, 8, gap=" "),
    "id15": _id15,
    "bank": _bank,
    "bank_sp": lambda c: _groups(_bank(c), 4, 4, 4, 4, gap=" "),
    "uscc": _uscc,
    "name": _name,
    "name_t": _in(_TRADITIONAL),
    "pinyin": _pinyin,
    "pinyin_low": lambda c: _pinyin(c).lower(),
    "surname": _in(_FAMILY_EN),
    "surname_low": lambda c: c.choice(_FAMILY_EN).lower(),
    "western": _in(_WESTERN),
    "western_": lambda c: c.choice(_WESTERN).split()[0],
    "wx": _account,
    "qq": _digits(9),
    "mail": _mail,
    "mail_words": lambda c: _account(c).replace("-", "") + " at gmail dot com",
    "firm": _in(_FIRMS),
    "efirm": _in(_FIRMS_EN),
    "estate": _in(_ESTATES),
    "estate_en": _in(_ESTATES_EN),
    "village_en": _in(_VILLAGES_EN),
    "tower": _in(["国泰", "天富", "新世界"]),
    "plate": lambda c: c.choice("ABCDEFGHJKLM") + _digits(4)(c),
    "room": _digits(3),
    **{f"n{count}": _digits(count) for count in (1, 2, 3, 4, 7, 8)},
}
