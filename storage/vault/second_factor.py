"""The second factor: six digits that change every half minute (TOTP, RFC 6238), and recovery codes for a lost phone."""

import hashlib
import hmac
import json
import re
import secrets
from dataclasses import replace

from casework.ports import Clock, OfficeKey
from storage.errors import AccountRefused
from storage.repositories.desk_sessions import DeskRows, StoredFactor
from storage.vault.records import OperatorRecord
from storage.vault.sealing import open_sealed, seal
from storage.vault.server_key import ServerKey
from storage.vault.sessions import require_session

STEP_SECONDS = 30
DIGITS = 6
RECOVERY_CODES = 10
_CONTEXT = "operator.totp.v1"
_NO_DIGIT = re.compile(r"[\s-]+")
_SYMBOLS = "0123456789abcdefghjkmnpqrstvwxyz"


class SecondFactors:
    """Enrols and checks. Each step is good once; one step to either side is allowed for clocks that differ."""

    def __init__(self, rows: DeskRows, server_key: ServerKey, clock: Clock) -> None:
        self._rows, self._clock = rows, clock
        self._seal_key = server_key.subkey("operator.totp")
        self._hash_key = server_key.subkey("operator.totp.recovery")

    @staticmethod
    def new_secret() -> str:
        """Return a fresh secret as authenticators take it (base32, 160 bits)."""
        import pyotp

        return pyotp.random_base32()

    @staticmethod
    def uri(secret: str, *, operator: str, issuer: str) -> str:
        """Return the `otpauth:` address that an enrolment QR code holds."""
        import pyotp

        return pyotp.TOTP(secret).provisioning_uri(name=operator, issuer_name=issuer)

    async def is_enrolled(self, key: OfficeKey) -> bool:
        session = require_session(key)
        factor = await self._rows.factor(session.operator)
        return factor is not None and factor.public_key == session.public_key

    async def enrol(self, key: OfficeKey, secret: str, code: str) -> tuple[str, ...] | None:
        """Keep `secret` once `code` proves that the authenticator has it; returns recovery codes, shown once."""
        session, step = require_session(key), self._step_of(secret, code)
        if step is None:
            return None
        codes = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
        hashes = json.dumps([self._hash(session.operator, recovery) for recovery in codes])
        sealed = seal(self._seal_key, _CONTEXT, session.operator.encode(), secret.encode())
        await self._rows.put_factor(
            StoredFactor(
                operator=session.operator,
                public_key=session.public_key,
                sealed=sealed,
                last_step=step,
                recovery=hashes,
            )
        )
        return codes

    async def rebind(self, key: OfficeKey, fresh: OfficeKey) -> None:
        """Keep the factor when its operator chose a new passphrase."""
        before, after = require_session(key), require_session(fresh)
        if before.operator != after.operator:
            raise AccountRefused(after.operator, "is another account")
        await self._rows.rebind(before.operator, before.public_key, after.public_key)

    def proof(self, code: str) -> "Proof":
        """Return what `Accounts.log_in` asks for the second factor."""
        return Proof(self, code)

    async def passes(self, record: OperatorRecord, code: str) -> bool:
        """Whether `code` is right now, or an unused recovery code. Without an enrolment nothing is asked yet."""
        factor = await self._rows.factor(record.name)
        if factor is None or factor.public_key != record.public_key:
            return True
        secret = open_sealed(self._seal_key, _CONTEXT, record.name.encode(), factor.sealed).decode()
        step = self._step_of(secret, code)
        if step is not None:
            return await self._rows.use_step(record.name, step)
        return await self._passes_by_recovery(factor, code)

    async def _passes_by_recovery(self, factor: StoredFactor, code: str) -> bool:
        typed = self._hash(factor.operator, _NO_DIGIT.sub("", code).lower())
        hashes: list[str] = json.loads(factor.recovery)
        left = [known for known in hashes if not hmac.compare_digest(known, typed)]
        if len(left) == len(hashes):
            return False
        after = replace(factor, recovery=json.dumps(left)).recovery
        return await self._rows.use_recovery(factor.operator, factor.recovery, after)

    def _step_of(self, secret: str, code: str) -> int | None:
        import pyotp

        digits = _NO_DIGIT.sub("", code)
        if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
            return None
        now = int(self._clock.now().timestamp()) // STEP_SECONDS
        totp = pyotp.HOTP(secret)
        return next((step for step in (now, now - 1, now + 1) if hmac.compare_digest(totp.at(step), digits)), None)

    def _hash(self, operator: str, code: str) -> str:
        told = json.dumps([operator, _NO_DIGIT.sub("", code).lower()]).encode()
        return hashlib.blake2b(told, key=self._hash_key, digest_size=24).hexdigest()


class Proof:
    """What was typed as the second factor of one log-in."""

    def __init__(self, factors: SecondFactors, code: str) -> None:
        self._factors, self._code = factors, code

    async def __call__(self, record: OperatorRecord) -> bool:
        return await self._factors.passes(record, self._code)


def _recovery_code() -> str:
    symbols = "".join(secrets.choice(_SYMBOLS) for _ in range(12))
    return f"{symbols[:4]}-{symbols[4:8]}-{symbols[8:]}"
