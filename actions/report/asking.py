"""Asks the questions of the report: their own words each time, their buttons, and the ways round them."""

import json
import zlib
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.report.draft import FORM, Values, ground_of, values_of
from actions.report.files import files_of, takes_files
from actions.report.showing import edit_buttons, fields_of_group, group_buttons, lines_of, shown_value, summary
from actions.self_check import before_summary
from actions.speaking import (
    ButtonDict,
    DomainDict,
    ServiceAction,
    button,
    entity,
    failure_count,
    intent_of,
    label,
    language_of,
    titled,
)
from casework.intake import (
    DISCARD,
    FOLLOW_UPS,
    LEVELS,
    MATTERS,
    OWN_WORDS,
    QUESTIONS,
    READ_FROM_STORY,
    REWRITE,
    SCOPES,
    SHOW_LIST,
    Ground,
    can_skip,
    can_submit,
    is_given,
    propose_title,
    told,
    uncoached,
)
from casework.report import MAX_FACTS, MAX_FILES, Mode, ReporterKind
from casework.services import Services

_AGAIN = ("", "_2", "_3")
_BESIDE = frozenset(
    {
        "ask_anonymity", "ask_privacy", "ask_retaliation", "describe_incident", "emergency", "explain_question",
        "faq_contact", "faq_evidence", "faq_false_report", "faq_scope", "faq_time", "greet", "help", "inform",
        "start_report", "thanks", "watch",
    }
)  # fmt: skip
"""After these a question that was put before is put again in few words."""
_SUGGESTED = 3
_KNOWN_AFTER = 3


class AskQuestion(ServiceAction):
    """Asks one question. Subclasses name it and give its choices and arguments."""

    question: ClassVar[str]
    has_own_wordings: ClassVar[bool] = False
    """Whether `response` has other words for a failure too; else a failed question is put in the shorter ones."""

    def name(self) -> str:
        return f"action_ask_{FORM}_{self.question}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        count = failure_count(tracker, self.question)
        count = count if count <= 2 else 2 - count % 2  # the shorter wordings by turns: nobody hears one thing for ever
        values, ground = values_of(tracker), ground_of(self.services, tracker)
        asking = Asking(values, ground, domain, tracker)
        arguments = await self.arguments(asking)
        mark = zlib.crc32(json.dumps(arguments, sort_keys=True, default=str).encode())
        again = f"utter_ask_{FORM}_{self.question}{_AGAIN[count]}"
        response = ((count == 0 or self.has_own_wordings) and self.response(asking)) or again
        if asking.was_put(self.question, mark) and f"{response}_short" in domain["responses"]:
            response = f"{response}_short"
        buttons = [*await self.choices(asking), *_ways_round(self.question, values, domain, ground.language)]
        if failure_count(tracker, self.question) > 1:
            buttons += _ways_out(domain, ground.language)
        dispatcher.utter_message(response=response, buttons=buttons, **arguments)
        put = {**(asking.draft.get("put") or {}), self.question: mark}
        return [SlotSet("draft", asking.draft | {"put": put} | self.remembered(asking, count))]

    def response(self, asking: "Asking") -> str | None:
        """Return the name of another wording that the draft calls for, whatever the count."""
        return None

    def remembered(self, asking: "Asking", count: int) -> dict[str, Any]:
        """Return what the bookkeeping keeps of this asking, after `count` failures."""
        return {}

    async def choices(self, asking: "Asking") -> list[ButtonDict]:
        return []

    async def arguments(self, asking: "Asking") -> dict[str, Any]:
        return {}


class Asking:
    """What a question may look at while it is put."""

    def __init__(self, values: Values, ground: Ground, domain: DomainDict, tracker: Tracker) -> None:
        self.values, self.ground, self.domain, self.tracker = values, ground, domain, tracker
        self.draft: dict[str, Any] = values["draft"]

    def was_put(self, question: str, mark: int) -> bool:
        """Tell whether the same question was put before, with the same in it, and something was said beside it."""
        is_beside = intent_of(self.tracker) in _BESIDE and entity(self.tracker, "choice") is None
        return is_beside and (self.draft.get("put") or {}).get(question) == mark

    def choice(self, question: str, value: Any, title: str) -> ButtonDict:
        return titled(title, "inform", field=question, value=value)

    def labelled(self, question: str, values: tuple[str, ...]) -> list[ButtonDict]:
        """Return a button a choice, titled by `utter_label_<question>_<choice>`."""
        language = self.ground.language
        return [
            self.choice(question, value, label(self.domain, f"utter_label_{question}_{value}", language))
            for value in values
        ]

    def own(self, name: str, intent: str, **entities: object) -> ButtonDict:
        return button(self.domain, name, self.ground.language, intent, **entities)


def _ways_round(question: str, values: Values, domain: DomainDict, language: str) -> list[ButtonDict]:
    """Return "as before" where an answer was taken back; "don't know", "skip", "submit now" where allowed."""
    draft, buttons = values["draft"], []
    before = (draft.get("previous") or {}).get(question)
    if before is not None and question != "facts":
        buttons.append(button(domain, "as_before", language, "same_as_before"))
    if question in ("evidence", "more_facts", "title", "confirm"):
        pass
    elif QUESTIONS[question].can_be_unknown:
        buttons.append(button(domain, "dont_know", language, "dont_know"))
    elif can_skip(question, values):
        buttons.append(button(domain, "skip", language, "skip"))
    if question != "confirm" and can_submit(values):
        buttons.append(button(domain, "submit_now", language, "submit_now"))
    return buttons


def _ways_out(domain: DomainDict, language: str) -> list[ButtonDict]:
    """Return what is offered after two failures: a person, or to stop."""
    return [button(domain, "person", language, "ask_human"), button(domain, "leave", language, "cancel")]


class AskFacts(AskQuestion):
    question = "facts"
    has_own_wordings = True

    def response(self, asking: Asking) -> str | None:
        if not told(asking.values):
            return None
        if len(told(asking.values)) > MAX_FACTS:
            return f"utter_ask_{FORM}_facts_long"
        if failure_count(asking.tracker, "facts"):
            return f"utter_ask_{FORM}_facts_more_2"
        if asking.draft.get("changing") == "facts":
            return f"utter_ask_{FORM}_facts_more"
        is_known = len(asking.draft["facts"]) > _KNOWN_AFTER  # whoever writes in pieces knows by now how to end
        return f"utter_ask_{FORM}_facts_{'thin' if asking.draft.get('thin') else 'on' if is_known else 'more'}"

    def remembered(self, asking: Asking, count: int) -> dict[str, Any]:
        return {"nudged": True} if count else {}

    async def choices(self, asking: Asking) -> list[ButtonDict]:
        if not told(asking.values):
            return []
        buttons = [asking.own("done", "done")]
        if asking.draft.get("changing") == "facts":
            buttons.append(asking.own("rewrite", "inform", field="facts", value=REWRITE))
        return buttons

    async def arguments(self, asking: Asking) -> dict[str, Any]:
        return {"n": len(told(asking.values)), "limit": MAX_FACTS} if told(asking.values) else {}


class AskLongText(AskQuestion):
    question = "long_text"

    async def choices(self, asking: Asking) -> list[ButtonDict]:
        return asking.labelled("long_text", ("attach", "cut", "rewrite"))

    async def arguments(self, asking: Asking) -> dict[str, Any]:
        return {"n": len(asking.values["facts"] or ""), "limit": MAX_FACTS}


class AskUnderstood(AskQuestion):
    question = "understood"

    def response(self, asking: Asking) -> str | None:
        return f"utter_ask_{FORM}_understood_wrong" if asking.draft.get("wrong") else None

    async def choices(self, asking: Asking) -> list[ButtonDict]:
        yes = asking.own("right", "affirm")
        if not asking.draft.get("wrong"):
            return [yes, asking.own("wrong", "deny")]
        return [*edit_buttons(self._read(asking), asking.domain, asking.ground), yes]

    async def arguments(self, asking: Asking) -> dict[str, Any]:
        return {"lines": lines_of(self._read(asking), asking.values, asking.domain, asking.ground)}

    def _read(self, asking: Asking) -> list[str]:
        read = asking.draft.get("read") or ()
        return [n for n in QUESTIONS if n in read or (n in READ_FROM_STORY and is_given(asking.values[n]))]


class AskRegion(AskQuestion):
    question = "region"

    async def choices(self, asking: Asking) -> list[ButtonDict]:
        regions, language = asking.ground.profile.regions, asking.ground.language
        return [asking.choice("region", region.id, region.words.in_language(language)) for region in regions]


class AskMode(AskQuestion):
    question = "mode"

    async def choices(self, asking: Asking) -> list[ButtonDict]:
        return asking.labelled("mode", tuple(Mode))


class AskReporterKind(AskQuestion):
    question = "reporter_kind"

    async def choices(self, asking: Asking) -> list[ButtonDict]:
        return asking.labelled("reporter_kind", tuple(ReporterKind))


class AskWho(AskQuestion):
    """Asks who the reporter is; whoever would rather not say can turn the report anonymous here."""

    async def choices(self, asking: Asking) -> list[ButtonDict]:
        return [asking.own("to_anonymous", "inform", field="mode", value="anonymous")]


class AskOrganisation(AskWho):
    question = "organisation"


class AskCreditCode(AskQuestion):
    question = "credit_code"


class AskIndustry(AskQuestion):
    question = "industry"


class AskPost(AskQuestion):
    question = "post"


class AskReporterName(AskWho):
    question = "reporter_name"


class AskContact(AskWho):
    question = "contact"


class AskAddress(AskQuestion):
    question = "address"


class AskAccusedUnit(AskQuestion):
    question = "accused_unit"

    def response(self, asking: Asking) -> str | None:
        return f"utter_ask_{FORM}_accused_unit_near" if asking.draft.get("near") else None

    async def choices(self, asking: Asking) -> list[ButtonDict]:
        near = [asking.ground.profile.unit(unit_id) for unit_id in asking.draft.get("near") or ()]
        language = asking.ground.language
        buttons = [asking.choice("accused_unit", u.id, u.words.in_language(language)) for u in near if u is not None]
        if buttons:
            buttons.append(asking.own("own_words", "inform", field="accused_unit", value=OWN_WORDS))
        return buttons

    async def arguments(self, asking: Asking) -> dict[str, Any]:
        return {"name": asking.draft.get("unit_typed")} if asking.draft.get("near") else {}


class AskAccusedName(AskQuestion):
    question = "accused_name"


class AskAccusedPost(AskQuestion):
    question = "accused_post"


class AskLevel(AskQuestion):
    question = "level"

    async def choices(self, asking: Asking) -> list[ButtonDict]:
        return asking.labelled("level", LEVELS)


class AskOccurred(AskQuestion):
    question = "occurred"


class AskPlace(AskQuestion):
    question = "place"


class AskCategory(AskQuestion):
    question = "category"

    def response(self, asking: Asking) -> str | None:
        if asking.draft.get("list"):
            return f"utter_ask_{FORM}_category_list"
        return f"utter_ask_{FORM}_category_near" if asking.draft.get("kinds") else None

    async def choices(self, asking: Asking) -> list[ButtonDict]:
        profile, language = asking.ground.profile, asking.ground.language
        if asking.draft.get("list"):
            names = [category.id for category in profile.categories]
        else:
            kinds = asking.draft.get("kinds") or kinds_like(self.services, asking.values["facts"], language)
            names = [*kinds, "other"]
        found = [category for name in names if (category := profile.category(name)) is not None]
        buttons = [asking.choice("category", one.id, one.words.in_language(language)) for one in found]
        if not asking.draft.get("list"):
            buttons.insert(-1, asking.own("show_list", "inform", field="category", value=SHOW_LIST))
        return buttons

    async def arguments(self, asking: Asking) -> dict[str, Any]:
        return {"name": asking.draft.get("kind_typed")} if asking.draft.get("kinds") else {}


def kinds_like(services: Services, text: object, language: str) -> list[str]:
    """Return the three kinds most like the text, best first."""
    return [name for name, _ in services.ranker.rank(str(text or ""), language) if name != "other"][:_SUGGESTED]


class AskTitle(AskQuestion):
    question = "title"

    def response(self, asking: Asking) -> str | None:
        return f"utter_ask_{FORM}_title_own" if asking.draft.get("own_title") else None

    async def choices(self, asking: Asking) -> list[ButtonDict]:
        return [asking.own("use_title", "affirm")]

    async def arguments(self, asking: Asking) -> dict[str, Any]:
        return {"title": propose_title(asking.values, asking.ground)}


class AskMatter(AskQuestion):
    question = "matter"

    async def choices(self, asking: Asking) -> list[ButtonDict]:
        return asking.labelled("matter", MATTERS)


class AskLoss(AskQuestion):
    question = "loss"


class AskDelay(AskQuestion):
    question = "delay"


class AskScope(AskQuestion):
    question = "scope"

    async def choices(self, asking: Asking) -> list[ButtonDict]:
        return asking.labelled("scope", SCOPES)


class AskMoreFacts(AskQuestion):
    question = "more_facts"

    def response(self, asking: Asking) -> str | None:
        lacks = uncoached(asking.values)
        if len(lacks) > 1:
            return "utter_coach_several"
        return f"utter_coach_{lacks[0]}" if lacks else None

    async def arguments(self, asking: Asking) -> dict[str, Any]:
        language, domain = asking.ground.language, asking.domain
        lacks = [label(domain, f"utter_label_lack_{name}", language) for name in uncoached(asking.values)]
        return {"lacks": label(domain, "utter_label_between", language).join(lacks)}

    async def choices(self, asking: Asking) -> list[ButtonDict]:
        return [asking.own("nothing_to_add", "skip")]


class AskEvidence(AskQuestion):
    question = "evidence"
    has_own_wordings = True

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        self._files = await files_of(tracker)
        return await super().run(dispatcher, tracker, domain)

    def response(self, asking: Asking) -> str | None:
        if self._files:
            return f"utter_ask_{FORM}_evidence_files"
        return None if takes_files(asking.tracker) else f"utter_ask_{FORM}_evidence_no_files"

    async def choices(self, asking: Asking) -> list[ButtonDict]:
        language = asking.ground.language
        removing = [
            titled(label(asking.domain, "utter_label_remove", language, name=file.name), "remove_file", file=file.id)
            for file in self._files
        ]
        return [*removing, asking.own("done" if self._files else "no_files", "done")]

    async def arguments(self, asking: Asking) -> dict[str, Any]:
        lines = "\n".join(f"{n}. {file.name}" for n, file in enumerate(self._files, 1))
        return {"files": lines, "n": len(self._files), "limit": MAX_FILES}


class AskFollowUp(AskQuestion):
    question = "follow_up"

    async def choices(self, asking: Asking) -> list[ButtonDict]:
        return asking.labelled("follow_up", FOLLOW_UPS)


class AskConfirm(AskQuestion):
    """Shows the summary, or the answers of one group to choose which to change."""

    question = "confirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        values, ground = values_of(tracker), ground_of(self.services, tracker)
        group = values["draft"].get("group")
        if not group and (check := await before_summary(self.services, tracker)):
            return check
        if not group:
            return await super().run(dispatcher, tracker, domain)
        names = fields_of_group(group, values)
        keep = button(domain, "back_to_summary", language_of(tracker), "review_report")
        buttons = [*edit_buttons(names, domain, ground), keep]
        dispatcher.utter_message(response="utter_edit_which", buttons=buttons)
        draft = {name: value for name, value in values["draft"].items() if name != "group"}
        return [SlotSet("draft", draft)]

    async def choices(self, asking: Asking) -> list[ButtonDict]:
        discard = asking.own("discard", "inform", field="confirm", value=DISCARD)
        changes = group_buttons(asking.values, asking.domain, asking.ground)
        return [asking.own("submit", "affirm"), *changes, discard]

    async def arguments(self, asking: Asking) -> dict[str, Any]:
        files = len(await files_of(asking.tracker))
        lines = summary(asking.values, asking.domain, asking.ground, files)
        mode = shown_value("mode", asking.values, asking.domain, asking.ground)
        return {"lines": lines, "mode": mode}


ASKING: tuple[type[AskQuestion], ...] = (
    AskFacts, AskLongText, AskUnderstood, AskRegion, AskMode, AskReporterKind, AskOrganisation, AskCreditCode,
    AskIndustry, AskPost, AskReporterName, AskContact, AskAddress, AskAccusedUnit, AskAccusedName, AskAccusedPost,
    AskLevel, AskOccurred, AskPlace, AskCategory, AskTitle, AskMatter, AskLoss, AskDelay, AskScope, AskMoreFacts,
    AskEvidence, AskFollowUp, AskConfirm,
)  # fmt: skip
"""One action a question."""
