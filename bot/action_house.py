"""What actions need in a stock rasa-sdk action server: use cases, and a turn of their own around every call.

Named to `actions.speaking` by a string and opened at the first call, in the worker that the server runs. The person is
the conversation's random id; what an action writes is committed when it ends. The promise of anonymity does not hold:
the Rasa server beside it keeps what people say.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.bootstrap import open_office
from bot.settings import Settings
from bot.turns.attempt import drop_all
from bot.turns.rules import CODE_QUESTION
from casework import code as codes
from casework.services import Services
from casework.turn import Turn, current_turn
from storage import Store

CHANNEL = "rasa"


class ActionHouse:
    """Satisfies `actions.speaking.House`."""

    def __init__(self, store: Store, services: Services) -> None:
        self._store = store
        self.services = services

    @asynccontextmanager
    async def turn(self, sender_id: str, message: dict[str, Any], asked: str | None) -> AsyncIterator[None]:
        """Give the action a turn in which its use cases write together."""
        person = self._store.person_keys.person(CHANNEL, sender_id)
        async with self._store.work() as work:
            turn = Turn(
                work=work,
                person=person,
                successor=person,
                channel=CHANNEL,
                message_id=str(message.get("message_id") or ""),
                code=codes.find(str(message.get("text") or ""), asked=asked == CODE_QUESTION),
            )
            token = current_turn.set(turn)
            try:
                yield
            finally:
                current_turn.reset(token)
            if turn.forget:
                await drop_all(work, person)
            await work.commit()


def open_house() -> ActionHouse:
    """Open the data folder that the environment names. Raises what `storage.open_store` raises.

    Opening is asynchronous and an action is called inside a running loop: it is opened on a loop of its own. Nothing of
    that loop is kept, the database connects at first use.
    """
    opened: list[ActionHouse] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            opened.append(ActionHouse(*asyncio.run(open_office(Settings()))))
        except BaseException as error:  # handed to the thread that waits
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return opened[0]
