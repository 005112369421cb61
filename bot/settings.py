"""What the person who runs the program may choose: one frozen object, read from `CHANGTONG_…` variables."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

HOUSE = Path(__file__).resolve().parent.parent
"""Where the packages, `nlu_data` and `profiles` lie side by side."""

MEGABYTE = 1024 * 1024


class Settings(BaseSettings):
    """All settings. Secrets have no default in code and print as stars."""

    model_config = SettingsConfigDict(env_prefix="CHANGTONG_", frozen=True, extra="ignore", hide_input_in_errors=True)

    data: Path = Field(default=Path("data"), description="The data folder: keys, database, evidence, cached models.")
    database_url: SecretStr | None = Field(
        default=None, description="postgresql+asyncpg://… instead of the SQLite file in the data folder."
    )
    profile: Path = Field(default=HOUSE / "profiles" / "dalian.yml", description="The city's profile.")
    nlu_data: Path = Field(default=HOUSE / "nlu_data", description="What the bot understands and says.")
    language: Literal["zh", "en"] = Field(default="zh", description="The language when nothing tells which.")
    host: str = Field(default="127.0.0.1", description="The address the web chat listens on.")
    port: int = Field(default=8000, ge=0, le=65_535, description="The port the web chat listens on.")
    public_url: str | None = Field(default=None, description="How people reach the web chat, e.g. https://….")
    trusted_proxy: str | None = Field(default=None, description="Address of the proxy whose X-Forwarded-Proto counts.")
    file_limit_mb: int = Field(default=20, ge=1, le=200, description="The largest file taken as evidence.")
    text_limit: int = Field(default=200_000, ge=10_000, description="The longest message taken, in characters.")
    telegram_token: SecretStr | None = Field(default=None, description="The bot's token: switches Telegram on.")
    telegram_api: str = Field(default="https://api.telegram.org", description="The Bot API server, also a local one.")
    telegram_files: str | None = Field(default=None, description="Where that server gives files, when elsewhere.")
    telegram_polling: bool = Field(default=False, description="Ask for updates although there is a public address.")
    telegram_duty_group: int | None = Field(
        default=None, lt=0, description="Id of a group of the office's people that hears that somebody waits."
    )
    log_format: Literal["console", "json"] = Field(default="console", description="How events are printed on stderr.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="warning", description="From where on.")

    @field_validator("public_url", "telegram_api", "telegram_files")
    @classmethod
    def _is_an_address(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError(f"{info.field_name}: expected http://… or https://…")
        return value.rstrip("/") if value else None

    @field_validator("telegram_token")
    @classmethod
    def _is_a_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"\d{1,20}:[\w-]{1,100}", value.get_secret_value()):
            raise ValueError("telegram_token: expected <number>:<letters> as @BotFather gives it")
        return value

    @model_validator(mode="after")
    def _is_safe_outside_loopback(self) -> "Settings":
        """Outside loopback nobody may read along: https by `public_url`, behind a proxy that is named."""
        if not self.is_loopback and not (self.is_https and self.trusted_proxy):
            raise ValueError(
                f"host {self.host}: outside loopback set CHANGTONG_PUBLIC_URL to https://… and "
                "CHANGTONG_TRUSTED_PROXY to the address of the proxy that speaks https"
            )
        return self

    @property
    def is_loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_https(self) -> bool:
        return bool(self.public_url and self.public_url.startswith("https://"))

    @property
    def telegram_webhook(self) -> str | None:
        """The public address that Telegram delivers to; None means that we ask."""
        return None if self.telegram_polling else self.public_url

    @property
    def store_url(self) -> str:
        """The database's URL with its password, never to be logged; "" means SQLite in the data folder."""
        return self.database_url.get_secret_value() if self.database_url is not None else ""

    @property
    def file_limit_bytes(self) -> int:
        return self.file_limit_mb * MEGABYTE

    @property
    def cache(self) -> Path:
        """Where trained models lie; holds nothing of any person."""
        return self.data / "cache"
