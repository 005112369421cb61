"""Deleting both sides' messages of the last 48 hours, when the person asks for it."""

import time

from bot.channels.messages import Conversations
from bot.channels.posting import DeliveryInbox, Post
from bot.channels.telegram.chat_notes import deletable
from bot.channels.telegram.files import CHANNEL
from bot.channels.telegram.outlet import in_hundreds
from bot.channels.telegram.payloads import ERASE, ERASE_SURE, erase, say
from bot.channels.telegram.reading import Piece
from bot.channels.telegram.texts import texts


class Erasing:
    """Asks once more while the code can still be shown; then deletes and says how many."""

    def __init__(self, inbox: DeliveryInbox, conversations: Conversations) -> None:
        self._inbox, self._conversations = inbox, conversations

    async def answer(self, piece: Piece, address: str, language: str) -> None:
        """Answer a tap on one of the channel's own buttons."""
        has_code = await self._conversations.receipt_code(CHANNEL, address) is not None
        if piece.data == ERASE and has_code:
            await self._ask(piece, address, language)
        else:
            await self._erase(piece, address, language)

    async def _ask(self, piece: Piece, address: str, language: str) -> None:
        words = texts()
        button = (words.say("erase_yes", language), ERASE_SURE)
        question = say(piece.chat, words.say("erase_sure", language), language=language, buttons=[button])
        question["beside"] = True
        await self._inbox.close(address, [piece.id], [Post(payload=question)])

    async def _erase(self, piece: Piece, address: str, language: str) -> None:
        ids = deletable(await self._inbox.chat(address), time.time())
        posts = [Post(payload=erase(piece.chat, part)) for part in in_hundreds(ids)]
        text = texts().say("erased" if ids else "erased_nothing", language, count=len(ids))
        posts.append(Post(payload=say(piece.chat, text, language=language)))
        await self._inbox.close(address, [piece.id], posts)
        await self._inbox.note(address, lambda noted: {**noted, "ids": []} if noted else {})
