"""The desk's cookies: the session's secret, the mark of a known browser, the language."""

import re

from starlette.requests import Request
from starlette.responses import Response

from console.options import LANGUAGES

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_MARK = re.compile(r"[A-Za-z0-9_.-]{20,100}")
_YEAR = 365 * 24 * 3600


class DeskCookies:
    """Reads and writes them: `__Host-`, Secure, HttpOnly, SameSite=Strict; plain names on loopback without https."""

    def __init__(self, *, is_https: bool) -> None:
        self._is_https = is_https
        prefix = "__Host-" if is_https else ""
        self.session, self.mark, self.language = f"{prefix}desk", f"{prefix}desk-known", f"{prefix}desk-lang"

    def secret_of(self, request: Request) -> str | None:
        value = request.cookies.get(self.session, "")
        return value if _SECRET.fullmatch(value) else None

    def mark_of(self, request: Request) -> str:
        value = request.cookies.get(self.mark, "")
        return value if _MARK.fullmatch(value) else ""

    def language_of(self, request: Request, default: str) -> str:
        value = request.cookies.get(self.language, "")
        if value in LANGUAGES:
            return value
        accepted = request.headers.get("accept-language", "").lower()
        places = {language: accepted.find(language) for language in LANGUAGES}
        found = [language for language, place in sorted(places.items(), key=lambda pair: pair[1]) if place >= 0]
        return found[0] if found else default

    def enter(self, response: Response, secret: str) -> None:
        self._set(response, self.session, secret)

    def remember_browser(self, response: Response, mark: str) -> None:
        self._set(response, self.mark, mark, _YEAR)

    def speak(self, response: Response, language: str) -> None:
        self._set(response, self.language, language, _YEAR)

    def leave(self, response: Response) -> None:
        response.delete_cookie(self.session, path="/", secure=self._is_https, httponly=True, samesite="strict")

    def _set(self, response: Response, name: str, value: str, max_age: int | None = None) -> None:
        response.set_cookie(
            name, value, max_age=max_age, path="/", secure=self._is_https, httponly=True, samesite="strict"
        )
