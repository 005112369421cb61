"""What the stand-in answers instead of a result."""

from typing import Any


class ApiError(Exception):
    """An answer `ok: false`, with the status and the words of the real server as far as they are known."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    @property
    def body(self) -> dict[str, Any]:
        extra = {"parameters": self.parameters} if self.parameters else {}
        return {"ok": False, "error_code": self.code, "description": self.description, **extra}


class NotBuilt(ApiError):
    """The real server can do this, the stand-in cannot: the test must fail."""

    def __init__(self, what: str) -> None:
        super().__init__(501, f"Not Implemented: {what}")


class Refused(Exception):
    """A test asked for something that no person could do, such as tapping a button that is not there."""


def bad_request(words: str, **parameters: Any) -> ApiError:
    return ApiError(400, f"Bad Request: {words}", **parameters)


def forbidden(words: str) -> ApiError:
    return ApiError(403, f"Forbidden: {words}")
