"""What the composition root tells the web chat."""

from collections.abc import Mapping
from dataclasses import dataclass, field

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, kw_only=True)
class WebOptions:
    """`is_https`: cookies are `Secure` and `__Host-`. `city` and `address` by language; the rest as shown to people."""

    is_https: bool = False
    default_language: str = "zh"
    max_file_bytes: int = 20 * 1024 * 1024
    max_files: int = 10
    city: Mapping[str, str] = field(default_factory=lambda: {"zh": "", "en": ""})
    phone: str = ""
    website: str = ""
    address: Mapping[str, str] = field(default_factory=lambda: {"zh": "", "en": ""})
