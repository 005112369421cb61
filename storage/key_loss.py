"""When the server key is lost for good: the office regains its cases with the recovery key, under a new server key.

What hung on the lost key alone is gone: every code, every password, every live conversation, and the proof that the
audit trail was not changed before this day. What was derived from it is derived anew from the opened cases: the marks
that keep files from the sweep, and the unit index.
"""

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from casework.case import CaseId, CaseRow
from casework.ports import CaseQuery
from storage.backup import DESK_LIVE, PERSON_SIDE
from storage.engine import Database, open_database
from storage.errors import KeyFileMissing, NotSetUp, SetupRefused
from storage.migrating import migrate
from storage.models import Base, CaseFileRecord, CaseRecord, TrailRecord
from storage.repositories import meta
from storage.repositories.cases import marks_of
from storage.repositories.trail import chained_entry
from storage.store import StoreConfig, noted_fingerprint
from storage.trail_guard import guard, unguard
from storage.unit_of_work import account_records_factory, work_factory
from storage.vault.account_changes import DISABLED, account_change
from storage.vault.case_rows import OFFICE
from storage.vault.case_sealing import CaseSealing
from storage.vault.day_keys import DayKeys
from storage.vault.key_files import make_private_folder, sync_folder
from storage.vault.office_keys import open_recovery, read_recovery_key
from storage.vault.server_key import ServerKey
from storage.vault.sessions import OperatorSession
from storage.vault.setup import Vault, server_key_path
from storage.vault.trail_chain import TrailChain

SYSTEM = "-"
"""Who the trail names for what no operator did."""

_files: Any = CaseFileRecord.__table__
_cases: Any = CaseRecord.__table__
_trail: Any = TrailRecord.__table__


@dataclass(kw_only=True)
class _Derived:
    """What stands in clear columns and is derived with the server key, by case."""

    units: dict[CaseId, bytes | None] = field(default_factory=dict)
    marks: dict[CaseId, set[bytes]] = field(default_factory=dict)
    unopened: list[CaseId] = field(default_factory=list)


async def replace_lost_server_key(config: StoreConfig, recovery_key: str) -> None:
    """Put a new server key in the place of one that is gone; the service must not be running.

    All accounts are disabled: `Accounts.recover` makes the first key holder next. Broken off anywhere, it is finished
    by calling it again. Raises `SetupRefused` (a key lies there), `NotSetUp`, `RecoveryRefused`; then nothing changed.
    """
    noted = await noted_fingerprint(config)
    if noted is None:
        raise NotSetUp(config.data)
    _require_lost(config.data, noted)
    await migrate(config.database_url)
    database = open_database(config.database_url)
    try:
        session = await _recovered_session(config, database, recovery_key)
        vault = _new_vault(config)
        if vault.server_key.fingerprint != noted:
            await _reseal(config, database, vault, session)
    finally:
        await database.close()
    _put_heads_aside(config)
    _draft_path(config.data).rename(server_key_path(config.data))
    sync_folder(server_key_path(config.data).parent)


def _require_lost(data: Path, noted: bytes) -> None:
    path = server_key_path(data)
    try:
        ServerKey.load(path, fingerprint=noted)
    except KeyFileMissing:
        if path.exists():
            raise SetupRefused(f"{path}: another key lies here; move it away first") from None
        return
    raise SetupRefused(f"{path}: the server key is here and fits; recover without replacing it")


async def _recovered_session(config: StoreConfig, database: Database, recovery_key: str) -> OperatorSession:
    recovery = read_recovery_key(recovery_key)
    # Reading needs no server key; this one is thrown away.
    async with account_records_factory(database, _vault(config, ServerKey.generate()))() as records:
        keys = {(OFFICE, key.version): open_recovery(key, recovery) for key in await records.office_keys()}
    return OperatorSession(operator=SYSTEM, role="supervisor", keys=keys)


def _new_vault(config: StoreConfig) -> Vault:
    path = _draft_path(config.data)
    make_private_folder(path.parent / "day")
    return _vault(config, ServerKey.load(path) if path.exists() else ServerKey.create(path))


def _vault(config: StoreConfig, server_key: ServerKey) -> Vault:
    days = DayKeys(config.data / "keys" / "day", config.clock)
    cases = CaseSealing(server_key)
    return Vault(data=config.data, server_key=server_key, day_keys=days, cases=cases, is_trial=False)


def _draft_path(data: Path) -> Path:
    return server_key_path(data).with_name("server.new")


async def _reseal(config: StoreConfig, database: Database, vault: Vault, session: OperatorSession) -> None:
    derived = await _derive(config, database, vault, session)
    there = {vault.server_key.evidence(path.name) for path in config.evidence_folder.glob("*/*")}
    async with account_change(account_records_factory(database, vault), config.clock) as change:
        records: Any = change.records
        records.also(partial(_write_derived, derived=derived, there=there))
        records.also(_forget_persons)
        records.also(partial(_chain_anew, chain=TrailChain(vault.server_key)))
        records.also(partial(meta.note, name=meta.SERVER_KEY, value=vault.server_key.fingerprint.hex()))
        for account in await records.operators():
            records.save_operator(replace(account, state=DISABLED, has_logged_in=False))
            records.delete_office_wraps(operator=account.name)
        await change.commit(None, SYSTEM, "server_key_replaced", "entries before this one could not be verified")


async def _derive(config: StoreConfig, database: Database, vault: Vault, session: OperatorSession) -> _Derived:
    derived, key = _Derived(), vault.server_key
    async with work_factory(database, vault, config.clock, config.superior)() as work:
        for row in await work.cases.rows(CaseQuery(limit=None)):
            case = await work.cases.by_office(row.id, session) if _is_ours(row) else None
            if case is None:
                derived.unopened.append(row.id)
                derived.units[row.id] = None
                continue
            unit_id = case.report.accused_unit_id if case.report else None
            derived.units[row.id] = key.unit_index(unit_id) if unit_id else None
            derived.marks[row.id] = marks_of(case, key)
    return derived


def _is_ours(row: CaseRow) -> bool:
    return row.recipient == OFFICE


def _write_derived(connection: Connection, derived: _Derived, there: set[bytes]) -> None:
    """Write units and marks. What the superior's cases hold is unknown: those with files keep all that is left."""
    with_files = set(connection.execute(select(_files.c.case_id).distinct()).scalars())
    left = there - set().union(*derived.marks.values())
    marks = derived.marks | {case_id: left for case_id in derived.unopened if case_id in with_files}
    connection.execute(delete(_files))
    for case_id, unit in derived.units.items():
        connection.execute(update(_cases).where(_cases.c.id == case_id).values(unit=unit))
    for case_id, of_case in marks.items():
        for mark in sorted(of_case):
            connection.execute(insert(_files).values(case_id=case_id, mark=mark))


def _forget_persons(connection: Connection) -> None:
    """Nobody is found again under a new key: what is live of them ends here."""
    for name in (*PERSON_SIDE, *DESK_LIVE):
        connection.execute(delete(Base.metadata.tables[name]))


def _chain_anew(connection: Connection, chain: TrailChain) -> None:
    previous = None
    unguard(connection)
    for row in connection.execute(select(_trail).order_by(_trail.c.position)).all():
        previous = chain.link(chained_entry(row).entry, previous)
        connection.execute(update(_trail).where(_trail.c.position == row.position).values(mac=previous.mac))
    guard(connection)


def _put_heads_aside(config: StoreConfig) -> None:
    """Keep the old heads: whoever finds the lost key can check the trail of then against them."""
    folder = config.trail_folder
    if folder.is_dir():
        folder.rename(folder.with_name(f"{folder.name}-before-{config.clock.now():%Y-%m-%dT%H%M%S}"))
