"""Puts a Rasa server in the place of the embedded engine: the same files, actions and understanding."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bot.settings import Settings
from casework.services import Services

if TYPE_CHECKING:
    from bot.bootstrap import Prepared
    from bot.dialogue.remote import RemoteDialogue
    from bot.dialogue.webhook import ActionDesk

ACTIONS_PORT = 5055
"""Where a Rasa server finds our actions and our understanding, as `nlu_data/endpoints.yml` says."""


def remote_dialogue(
    settings: Settings,
    services: Services,
    prepared: "Prepared",
    *,
    url: str,
    channel: Literal["changtong", "rest"] = "changtong",
) -> "tuple[RemoteDialogue, ActionDesk]":
    """Return the dialogue on the server at `url`, and the desk that must be served for it to call.

    Raises `ProjectRefused` as the embedded engine does.
    """
    from actions.registry import build_actions
    from bot.dialogue.actions import InProcess
    from bot.dialogue.errors import ProjectRefused
    from bot.dialogue.files import Problems
    from bot.dialogue.project import check_project, read_project
    from bot.dialogue.remote import RemoteDialogue
    from bot.dialogue.values import Manner
    from bot.dialogue.webhook import ActionDesk

    manner, problems = Manner(), Problems()
    project = read_project(Path(settings.nlu_data), problems)
    actions = InProcess(build_actions(services), project.domain)
    check_project(project, actions, manner, problems)
    if problems.refusals:
        raise ProjectRefused(problems.refusals)
    desk = ActionDesk(actions, prepared.interpreter)
    dialogue = RemoteDialogue(
        url,
        domain=project.domain,
        responses=project.responses,
        interpreter=prepared.interpreter,
        desk=desk,
        channel=channel,
        manner=manner,
    )
    return dialogue, desk
