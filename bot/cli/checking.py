"""`changtong check`: what is in order, what is not, and what to do next."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from bot.bootstrap import open_office, project_problems
from bot.settings import Settings
from casework.errors import ProfileRefused
from casework.profile import Profile, load_profile

if TYPE_CHECKING:
    from storage import Store

TWO = 2


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at; `name` and `values` fill the text `check_<name>`."""

    level: Literal["fine", "todo", "wrong"]
    name: str
    values: dict[str, object] = field(default_factory=dict)


async def findings(settings: Settings) -> list[Finding]:
    """Look at profile, dialogue files, data folder, keys, accounts and the audit trail."""
    found = []
    profile = None
    try:
        profile = load_profile(settings.profile)
        found.append(Finding(level="fine", name="profile", values={"id": profile.id}))
    except ProfileRefused as error:
        found += [Finding(level="wrong", name="problem", values={"problem": problem}) for problem in error.problems]
    problems = project_problems(settings)
    found += [Finding(level="wrong", name="problem", values={"problem": problem}) for problem in problems]
    if not problems:
        found.append(Finding(level="fine", name="dialogue"))
    if profile is not None:
        found += [finding async for finding in _of_folder(settings, profile)]
    return found


async def _of_folder(settings: Settings, profile: Profile) -> AsyncIterator[Finding]:
    from storage.errors import NotSetUp, StorageError

    if not profile.office.heads:
        yield Finding(level="todo", name="no_heads")
    if profile.superior.public_key is None:
        yield Finding(level="todo", name="no_superior_key")
    try:
        store, _ = await open_office(settings, profile=profile)
    except NotSetUp:
        yield Finding(level="todo", name="not_set_up", values={"folder": settings.data})
        return
    except StorageError as error:
        yield Finding(level="wrong", name="problem", values={"problem": error})
        return
    try:
        async for finding in _of_store(store):
            yield finding
    finally:
        await store.close()


async def _of_store(store: "Store") -> AsyncIterator[Finding]:
    from storage.errors import TrailBroken

    async with store.work() as work:
        operators = await work.operators.all()
        can_read = await work.operators.can_read()
        try:
            yield Finding(level="fine", name="trail", values={"count": await work.trail.verify()})
        except TrailBroken as error:
            yield Finding(level="wrong", name="problem", values={"problem": error})
    holders = [o.name for o in operators if o.is_key_holder and o.state == "active" and o.has_logged_in]
    if store.is_trial:
        yield Finding(level="todo", name="trial")
    if not can_read:
        yield Finding(level="todo" if store.is_trial else "wrong", name="nobody_can_read")
    elif len(holders) < TWO:
        yield Finding(level="todo", name="one_holder", values={"name": ", ".join(holders)})
    else:
        yield Finding(level="fine", name="holders", values={"count": len(holders)})
    for operator in operators:
        if operator.state == "pending":
            yield Finding(level="todo", name="pending", values={"name": operator.name})
