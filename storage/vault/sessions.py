"""What an operator holds after a log-in, in memory only."""


class OperatorSession:
    """An unlocked key pair and the office's private keys it opens. Satisfies `casework.ports.OfficeKey`."""

    def __init__(self, operator: str, role: str, *, must_set_password: bool = False) -> None:
        self._operator, self._role, self._must_set_password = operator, role, must_set_password

    @property
    def operator(self) -> str:
        return self._operator

    @property
    def role(self) -> str:
        return self._role

    @property
    def must_set_password(self) -> bool:
        return self._must_set_password
