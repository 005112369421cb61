"""All actions, built with their use cases."""

from rasa_sdk import Action

from actions import follow_up, report, talk
from casework.services import Services


def build_actions(services: Services) -> list[Action]:
    """Return one instance of every action of the project."""
    return [*talk.build(services), *report.build(services), *follow_up.build(services)]
