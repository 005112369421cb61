"""The report: its form, moves within it, files, summary and submission."""

from rasa_sdk import Action

from actions.report import cleaned, files, moving, reviewing, submitting, validating
from actions.report.asking import ASKING
from actions.self_check import ACTIONS as SELF_CHECK
from actions.speaking import ServiceAction
from casework.services import Services

_ACTIONS: tuple[type[ServiceAction], ...] = (
    validating.ValidateReportForm,
    *ASKING,
    moving.ActionBegin,
    moving.ActionGoBack,
    moving.ActionSkip,
    moving.ActionDontKnow,
    moving.ActionSameAsBefore,
    moving.ActionEdit,
    moving.ActionSubmitNow,
    moving.ActionDone,
    files.ActionEvidence,
    files.ActionEvidenceRefused,
    files.ActionRemoveFile,
    cleaned.ActionKeepOriginal,
    reviewing.ActionReview,
    reviewing.ActionExplain,
    reviewing.ActionUnclear,
    submitting.ActionSubmit,
    *SELF_CHECK,
)


def build(services: Services) -> list[Action]:
    """Return the actions of this topic with their use cases."""
    return [action(services) for action in _ACTIONS]
