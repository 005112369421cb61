"""One turn, request or job: reads at any time, writes together or not at all."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from casework.ports import Clock
from storage.bell import Bell
from storage.collected import Collected
from storage.engine import Database
from storage.repositories.accounts import SqlAccountRecords
from storage.repositories.case_sessions import CaseSessions
from storage.repositories.cases import Cases
from storage.repositories.chats import Chats
from storage.repositories.conversations import Conversations, Inbox, Replies
from storage.repositories.handoffs import Handoffs
from storage.repositories.office_public_key import OfficePublicKey
from storage.repositories.operators import Operators
from storage.repositories.outbox import Outbox
from storage.repositories.receipts import Receipts
from storage.repositories.trail import AuditTrail
from storage.repositories.updates import Updates
from storage.repositories.uploads import Uploads
from storage.repositories.watches import Watches
from storage.vault.case_rows import RecipientKey
from storage.vault.setup import Vault
from storage.vault.trail_chain import TrailChain


class SqlUnitOfWork:
    """Satisfies `casework.ports.UnitOfWork` and `bot.turns.ports.TurnWork`."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        office_key: OfficePublicKey,
        superior: RecipientKey | None,
        bell: Bell | None = None,
    ) -> None:
        self._collected = collected = Collected(database, bell=bell)
        day_keys, server_key = vault.day_keys, vault.server_key
        self.conversations = Conversations(collected, day_keys, clock)
        self.replies = Replies(collected, day_keys, clock)
        self.inbox = Inbox(collected)
        self.updates = Updates(collected, day_keys, clock)
        self.outbox = Outbox(collected, day_keys, clock)
        self.chats = Chats(collected, day_keys, clock)
        self.receipts = Receipts(collected, day_keys, server_key, clock)
        self.case_sessions = CaseSessions(collected, day_keys, clock)
        self.uploads = Uploads(collected, day_keys, server_key, clock)
        self.watches = Watches(collected, server_key, office_key)
        self.cases = Cases(collected, vault.cases, server_key, office_key, superior)
        self.handoffs = Handoffs(collected, day_keys, office_key, clock)
        self.trail = trail_of(collected, vault)
        self.operators = Operators(database)

    async def commit(self) -> None:
        """Write all that was collected in one transaction.

        Raises `Conflict`, `storage.errors.StoreFull`, `storage.errors.DatabaseUnreachable`; then nothing is written
        and this unit of work is spent: the work is done again in a fresh one.
        """
        await self.cases.collect()
        await self.handoffs.collect()
        await self._collected.run()


def trail_of(collected: Collected, vault: Vault) -> AuditTrail:
    """Return the trail whose entries join what is collected."""
    return AuditTrail(collected, TrailChain(vault.server_key), vault.data / "trail")


def work_factory(
    database: Database, vault: Vault, clock: Clock, superior: RecipientKey | None, bell: Bell | None = None
) -> Callable[[], AbstractAsyncContextManager[SqlUnitOfWork]]:
    """Return what opens a fresh unit of work."""
    office_key = OfficePublicKey()

    @asynccontextmanager
    async def work() -> AsyncIterator[SqlUnitOfWork]:
        yield SqlUnitOfWork(database, vault, clock, office_key, superior, bell)

    return work


def account_records_factory(
    database: Database, vault: Vault
) -> Callable[[], AbstractAsyncContextManager[SqlAccountRecords]]:
    """Return what opens a fresh unit of work over accounts."""

    @asynccontextmanager
    async def records() -> AsyncIterator[SqlAccountRecords]:
        collected = Collected(database)
        yield SqlAccountRecords(collected, trail_of(collected, vault))

    return records
