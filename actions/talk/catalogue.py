"""All actions of this topic."""

from actions.speaking import ServiceAction
from actions.talk import answering, confirming, languages, leaving, office_message, returning, welcome

ACTIONS: tuple[type[ServiceAction], ...] = (
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
