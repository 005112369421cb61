"""`changtong run` with a token: refused on a trial folder; the webhook stands only where Telegram delivers."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from bot.channels.telegram.webhook import WithWebhook
from bot.cli import talking
from bot.cli.edge import Refused
from bot.settings import Settings
from tests.support.stores import fresh_store, make_config

TOKEN = SecretStr("123:abc")


def app_of(settings: Settings, **values: Any) -> Any:
    return SimpleNamespace(settings=settings, **values)


async def test_a_trial_folder_does_not_speak_to_telegram(tmp_path: Path) -> None:
    app = app_of(Settings(data=tmp_path, telegram_token=TOKEN), store=SimpleNamespace(is_trial=True))
    with pytest.raises(Refused, match="trial_no_telegram"):
        await talking._serve_app(app)


def test_without_a_token_there_is_no_channel(tmp_path: Path) -> None:
    web = object()
    telegram = talking.telegram_of(app_of(Settings(data=tmp_path)))
    assert telegram is None
    assert talking.with_webhook(web, telegram) is web


@pytest.mark.parametrize("public_url", [None, "https://report.example"])
async def test_the_webhook_stands_beside_the_web_chat_where_telegram_delivers(
    public_url: str | None, tmp_path: Path
) -> None:
    config = make_config(tmp_path / "data")
    settings = Settings(data=config.data, telegram_token=TOKEN, public_url=public_url)
    async with fresh_store(config) as store:
        conversations = SimpleNamespace(kept=None)
        app = app_of(settings, store=store, services=SimpleNamespace(clock=config.clock), conversations=conversations)
        telegram = talking.telegram_of(app)
    assert telegram is not None
    assert telegram.is_delivered_to is (public_url is not None)
    assert isinstance(talking.with_webhook(object(), telegram), WithWebhook) is (public_url is not None)
