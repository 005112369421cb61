"""How the bot gets its updates: by asking, or by an address of its own."""

import re
from collections.abc import Callable
from typing import Any

from tests.telegram.chats import Json
from tests.telegram.errors import ApiError, bad_request
from tests.telegram.world import World

_LONGEST_POLL_SECONDS = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


async def get_updates(world: World, parameters: Json) -> list[Json]:
    if world.webhook.url:
        raise ApiError(
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )
    _allow(world, parameters)
    seconds = min(parameters.get("timeout", 0), _LONGEST_POLL_SECONDS)
    return await world.updates.poll(parameters.get("offset", 0), parameters.get("limit", 100), seconds)


async def set_webhook(world: World, parameters: Json) -> bool:
    """Set the address; plain http is taken, as a local Bot API server does."""
    if not (url := parameters["url"]):
        return await delete_webhook(world, parameters)
    if not url.startswith(("https://", "http://")):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = parameters.get("secret_token")
    if secret is not None and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    _allow(world, parameters)
    _drop(world, parameters)
    await world.webhook.set(url, secret, parameters.get("max_connections", 40))
    return True


async def delete_webhook(world: World, parameters: Json) -> bool:
    await world.webhook.stop()
    _drop(world, parameters)
    return True


def get_webhook_info(world: World, _: Json) -> Json:
    hook = world.webhook
    info: Json = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.current()),
        "max_connections": hook.most_at_once,
    }
    if hook.last_error is not None:
        info |= {"last_error_date": int(hook.last_error[0]), "last_error_message": hook.last_error[1]}
    if world.updates.allowed:
        info["allowed_updates"] = sorted(world.updates.allowed)
    return info


def _allow(world: World, parameters: Json) -> None:
    """Remember which kinds of updates are wanted; an unknown name is an error of the test."""
    if "allowed_updates" not in parameters:
        return
    names = frozenset(parameters["allowed_updates"])
    world.errors += [f"allowed_updates: no such kind {name}" for name in names - world.schema.types["Update"].keys()]
    world.updates.allowed = names or None


def _drop(world: World, parameters: Json) -> None:
    if parameters.get("drop_pending_updates"):
        world.updates.waiting.clear()


METHODS: dict[str, Callable[[World, Json], Any]] = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
