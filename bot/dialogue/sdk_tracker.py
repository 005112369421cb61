"""rasa-sdk's tracker over one of ours, for actions in this process."""

from itertools import takewhile
from typing import Any

from rasa_sdk import Tracker as SdkTracker

from bot.dialogue.json_values import checked_copy
from bot.dialogue.tracker import Tracker, shown_events
from bot.dialogue.values import Event


class LiveTracker(SdkTracker):
    """What `Tracker.view` gives, but its events only once somebody looks at them.

    Few actions do, and copying the events of ten turns is most of what a view costs.
    """

    def __init__(self, tracker: Tracker) -> None:
        self._past, self._recent = tracker.turns, list(tracker.events)
        self._added: list[Event] = []
        self._all: list[Event] | None
        view = tracker.view_without_events()
        super().__init__(
            view["sender_id"],
            view["slots"],
            view["latest_message"],
            [],
            view["paused"],
            view["followup_action"],
            view["active_loop"],
            view["latest_action_name"],
        )
        self._all = None

    @property
    def events(self) -> list[Event]:
        """All events, oldest first; the action's own to change."""
        if self._all is None:
            self._all = [*shown_events(self._past, self._recent), *self._added]
        return self._all

    @events.setter
    def events(self, events: list[Event]) -> None:
        self._all = events

    def slots_to_validate(self) -> dict[str, Any]:
        """Return the slots that the last events set, without looking further back."""
        if self._all is not None:
            return dict(super().slots_to_validate())
        newest = takewhile(lambda event: event["event"] == "slot", reversed([*self._recent, *self._added]))
        return {event["name"]: checked_copy(event["value"]) for event in reversed(list(newest))}

    def add_slots(self, slots: list[Event]) -> None:
        """Take events of slots in, as validators do between their steps."""
        if self._all is not None:
            super().add_slots(slots)
            return
        for event in slots:
            if event.get("event") == "slot":
                self.slots[event["name"]] = event["value"]
                self._added.append(event)
