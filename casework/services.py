"""What use cases are given, put together once by the composition root."""

from dataclasses import dataclass

from casework.anonymise import Anonymiser
from casework.attempts import Attempts
from casework.ports import CategoryRanker, Clock, Evidence, UnitOfWorkFactory
from casework.profile import Profile


@dataclass(frozen=True, kw_only=True)
class Services:
    """The first argument of every use case. `is_trial`: a data folder without claimed keys takes reports unread.

    Without an `anonymiser` the self-identification check is not offered.
    """

    profile: Profile
    clock: Clock
    work: UnitOfWorkFactory
    ranker: CategoryRanker
    evidence: Evidence
    attempts: Attempts
    is_trial: bool = False
    anonymiser: Anonymiser | None = None
