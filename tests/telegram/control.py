"""The tests' side, over HTTP: JSON in, JSON out; 409 with the reason when no person could do that."""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.telegram import people
from tests.telegram.chats import Chat, Json, Kept
from tests.telegram.errors import ApiError, Refused
from tests.telegram.faults import Fault, FaultKind
from tests.telegram.updates import Waiting
from tests.telegram.world import World

Act = Callable[[World, Json], Any]


class HasWorld(Protocol):
    """The server, as this side sees it."""

    @property
    def world(self) -> World: ...

    async def reset(self, *, is_flood_on: bool) -> World: ...


def routes(server: HasWorld) -> list[Route]:
    """Return one route an act, and those that start anew and wait."""

    async def reset(request: Request) -> Response:
        world = await server.reset(is_flood_on=(await request.json())["is_flood_on"])
        return JSONResponse({"token": world.token, "bot": world.bot})

    async def wait(request: Request) -> Response:
        asked = await request.json()
        chat = server.world.chats[asked["chat"]]
        await chat.wait(asked["after"], asked["seconds"])
        return JSONResponse({"changes": chat.changes, "messages": _messages(chat, asked["after"])})

    return [
        Route("/reset", reset, methods=["POST"]),
        Route("/wait", wait, methods=["POST"]),
        *(Route(f"/{name}", _endpoint(server, act), methods=["POST"]) for name, act in ACTS.items()),
    ]


def _endpoint(server: HasWorld, act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(act(server.world, await request.json()))
        except Refused as refused:
            return JSONResponse({"detail": str(refused)}, 409)
        except ApiError as error:
            return JSONResponse({"detail": error.description}, 409)

    return endpoint


def _person(world: World, asked: Json) -> Json:
    return world.add_person(**asked).user


def _chat(world: World, asked: Json) -> Chat:
    return world.chat(asked.pop("chat"))


def _start(world: World, asked: Json) -> list[int]:
    return people.start(world, _chat(world, asked), asked.get("payload"))


def _know(world: World, asked: Json) -> None:
    """The person started the bot long ago: nothing is delivered."""
    _chat(world, asked).is_started = True


def _say(world: World, asked: Json) -> list[int]:
    return people.say(world, _chat(world, asked), **asked)


def _send(world: World, asked: Json) -> list[int]:
    chat = _chat(world, asked)
    files = [people.stored(world, file["kind"], file, base64.b64decode(file["content"])) for file in asked["files"]]
    return people.send(world, chat, files, caption=asked.get("caption"), by=asked.get("by"))


def _send_other(world: World, asked: Json) -> int:
    return people.send_other(world, _chat(world, asked), asked["content"], by=asked.get("by"))


def _edit(world: World, asked: Json) -> None:
    people.edit(world, _chat(world, asked), asked["message_id"], asked["text"])


def _tap(world: World, asked: Json) -> Json:
    return people.tap(world, _chat(world, asked), **asked)


def _block(world: World, asked: Json) -> None:
    people.block(world, _chat(world, asked))


def _unblock(world: World, asked: Json) -> None:
    people.unblock(world, _chat(world, asked))


def _group(world: World, asked: Json) -> Json:
    return people.make_group(
        world, asked["kind"], asked["title"], asked["people"], is_forum=asked.get("is_forum", False)
    ).body


def _migrate(world: World, asked: Json) -> Json:
    return people.migrate(world, _chat(world, asked)).body


def _listed(world: World, asked: Json) -> list[Json]:
    return _messages(_chat(world, asked), 0)


def _messages(chat: Chat, after: int) -> list[Json]:
    return [_shown(kept) for kept in chat.messages.values() if kept.change > after]


def _shown(kept: Kept) -> Json:
    return {
        "body": kept.body,
        "is_by_bot": kept.is_by_bot,
        "is_deleted": kept.is_deleted,
        "earlier": kept.earlier,
        "keyboard": kept.keyboard,
        "change": kept.change,
    }


def _fault(world: World, asked: Json) -> None:
    world.faults.asked.append(Fault(**{**asked, "kind": FaultKind(asked["kind"])}))


def _clear_faults(world: World, _: Json) -> int:
    struck = sum(fault.struck for fault in world.faults.asked)
    world.faults.asked.clear()
    return struck


def _settings(world: World, asked: Json) -> None:
    """Change how the server behaves; names it does not know are refused."""
    places: dict[str, Any] = {
        "is_on": world.flood,
        "latency_seconds": world,
        "is_privacy_mode": world,
        "backoff_scale": world.delivery,
        "lost_share": world.delivery,
        "webhook_latency_seconds": world.delivery,
    }
    names = {"is_flood_on": "is_on"}
    for name, value in asked.items():
        proper = names.get(name, name)
        if proper not in places:
            raise Refused(f"no such setting: {name}")
        setattr(places[proper], proper.removeprefix("webhook_"), value)


def _advance(world: World, asked: Json) -> None:
    world.advanced_seconds += asked["seconds"]


def _again(world: World, asked: Json) -> bool:
    return world.updates.again(asked["update_id"])


def _raw(world: World, asked: Json) -> None:
    """Deliver whatever the test made up, without asking the schema."""
    world.updates.add_raw(asked["body"], ("raw", int(asked.get("queue", 0))))


def _renumber(world: World, asked: Json) -> None:
    world.updates.next_id = asked["next_id"]


def _updates(world: World, _: Json) -> list[Json]:
    waiting = {id(update) for update in world.updates.current()}
    return [_told(update, is_waiting=id(update) in waiting) for update in world.updates.sent]


def _told(update: Waiting, *, is_waiting: bool) -> Json:
    return {"body": update.body, "is_waiting": is_waiting}


def _calls(world: World, asked: Json) -> list[Json]:
    return [asdict(call) for call in world.calls if asked.get("method") in (None, call.method)]


def _stats(world: World, _: Json) -> Json:
    return {
        "counts": dict(world.counts),
        "flood_refusals": world.flood.refusals,
        "polls": world.updates.polls,
        "poll_conflicts": world.updates.conflicts,
        "webhook_failures": world.webhook.failures,
        "webhook_delivered": world.webhook.delivered,
        "webhook_url": world.webhook.url,
        "waiting": len(world.updates.current()),
        "unanswered": [query.id for query in world.queries.values() if query.answer is None],
        "answered": len([query for query in world.queries.values() if query.answer is not None]),
        "faults_struck": sum(fault.struck for fault in world.faults.asked),
    }


def _commands(world: World, _: Json) -> list[Json]:
    return [
        {"scope": scope, "language_code": language, "commands": commands}
        for (scope, language), commands in world.commands.items()
    ]


def _profile(world: World, _: Json) -> list[Json]:
    return [{"what": what, "language_code": code, "text": text} for (what, code), text in world.profile.items()]


def _errors(world: World, _: Json) -> list[str]:
    return world.all_errors()


def _clear_errors(world: World, _: Json) -> list[str]:
    errors = world.all_errors()
    world.errors.clear()
    world.webhook.bad_answers.clear()
    return errors


ACTS: dict[str, Act] = {
    "person": _person,
    "group": _group,
    "migrate": _migrate,
    "start": _start,
    "know": _know,
    "say": _say,
    "send": _send,
    "send_other": _send_other,
    "edit": _edit,
    "tap": _tap,
    "block": _block,
    "unblock": _unblock,
    "messages": _listed,
    "fault": _fault,
    "clear_faults": _clear_faults,
    "settings": _settings,
    "advance": _advance,
    "again": _again,
    "raw": _raw,
    "renumber": _renumber,
    "updates": _updates,
    "calls": _calls,
    "stats": _stats,
    "commands": _commands,
    "profile": _profile,
    "errors": _errors,
    "clear_errors": _clear_errors,
}
