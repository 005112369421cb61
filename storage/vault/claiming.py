"""Makes a trial folder a real one: replaces all that its `TRIAL` file opens."""

from dataclasses import dataclass, field

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


async def claim(vault: Vault, accounts: Accounts) -> Claimed:
    """Replace the office's key pair, the recovery key and the operator's password; disable all other accounts.

    Cases of the trial stay readable by the new key; who copied the folder before can still open those. Broken off, it
    is finished by calling it again. Raises `NotClaimable`.
    """
    trial = read_trial(vault.data)
    if trial is None:
        raise NotClaimable(vault.data)
    session = await _enter(accounts, trial)
    if not session.must_set_password:
        for name in await accounts.names():
            if name != trial.name:
                await accounts.disable(session, name)
        session = await accounts.rotate_key(session)
    password = trial.next_password or one_time_password()
    write_trial(vault.data, TrialOperator(name=trial.name, password=trial.password, next_password=password))
    recovery_key = await accounts.hand_over(session, password)
    destroy(trial_path(vault.data))
    return Claimed(operator=trial.name, one_time_password=password, recovery_key=recovery_key)


async def _enter(accounts: Accounts, trial: TrialOperator) -> OperatorSession:
    try:
        return await accounts.log_in(trial.name, trial.password)
    except LogInRefused:
        if trial.next_password is None:
            raise
        return await accounts.log_in(trial.name, trial.next_password)
