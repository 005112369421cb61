"""The Telegram channel on the opened program: the parts of storage, turns and jobs that it is built from."""

from functools import partial

from bot.bootstrap import App
from bot.channels.telegram.api import Api
from bot.channels.telegram.messenger import TelegramMessenger
from bot.channels.telegram.options import TelegramOptions
from bot.channels.telegram.service import Telegram
from bot.jobs.delivery import Sender
from bot.settings import Settings
from bot.turns import DurableInbox
from storage import Store
from storage.bell import listening
from storage.leadership import lead

CHANNEL = "telegram"


def build_telegram(app: App) -> Telegram:
    """Put the channel together; nothing is sent or asked before it is started."""
    options = options_of(app.settings, app.store)
    api, clock = Api(options), app.services.clock
    leading = partial(lead, app.store.database, app.store.config.data)
    sender = Sender(work=app.store.work, clock=clock, messenger=TelegramMessenger(api), lead=leading)
    inbox = DurableInbox(CHANNEL, app.store.work, app.store.person_keys, clock, kept=app.conversations.kept)
    return Telegram(
        options,
        api=api,
        conversations=app.conversations,
        inbox=inbox,
        sender=sender,
        lead=leading,
        listening=partial(listening, app.store.database),
    )


def options_of(settings: Settings, store: Store) -> TelegramOptions:
    """Return the channel's options. The webhook's secret comes of the server key: replicas share it."""
    assert settings.telegram_token is not None  # noqa: S101 - asked for only where there is one
    return TelegramOptions(
        token=settings.telegram_token.get_secret_value(),
        api=settings.telegram_api,
        files=settings.telegram_files,
        webhook=settings.telegram_webhook,
        webhook_secret=store.vault.server_key.subkey("telegram.webhook").hex(),
        default_language=settings.language,
        file_limit_bytes=min(settings.file_limit_bytes, 20 * 1024 * 1024),
        campaigns={each.id: {"zh": each.words.zh, "en": each.words.en} for each in store.config.profile.campaigns},
    )
