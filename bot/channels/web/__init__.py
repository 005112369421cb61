"""The web chat: one page that works without JavaScript, and the two calls that serve it with JavaScript."""

from bot.channels.web.app import create_app
from bot.channels.web.options import WebOptions

__all__ = ["WebOptions", "create_app"]
