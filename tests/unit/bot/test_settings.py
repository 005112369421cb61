"""Settings come from the environment, are frozen, and refuse to serve in the open."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings


def test_defaults_serve_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHANGTONG_DATA", raising=False)
    settings = Settings()
    assert settings.is_loopback
    assert settings.profile.is_file()
    assert settings.store_url == ""


def test_variables_with_the_prefix_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHANGTONG_DATA", str(tmp_path))
    monkeypatch.setenv("CHANGTONG_PORT", "8123")
    assert (Settings().data, Settings().port) == (tmp_path, 8123)


def test_secrets_print_as_stars() -> None:
    settings = Settings.model_validate({"database_url": "postgresql+asyncpg://u:hunter2@h/d"})
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings.model_dump())
    assert "hunter2" in settings.store_url


def test_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "example.org", "::"])  # noqa: S104
def test_outside_loopback_needs_https_and_a_named_proxy(host: str) -> None:
    with pytest.raises(ValidationError, match="outside loopback"):
        Settings(host=host)
    with pytest.raises(ValidationError, match="outside loopback"):
        Settings(host=host, public_url="https://x.example")
    assert Settings(host=host, public_url="https://x.example", trusted_proxy="10.0.0.1").is_https


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_loopback(host: str) -> None:
    assert Settings(host=host).is_loopback


def test_public_url_must_be_an_address() -> None:
    with pytest.raises(ValidationError, match="expected http"):
        Settings(public_url="x.example")
