"""Greeting, questions, language, leaving, coming back after a silence, a message to the office."""

from rasa_sdk import Action

from actions.talk import answering, confirming, languages, leaving, office_message, returning, welcome
from casework.services import Services

_ACTIONS = (
    welcome.ActionOpen,
    welcome.ActionWelcome,
    welcome.ActionGreet,
    languages.ActionChangeLanguage,
    languages.ActionLanguageChanged,
    answering.ActionHelp,
    answering.ActionFaq,
    answering.ActionEmergency,
    answering.ActionThanks,
    answering.ActionWatch,
    answering.ActionResume,
    answering.ActionOldButton,
    leaving.ActionCancel,
    leaving.ActionStartOver,
    leaving.ActionForget,
    leaving.ActionGoodbye,
    confirming.AskConfirmed,
    confirming.ValidateConfirmForm,
    confirming.ActionConfirmed,
    returning.ActionReturned,
    returning.AskReturnedChoice,
    returning.ValidateReturnedForm,
    returning.ActionReturnedChoice,
    office_message.ActionAskHuman,
    office_message.AskOfficeMessage,
    office_message.AskMessageConfirmed,
    office_message.ValidateMessageForm,
    office_message.ActionSendMessage,
)


def build(services: Services) -> list[Action]:
    """Return the actions of this topic with their use cases."""
    return [action(services) for action in _ACTIONS]
