"""What the composition root tells the desk."""

from dataclasses import dataclass

PREFIX = "/desk"
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, kw_only=True)
class DeskOptions:
    """`is_https`: cookies are `Secure` and `__Host-`. `issuer` is the name an authenticator shows."""

    is_https: bool = False
    default_language: str = "zh"
    issuer: str = "Changtong"
    is_trial: bool = False
