"""Responses: which variation is said, with which values, in how many messages."""

import secrets
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.dialogue.domain import Domain
from bot.dialogue.files import Items, Map, Problems
from bot.dialogue.templates import compiled, filled, is_balanced
from bot.dialogue.values import SpokenMessage

PARTS = ("text", "buttons", "quick_replies", "custom", "image", "attachment", "elements")
KEYS = (*PARTS, "button_type", "channel", "condition", "id", "metadata")
_MAPPINGS = ("custom", "attachment")
Draft = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Variation:
    """One wording; `conditions` are (slot, value), all must hold."""

    parts: dict[str, Any]
    channel: str | None = None
    conditions: tuple[tuple[str, Any], ...] = ()

    def rank(self, slots: Mapping[str, Any], channel: str) -> int | None:
        """Return 0 for the best fit: condition and channel, channel, condition, plain; None when it does not fit."""
        if self.channel not in (None, channel) or not all(_holds(slots.get(n), v) for n, v in self.conditions):
            return None
        return (0 if self.channel else 2) + (0 if self.conditions else 1)


def _holds(value: Any, expected: Any) -> bool:
    if isinstance(value, str) and isinstance(expected, str):
        return value.casefold() == expected.casefold()
    return bool(value == expected)


class Responses:
    """All responses of a project, compiled."""

    def __init__(self, variations: dict[str, list[Variation]]) -> None:
        self._variations = variations

    def __contains__(self, name: object) -> bool:
        return name in self._variations

    def draft(self, name: str, slots: Mapping[str, Any], channel: str, arguments: Mapping[str, Any]) -> Draft | None:
        """Return the parts of the best variation, None when none fits: then nothing is said."""
        ranked = [(v.rank(slots, channel), v) for v in self._variations.get(name, ())]
        fitting = [(rank, v) for rank, v in ranked if rank is not None]
        if not fitting:
            return None
        best = min(rank for rank, _ in fitting)
        choices = [v for rank, v in fitting if rank == best]
        chosen = choices[0] if len(choices) == 1 else secrets.choice(choices)
        parts: Draft = filled(chosen.parts, ChainMap(dict(arguments), dict(slots)))
        return parts


def compile_responses(domain: Domain, problems: Problems) -> Responses:
    """Return the responses, noting what cannot be read."""
    data = domain.responses
    made: dict[str, list[Variation]] = {}
    for name, listed in data.items():
        if not isinstance(listed, Items) or not listed:
            problems.at(data, f"response {name!r}: expected a list of variations", name)
            continue
        if not name.startswith("utter_"):
            problems.at(data, f"response {name!r}: a response's name begins with utter_", name)
        made[name] = [_variation(name, raw, problems) for raw in listed if _is_readable(name, raw, listed, problems)]
    return Responses(made)


def _is_readable(name: str, raw: Any, listed: Items, problems: Problems) -> bool:
    if not isinstance(raw, Map):
        problems.at(listed, f"response {name!r}: a variation is a mapping with text")
        return False
    for key in raw:
        if key not in KEYS:
            problems.at(raw, f"response {name!r}: {key!r} is not supported", key)
    if "text" not in raw and "custom" not in raw:
        problems.at(raw, f"response {name!r}: a variation without text")
    elif not any(raw.get(part) for part in PARTS):
        problems.add_if_strict(raw.file, raw.line, f"response {name!r}: a variation that says nothing")
    for part in _MAPPINGS:
        if raw.get(part) is not None and not isinstance(raw[part], Map):
            problems.at(raw, f"response {name!r}: {part} must be a mapping", part)
    return True


def _variation(name: str, raw: Map, problems: Problems) -> Variation:
    conditions = []
    for item in raw.get("condition") or ():
        if not isinstance(item, Map) or item.get("type") != "slot" or "name" not in item:
            problems.at(raw, f"response {name!r}: a condition is {{type: slot, name, value}}", "condition")
            continue
        conditions.append((str(item["name"]), item.get("value")))
    for button in raw.get("buttons") or ():
        if not isinstance(button, Map) or not {"title", "payload"} <= set(button):
            problems.at(raw, f"response {name!r}: a button has title and payload", "buttons")
    parts = {part: compiled(raw[part]) for part in PARTS if raw.get(part)}
    for part in parts:
        if not is_balanced(parts[part]):
            problems.add_if_strict(raw.file, raw.line_of(part), f"response {name!r}: a brace without its partner")
    return Variation(parts=parts, channel=raw.get("channel"), conditions=tuple(conditions))


def overlaid(draft: Draft, given: Mapping[str, Any]) -> Draft:
    """Return the draft with what an action gave beside the response's name; its buttons come after the draft's."""
    made = {**draft, **{key: value for key, value in given.items() if key != "buttons" and value}}
    made["buttons"] = [*(draft.get("buttons") or ()), *(given.get("buttons") or ())]
    return made


def messages(draft: Draft, response: str | None, *, splits_text: bool) -> list[SpokenMessage]:
    """Return a draft's messages: as one, or as Rasa's channels cut it (blank lines, custom, image, attachment)."""
    if splits_text:
        return list(_split(draft, response))
    whole = _with_buttons(str(draft.get("text") or ""), _button_data(draft), response)
    image, attachment = draft.get("image"), draft.get("attachment")
    return [replace(whole, custom=_custom(draft), image=image, attachment=attachment)]


def _split(draft: Draft, response: str | None) -> Iterator[SpokenMessage]:
    buttons, text = _button_data(draft), str(draft.get("text") or "")
    if buttons:
        yield _with_buttons(text, buttons, response)
    elif text:
        for part in text.strip().split("\n\n"):
            yield SpokenMessage(text=part, response=response)
    if _custom(draft):
        yield SpokenMessage(custom=_custom(draft), response=response)
    if draft.get("image"):
        yield SpokenMessage(image=draft["image"], response=response)
    if draft.get("attachment"):
        yield SpokenMessage(attachment=draft["attachment"], response=response)
    for element in draft.get("elements") or ():
        told = f"{element.get('title', '')} : {element.get('subtitle', '')}"
        yield _with_buttons(told, tuple(element.get("buttons") or ()), response)


def _with_buttons(text: str, data: tuple[dict[str, Any], ...], response: str | None) -> SpokenMessage:
    buttons = tuple((str(b.get("title", "")), str(b.get("payload", ""))) for b in data)
    return SpokenMessage(text=text, buttons=buttons, button_data=data, response=response)


def _button_data(draft: Draft) -> tuple[dict[str, Any], ...]:
    return tuple(draft.get("quick_replies") or draft.get("buttons") or ())


def _custom(draft: Draft) -> dict[str, Any]:
    custom = draft.get("custom") or {}
    return custom if isinstance(custom, dict) else {"items": custom}
