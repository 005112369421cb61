"""The dialogue engine: runs Rasa 3 projects made of rules and forms. It knows nothing of what is talked about."""

from bot.dialogue.engine import DialogueEngine
from bot.dialogue.errors import (
    ActionFailed,
    DialogueError,
    NotJson,
    Problem,
    ProjectRefused,
    StateUnreadable,
)
from bot.dialogue.project import load_project
from bot.dialogue.values import (
    FOREIGN,
    RASA,
    DialogueState,
    Interpreter,
    Manner,
    Parse,
    ParseContext,
    Said,
    Spoken,
    SpokenMessage,
)

__all__ = [
    "FOREIGN",
    "RASA",
    "ActionFailed",
    "DialogueEngine",
    "DialogueError",
    "DialogueState",
    "Interpreter",
    "Manner",
    "NotJson",
    "Parse",
    "ParseContext",
    "Problem",
    "ProjectRefused",
    "Said",
    "Spoken",
    "SpokenMessage",
    "StateUnreadable",
    "load_project",
]
