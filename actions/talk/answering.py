"""Questions and courtesies: answered, after which an open form asks its question again by itself."""

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.report.beginning import begin_report, kept_for_report
from actions.report.draft import answer_of, ground_of
from actions.speaking import ButtonDict, DomainDict, ServiceAction, button, entity, intent_of, language_of
from actions.talk.asking import back_to_draft
from actions.talk.telling import day_in_words, main_menu, offer_menu, question_menu, speak_of_danger, tell
from actions.talk.welcome import channel_response
from casework import watching
from casework.errors import NoCaseOpen
from casework.intake import competent_body, tells_beside_question, tells_of_danger

_ABOUT_THE_CHANNEL = frozenset({"ask_anonymity", "ask_privacy"})


class ActionHelp(ServiceAction):
    """Says what can be said, and what people ask."""

    def name(self) -> str:
        return "action_help"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        language = language_of(tracker)
        if tracker.active_loop_name:
            dispatcher.utter_message(response="utter_help_in_form")
        else:
            dispatcher.utter_message(response="utter_help", buttons=main_menu(domain, language))
        dispatcher.utter_message(response="utter_questions", buttons=question_menu(domain, language))
        return []


class ActionFaq(ServiceAction):
    """Answers what is asked about the service: the response is `utter_<intent>`."""

    def name(self) -> str:
        return "action_faq"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        intent = intent_of(tracker)
        tell(self.services, dispatcher, tracker, f"utter_{intent}")
        if intent == "faq_scope":
            self._name_the_right_channel(dispatcher, tracker)
        if intent in _ABOUT_THE_CHANNEL:
            is_brief = tracker.active_loop_name is not None
            limits = channel_response(tracker, domain, is_brief=is_brief)
            tell(self.services, dispatcher, tracker, limits, buttons=_protection(tracker, domain))
        if self._is_told_too(tracker):
            return begin_report(self.services, tracker)
        offer_menu(dispatcher, tracker, domain)
        return []

    def _name_the_right_channel(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        """Say who is competent for what was asked about: a judgment, a neighbour, a bad purchase."""
        profile, language = self.services.profile, language_of(tracker)
        channel = profile.right_channel(competent_body(answer_of(tracker).text))
        if channel is not None:
            words = channel.words.in_language(language)
            dispatcher.utter_message(response="utter_note_right_channel", channel=words)

    def _is_told_too(self, tracker: Tracker) -> bool:
        """Tell whether the question holds a matter, and no report or form is open: what was said is not lost."""
        is_busy = tracker.active_loop_name or tracker.get_slot("draft") is not None or tracker.get_slot("locked")
        return not is_busy and tells_beside_question(answer_of(tracker), ground_of(self.services, tracker))


def _protection(tracker: Tracker, domain: DomainDict) -> list[ButtonDict]:
    """Offer a word to whoever worries with a draft open."""
    if tracker.get_slot("draft") is None:
        return []
    return [button(domain, "set_word", language_of(tracker), "set_word")]


class ActionEmergency(ServiceAction):
    """Danger first: the numbers to call, then a person or back to the question; what was told beside it is kept."""

    def name(self) -> str:
        return "action_emergency"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        is_free = tracker.active_loop_name is None and tracker.get_slot("draft") is None
        if is_free and tells_of_danger(answer_of(tracker), ground_of(self.services, tracker)):
            return begin_report(self.services, tracker)
        language = language_of(tracker)
        why = {"reason": "emergency"} if self.services.takes_handoffs else {}
        buttons = [button(domain, "person", language, "ask_human", **why)]
        if tracker.active_loop_name:
            buttons.append(button(domain, "back_to_question", language, "resume_bot"))
        speak_of_danger(self.services, dispatcher, tracker, buttons)
        return kept_for_report(self.services, tracker) if is_free else []


class ActionThanks(ServiceAction):
    """Thanks open nothing."""

    def name(self) -> str:
        return "action_thanks"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        dispatcher.utter_message(response="utter_thanks")
        return []


class ActionWatch(ServiceAction):
    """Says what a watch keeps, and begins or ends it; where the channel cannot write first, how to come back."""

    def name(self) -> str:
        return "action_watch"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if not watching.can_watch():
            dispatcher.utter_message(response="utter_watch")
        elif (choice := entity(tracker, "choice")) == "yes":
            await self._begin(dispatcher, tracker, domain)
        elif choice == "no":
            had_any = await watching.stop(self.services)
            dispatcher.utter_message(response="utter_watch_off" if had_any else "utter_watch_none")
        else:
            self._explain(dispatcher, tracker, domain)
            return []
        offer_menu(dispatcher, tracker, domain)
        return []

    async def _begin(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> None:
        language = language_of(tracker)
        try:
            until = await watching.watch(self.services, language)
        except NoCaseOpen:
            dispatcher.utter_message(response="utter_watch_needs_code")
            return
        if until is not None:
            dispatcher.utter_message(response="utter_watch_on", until=day_in_words(domain, language, until))

    def _explain(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> None:
        language = language_of(tracker)
        buttons = [
            button(domain, "watch_yes", language, "watch", choice="yes"),
            button(domain, "watch_no", language, "watch", choice="no"),
        ]
        dispatcher.utter_message(response="utter_watch_offer", buttons=buttons)


class ActionResume(ServiceAction):
    """Goes on where the conversation stood: the open question, the draft that was put aside, or the choices."""

    def name(self) -> str:
        return "action_resume"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        dispatcher.utter_message(response="utter_resumed")
        if tracker.active_loop_name:
            return []
        offer_draft = back_to_draft(tracker)
        if not offer_draft:
            offer_menu(dispatcher, tracker, domain)
        return offer_draft


class ActionOldButton(ServiceAction):
    """Answers a button that is not valid any more."""

    def name(self) -> str:
        return "action_old_button"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        dispatcher.utter_message(response="utter_old_button")
        offer_menu(dispatcher, tracker, domain)
        return []
