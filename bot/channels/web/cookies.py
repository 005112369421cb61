"""The cookie that is the person's address: 256 random bits, gone with the browser, never readable by scripts."""

import re
import secrets

from starlette.requests import Request
from starlette.responses import Response

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


class SecretCookie:
    """Reads and writes the secret. A value that we cannot have made counts as none."""

    def __init__(self, *, is_https: bool) -> None:
        self._is_https = is_https
        self.name = "__Host-chat" if is_https else "chat"
        self.language_name = "__Host-lang" if is_https else "lang"

    @staticmethod
    def new() -> str:
        return secrets.token_urlsafe(32)

    def read(self, request: Request) -> str | None:
        value = request.cookies.get(self.name, "")
        return value if _SECRET.fullmatch(value) else None

    def write(self, response: Response, secret: str) -> None:
        self._set(response, self.name, secret)

    def remember_language(self, response: Response, language: str) -> None:
        self._set(response, self.language_name, language)

    def delete(self, response: Response) -> None:
        for name in (self.name, self.language_name):
            response.delete_cookie(name, path="/", secure=self._is_https, httponly=True, samesite="strict")

    def _set(self, response: Response, name: str, value: str) -> None:
        response.set_cookie(name, value, path="/", secure=self._is_https, httponly=True, samesite="strict")
