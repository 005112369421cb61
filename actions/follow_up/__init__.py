"""The way back: the code, the case in plain words, and what the person may do with it."""

from rasa_sdk import Action

from actions.follow_up import case_acts, case_forms, opening, starting
from casework.services import Services

_ACTIONS = (
    opening.ActionQueryStatus,
    opening.AskCodeGiven,
    opening.ValidateCodeForm,
    opening.ActionOpenCase,
    opening.ActionShowCode,
    starting.ActionAddInfo,
    starting.ActionAnswerQuestion,
    starting.ActionRate,
    starting.ActionRequestReview,
    starting.ActionReportRetaliation,
    starting.ActionBecomeNamed,
    starting.ActionWithdraw,
    case_forms.AskAddition,
    case_forms.AskAnswer,
    case_forms.AskRating,
    case_forms.AskReviewReason,
    case_forms.AskRetaliationText,
    case_forms.AskNamedName,
    case_forms.AskNamedContact,
    case_forms.AskWithdrawReason,
    case_forms.ValidateAddInfoForm,
    case_forms.ValidateAnswerForm,
    case_forms.ValidateRateForm,
    case_forms.ValidateReviewForm,
    case_forms.ValidateRetaliationForm,
    case_forms.ValidateNamedForm,
    case_forms.ValidateWithdrawForm,
    case_acts.ActionAdditionGiven,
    case_acts.ActionAnswerGiven,
    case_acts.ActionRatingGiven,
    case_acts.ActionReviewGiven,
    case_acts.ActionRetaliationGiven,
    case_acts.ActionNameGiven,
    case_acts.ActionWithdrawReasonGiven,
    case_acts.ActionWithdrawConfirmed,
)


def build(services: Services) -> list[Action]:
    """Return the actions of this topic with their use cases."""
    return [action(services) for action in _ACTIONS]
