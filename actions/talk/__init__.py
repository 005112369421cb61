"""Greeting, questions, language, leaving, coming back after a silence, a message to the office."""

from rasa_sdk import Action

from casework.services import Services


def build(services: Services) -> list[Action]:
    """Return the actions of this topic with their use cases."""
    # Imported here: topics share modules with each other, and importing one of those must not load every action.
    from actions.talk.catalogue import ACTIONS

    return [action(services) for action in ACTIONS]
