"""Makes a trial folder a real one: replaces all that its `TRIAL` file opens."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from storage.errors import LogInRefused, NotClaimable
from storage.vault.accounts import Accounts
from storage.vault.key_files import destroy
from storage.vault.passwords import one_time_password
from storage.vault.sessions import OperatorSession
from storage.vault.setup import TrialOperator, Vault, read_trial, trial_path, write_trial


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """What is shown once after a claim."""

    operator: str
    one_time_password: str = field(repr=False)
    recovery_key: str = field(repr=False)


async def claim(
    vault: Vault,
    accounts: Accounts,
    *,
    password: str | None = None,
    tell: Callable[[Claimed], None] = lambda claimed: None,
) -> Claimed:
    """Replace the office's key pair, the recovery key and the operator's password; disable all other accounts.

    `password` is needed when the trial's operator has changed it. `tell` shows or writes what is told once; the folder
    is claimed when it has returned. Broken off anywhere, the claim is finished by calling it again. Cases of the trial
    stay readable by the new key; who copied the folder before can still open those. Raises `NotClaimable`,
    `LogInRefused`.
    """
    trial = read_trial(vault.data)
    if trial is None:
        raise NotClaimable(vault.data)
    session = await _enter(accounts, trial, password)
    if not session.must_set_password:
        session = await _take_over(accounts, session)
    next_password = trial.next_password or one_time_password()
    write_trial(vault.data, replace(trial, next_password=next_password))
    recovery_key = await accounts.hand_over(session, next_password)
    claimed = Claimed(operator=trial.name, one_time_password=next_password, recovery_key=recovery_key)
    tell(claimed)
    destroy(trial_path(vault.data))
    return claimed


async def _take_over(accounts: Accounts, session: OperatorSession) -> OperatorSession:
    for name in await accounts.names():
        if name != session.operator:
            await accounts.disable(session, name)
    return await accounts.rotate_key(session)


async def _enter(accounts: Accounts, trial: TrialOperator, password: str | None) -> OperatorSession:
    """Log in with what the operator says, what the file says, or what a claim that died had put in its place."""
    if trial.next_password is not None:
        try:
            return await accounts.log_in(trial.name, trial.next_password)
        except LogInRefused:  # it died before the new password counted
            pass
    return await accounts.log_in(trial.name, password or trial.password)
