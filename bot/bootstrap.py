"""The one place that picks the real parts and puts them together. Heavy parts are imported when they are built."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import structlog

from bot.clock import SystemClock
from bot.settings import Settings
from casework.anonymise import Anonymiser
from casework.attempts import Attempts
from casework.ports import Clock, Evidence
from casework.profile import Profile, load_profile
from casework.services import Services

if TYPE_CHECKING:
    from rasa_sdk import Action

    from bot.jobs import JobLoop
    from bot.pinging import DutyGroup
    from bot.turns import TurnProcessor, TurnRules
    from bot.turns.ports import Dialogue, Outlet
    from bot.understanding import Interpreter
    from storage import SetupResult, Store, StoreConfig

Progress = Callable[[float, str], None]
DialogueMaker = Callable[[Settings, Services, "Prepared"], "Dialogue"]
"""Makes what turns talk with: the embedded engine, or a Rasa server's stand-in."""

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What is read once and does not depend on a data folder."""

    profile: Profile
    interpreter: "Interpreter" = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class App:
    """The whole program on one data folder."""

    settings: Settings
    store: "Store" = field(repr=False)
    services: Services = field(repr=False)
    conversations: "TurnProcessor" = field(repr=False)
    jobs: "JobLoop" = field(repr=False)

    @property
    def profile(self) -> Profile:
        return self.services.profile

    async def close(self) -> None:
        """End the jobs, finish what is queued, close the store."""
        await self.jobs.stop()
        await self.store.close()


async def prepare(settings: Settings, *, cache: Path | None = None, progress: Progress | None = None) -> Prepared:
    """Read the profile and load the interpreter; the first time it is trained for some seconds.

    Raises `ProfileRefused`, `TrainingDataRefused`, `TrainingFailed`.
    """
    from bot.understanding import Gazetteer, load_interpreter

    profile = load_profile(settings.profile)
    gazetteer = Gazetteer.of(profile)
    folder = cache or settings.cache
    loading = asyncio.to_thread(load_interpreter, settings.nlu_data, folder, gazetteer, progress)
    interpreter, _ = await asyncio.gather(loading, asyncio.to_thread(_import_the_rest))
    return Prepared(profile=profile, interpreter=interpreter)


def _import_the_rest() -> None:
    """Import what `build` needs while the model's arrays are unpacked: saves a third of a second of the start."""
    for name in ("storage", "alembic.command", "actions.registry", "bot.dialogue", "bot.turns"):
        import_module(name)


async def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    prepared: Prepared | None = None,
    progress: Progress | None = None,
    has_desk: bool = False,
    dialogue_of: "DialogueMaker | None" = None,
) -> App:
    """Open the data folder and put everything together. `has_desk`: people answer in a desk that is served beside.

    `dialogue_of` makes another dialogue than the embedded engine (`bot.rasa`).
    Raises what `prepare`, `storage.open_store` and `bot.dialogue.load_project` raise.
    """
    from bot.desk_jobs import desk_jobs
    from bot.house import StoreHouse
    from bot.jobs import JobLoop, housekeeping_jobs
    from bot.turns import TurnProcessor
    from casework import code as codes

    prepared = prepared or await prepare(settings, progress=progress)
    store, services = await open_office(settings, profile=prepared.profile, clock=clock, ranker=prepared.interpreter)
    services = replace(services, takes_handoffs=has_desk)
    try:
        conversations = TurnProcessor(
            dialogue=(dialogue_of or embedded)(settings, services, prepared),
            work=store.work,
            keys=store.person_keys,
            clock=services.clock,
            codes=codes,
            evidence=cleaned_evidence(store, prepared.profile),
            rules=rules_of(settings, prepared.profile),
            outlets=_outlets(settings, services.clock),
            tell=store.bell.tell,
        )
        jobs = JobLoop([*housekeeping_jobs(StoreHouse(store)), *desk_jobs(store, services)], services.clock)
    except BaseException:
        await store.close()
        raise
    return App(settings=settings, store=store, services=services, conversations=conversations, jobs=jobs)


def embedded(settings: Settings, services: Services, prepared: Prepared) -> "Dialogue":
    """Return the engine in this process. Raises `ProjectRefused`."""
    from bot.dialogue import load_project

    return load_project(
        settings.nlu_data, actions=_actions(services), interpreter=prepared.interpreter, cache=settings.cache
    )


def _outlets(settings: Settings, clock: Clock) -> "dict[str, Outlet]":
    """Return how the channels that push have their replies leave."""
    if settings.telegram_token is None:
        return {}
    from bot.channels.telegram.outlet import TelegramOutlet

    return {"telegram": TelegramOutlet(clock.now)}


async def open_office(
    settings: Settings,
    *,
    profile: Profile | None = None,
    clock: Clock | None = None,
    ranker: "Interpreter | None" = None,
) -> tuple["Store", Services]:
    """Open the store and the use cases alone: what the office's commands need, without a dialogue."""
    from bot.pinging import OutboxPinger
    from storage import open_store

    profile = profile or load_profile(settings.profile)
    clock = clock or SystemClock(profile.zone)
    store = await open_store(store_config(settings, profile, clock))
    services = Services(
        profile=profile,
        clock=clock,
        work=store.work,
        ranker=ranker.categories if ranker else NoRanker(),
        evidence=store.evidence,
        attempts=Attempts(alarm=_alarm),
        is_trial=store.is_trial,
        web_chat=settings.public_url or "",
        team=_team(settings, store, clock),
        pinger=OutboxPinger(work=store.work, keys=store.person_keys, clock=clock),
        anonymiser=anonymiser(profile),
    )
    return store, services


async def set_up(
    settings: Settings, *, is_terminal: bool, recovery_out: Path | None = None, clock: Clock | None = None
) -> "SetupResult":
    """Make keys, database and first operator in an empty data folder."""
    from storage import setup

    profile = load_profile(settings.profile)
    config = store_config(settings, profile, clock or SystemClock(profile.zone))
    return await setup(config, terminal=is_terminal, recovery_out=recovery_out)


def store_config(settings: Settings, profile: Profile, clock: Clock) -> "StoreConfig":
    """Say where the store is."""
    from storage import StoreConfig

    return StoreConfig(url=settings.store_url, data=settings.data, profile=profile, clock=clock)


def rules_of(settings: Settings, profile: Profile) -> "TurnRules":
    """Return the numbers a turn goes by."""
    from bot.turns import TurnRules
    from casework.intake.questions import NUMBER_QUESTIONS
    from casework.report import MAX_FILES

    return TurnRules(
        default_language=settings.language,
        kept=timedelta(hours=profile.retention.draft_hours),
        text_limit=settings.text_limit,
        file_limit_bytes=settings.file_limit_bytes,
        most_files=MAX_FILES,
        number_questions=NUMBER_QUESTIONS,
    )


def cleaned_evidence(store: "Store", profile: Profile) -> Evidence:
    """Return the evidence store that cleans what people send before it counts."""
    from storage.cleaning.apart import CleaningApart
    from storage.cleaning.evidence import CleanedEvidence
    from storage.cleaning.values import Limits

    limits = Limits(pixels=profile.files.picture_megapixels * 1_000_000)
    return CleanedEvidence(store.evidence, CleaningApart(profile.files.kinds, limits))


def anonymiser(profile: Profile) -> Anonymiser:
    """Return what masks texts, with the Chinese tagger where its wheel is installed; models load on first use."""
    from bot.tagging import ChineseTagger, has_tagger

    return Anonymiser(profile, ChineseTagger() if has_tagger() else None)


class NoRanker:
    """Suggests no category; the office's commands need none."""

    def rank(self, facts: str, language: str) -> list[tuple[str, float]]:
        return []


def _actions(services: Services | None) -> "list[Action]":
    from actions.registry import build_actions

    return build_actions(services)  # type: ignore[arg-type]


def _team(settings: Settings, store: "Store", clock: Clock) -> "DutyGroup | None":
    """Return the group that is pointed to the desk, where there is one."""
    from bot.pinging import DutyGroup

    if settings.telegram_duty_group is None or settings.telegram_token is None:
        return None
    return DutyGroup(
        bot_id=int(settings.telegram_token.get_secret_value().partition(":")[0]),
        chat=settings.telegram_duty_group,
        keys=store.person_keys,
        clock=clock,
        language=settings.language,
    )


def _alarm(total: int) -> None:
    _log.warning("many_wrong_codes", within_the_hour=total)


def project_problems(settings: Settings) -> list[str]:
    """Return what is wrong with the dialogue files, as lines with file and line number."""
    from bot.dialogue import ProjectRefused, load_project

    try:
        load_project(settings.nlu_data, actions=_actions(None), interpreter=_Deaf())
    except ProjectRefused as error:
        return [str(problem) for problem in error.problems]
    return []


class _Deaf:
    """Stands where an interpreter is needed and nothing is said."""

    def parse(self, text: str, context: object) -> NoReturn:
        raise NotImplementedError("files are checked without an interpreter")
