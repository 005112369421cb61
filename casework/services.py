"""What use cases are given, put together once by the composition root."""

from dataclasses import dataclass, field

from casework.anonymise import Anonymiser
from casework.attempts import Attempts, Submissions
from casework.ports import CategoryRanker, Clock, Evidence, Pinger, Team, UnitOfWorkFactory
from casework.profile import Profile


@dataclass(frozen=True, kw_only=True)
class Services:
    """The first argument of every use case. `is_trial`: a data folder without claimed keys takes reports unread.

    `web_chat`: the address of the web chat, to be told in messengers. Without an `anonymiser` the self-identification
    check is not offered.
    """

    profile: Profile
    clock: Clock
    work: UnitOfWorkFactory
    ranker: CategoryRanker
    evidence: Evidence
    attempts: Attempts
    is_trial: bool = False
    takes_handoffs: bool = False
    """Whether a desk is served beside the bot, where people answer within the office's hours."""
    web_chat: str = ""
    pinger: Pinger | None = None
    team: Team | None = None
    submissions: Submissions = field(default_factory=Submissions)
    anonymiser: Anonymiser | None = None
