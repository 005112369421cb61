"""Rasa's two-stage fallback: "did you mean?", "please rephrase", giving up; once clear, as if nothing had been."""

from bot.dialogue.actions import Speaker
from bot.dialogue.domain import TWO_STAGE_FALLBACK, Domain
from bot.dialogue.forms import loop_event
from bot.dialogue.tracker import Tracker
from bot.dialogue.values import Event

_UNCLEAR = "nlu_fallback"
_DENIED = "out_of_scope"
ASK_AFFIRMATION = "action_default_ask_affirmation"
ASK_REPHRASE = "action_default_ask_rephrase"
# Rasa's own words, in the one language it has for them. A project of ours must bring its own action (see `checks`).
_QUESTION, _YES, _NO = "Did you mean '{}'?", "Yes", "No"


class TwoStageFallback:
    """The loop `action_two_stage_fallback`."""

    def __init__(self, domain: Domain, speaker: Speaker) -> None:
        self._domain = domain
        self._speaker = speaker

    async def run(self, tracker: Tracker, channel: str) -> list[Event]:
        """Return the next question, or what ends the loop."""
        is_new = tracker.active_loop != TWO_STAGE_FALLBACK
        if tracker.intent not in (_UNCLEAR, _DENIED):
            return [{"event": "clarified"}]
        if _is_hopeless(tracker.heard):
            said = self._speaker.utter("utter_default", tracker, channel)
            return [*said, {"event": "rewind"}, loop_event(None)]
        opened = [loop_event(TWO_STAGE_FALLBACK)] if is_new else []
        action = ASK_AFFIRMATION if is_new or tracker.intent == _UNCLEAR else ASK_REPHRASE
        return opened + await self.ask(action, tracker, channel)

    async def ask(self, action: str, tracker: Tracker, channel: str) -> list[Event]:
        """Ask by the project's action, else as Rasa does."""
        if action in self._domain.actions:
            return await self._speaker.run(action, tracker, channel)
        if action == ASK_REPHRASE:
            return self._speaker.utter("utter_ask_rephrase", tracker, channel)
        likely = _likely_intent(tracker)
        buttons = [{"title": _YES, "payload": f"/{likely}"}, {"title": _NO, "payload": f"/{_DENIED}"}]
        return self._speaker.utter_draft({"text": _QUESTION.format(likely), "buttons": buttons}, action)


def _is_hopeless(heard: tuple[str, ...]) -> bool:
    """Twice unclear in a row, or denied again after rephrasing."""
    return heard[-2:] == (_UNCLEAR, _UNCLEAR) or heard[-3:] == (_DENIED, _UNCLEAR, _DENIED)


def _likely_intent(tracker: Tracker) -> str:
    ranking = tracker.message.get("intent_ranking", ())
    if tracker.intent == _UNCLEAR and len(ranking) > 1:
        return str(ranking[1]["name"])
    return str(tracker.intent)
