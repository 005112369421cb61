"""What the small project does besides talking. Runs on rasa-sdk 3.6 as on 3.21."""

import re
import secrets
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker, ValidationAction
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

Slots = dict[str, Any]
Events = list[dict[str, Any]]

CASES: dict[str, str] = {}
FORM_SLOTS = (
    "reporter_type",
    "category",
    "organisation",
    "narrative",
    "anonymous",
    "contact",
    "confirm",
    "cancel_confirm",
)
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "reporter_type": {
        "citizen": ("citizen", "个人", "公民", "群众"),
        "enterprise": ("enterprise", "company", "企业", "公司"),
    },
    "category": {
        "obstruction": ("obstruction", "刁难", "吃拿卡要"),
        "abuse_of_power": ("abuse", "滥用"),
        "other": ("other", "其他"),
    },
}
SHORTEST_NAME, SHORTEST_NARRATIVE = 2, 8


def say(tracker: Tracker, zh: str, en: str) -> str:
    """Return the words in the language of the conversation."""
    return en if tracker.get_slot("lang") == "en" else zh


class ValidateSlotMappings(ValidationAction):
    """Takes the language from the letters that are typed."""

    def extract_lang(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Slots:
        text = (tracker.latest_message or {}).get("text") or ""
        if text.startswith("/"):
            return {}
        if re.search(r"[\u4e00-\u9fff]", text):
            language = "zh"
        elif len(re.findall(r"[A-Za-z]", text)) > 1 and not re.fullmatch(r"GK-[A-Z0-9]{8}", text):
            language = "en"
        else:
            return {}
        return {"lang": language} if tracker.get_slot("lang") != language else {}


class ValidateReportForm(FormValidationAction):
    """Takes words for choices, refuses what is too short; asks for a contact only who is not anonymous."""

    def name(self) -> str:
        return "validate_report_form"

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[str]:
        if tracker.get_slot("anonymous") is False:
            return list(domain_slots)
        return [slot for slot in domain_slots if slot != "contact"]

    def _choice(self, name: str, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker) -> Slots:
        low = str(value).lower()
        for code, words in WORDS[name].items():
            if low == code or any(word in low for word in words):
                return {name: code}
        dispatcher.utter_message(text=say(tracker, "请点选下面的一个选项。", "Please choose one of the options."))
        return {name: None}

    def validate_reporter_type(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Slots:
        return self._choice("reporter_type", value, dispatcher, tracker)

    def validate_category(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Slots:
        return self._choice("category", value, dispatcher, tracker)

    def validate_organisation(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Slots:
        name = str(value).strip()
        if len(name) < SHORTEST_NAME:
            dispatcher.utter_message(text=say(tracker, "单位名称太短。", "The name is too short."))
            return {"organisation": None}
        return {"organisation": name}

    def validate_narrative(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Slots:
        narrative = str(value).strip()
        if len(narrative) < SHORTEST_NARRATIVE:
            dispatcher.utter_message(text=say(tracker, "请再详细一些。", "Please give more detail."))
            return {"narrative": None}
        return {"narrative": narrative}

    def validate_contact(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Slots:
        return {"contact": str(value).strip() or None}


class ActionSubmitReport(Action):
    """Gives a code and forgets the answers."""

    def name(self) -> str:
        return "action_submit_report"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        emptied = [SlotSet(slot, None) for slot in FORM_SLOTS]
        if not tracker.get_slot("confirm"):
            dispatcher.utter_message(text=say(tracker, "未提交。", "Not submitted."))
            return emptied
        code = "GK-" + secrets.token_hex(4).upper()
        CASES[code] = "received"
        told = say(tracker, f"已提交,查询码 {code}。", f"Submitted. Your tracking code is {code}.")
        dispatcher.utter_message(text=told)
        return [*emptied, SlotSet("tracking_code", code)]


class ActionQueryStatus(Action):
    """Tells where a case stands."""

    def name(self) -> str:
        return "action_query_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        code = tracker.get_slot("tracking_code")
        if not code:
            dispatcher.utter_message(text=say(tracker, "请提供查询码。", "Please give your tracking code."))
            return []
        state = CASES.get(code.upper(), "unknown")
        dispatcher.utter_message(text=say(tracker, f"案件 {code}:{state}", f"Case {code}: {state}"))
        return []


class ActionHandoff(Action):
    """Says that a person comes."""

    def name(self) -> str:
        return "action_handoff"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        told = say(tracker, "正在为您转接人工。", "Connecting you to a person.")
        dispatcher.utter_message(text=told, json_message={"handoff": True})
        return []


class ActionCancelReport(Action):
    """Forgets the answers."""

    def name(self) -> str:
        return "action_cancel_report"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        dispatcher.utter_message(text=say(tracker, "已取消。", "Cancelled."))
        return [SlotSet(slot, None) for slot in FORM_SLOTS]


class ActionResumeReport(Action):
    """Goes on with the report."""

    def name(self) -> str:
        return "action_resume_report"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        dispatcher.utter_message(text=say(tracker, "好的,我们继续。", "OK, let us go on."))
        return [SlotSet("cancel_confirm", None)]
