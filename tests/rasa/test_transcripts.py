"""Every transcript of the product on both engines, turn by turn: texts, buttons, slots, and the cases stored."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette

from bot.bootstrap import App, DialogueMaker, Prepared, build, embedded
from bot.dialogue.webhook import ActionDesk
from bot.rasa import Channel, remote_dialogue
from bot.settings import Settings
from casework.services import Services
from tests.dialogues.in_process import InProcess
from tests.dialogues.runner import ACTS, Run, Transcript
from tests.dialogues.test_transcripts import ALL
from tests.fakes import FakeClock
from tests.rasa.both import BothEngines, Recorder
from tests.rasa.server import RasaServer

Made = list[Recorder]


def test_rasa_finds_nothing_wrong_with_our_files(project: tuple[Path, int, str]) -> None:
    told = project[2]
    assert "ERROR" not in told
    assert "No story structure conflicts found" in told
    assert "Your Rasa model is trained" in told


@asynccontextmanager
async def served(app: Starlette, port: int) -> AsyncIterator[None]:
    """Serve an application on this event loop, where the turns run too."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False, lifespan="off"))
    running = asyncio.create_task(server.serve())
    await _started(server)
    try:
        yield
    finally:
        server.should_exit = True
        await running


async def _started(server: uvicorn.Server) -> None:
    for _ in range(1000):
        if server.started:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the desk of actions did not start")


class Desks:
    """The desk of the program that runs now, behind one port: a restart of the program makes a new one."""

    def __init__(self) -> None:
        self.app: Starlette | None = None

    def take(self, desk: ActionDesk) -> None:
        self.app = desk.app()

    async def __call__(self, scope: dict[str, object], receive: object, send: object) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)  # type: ignore[arg-type]


def remote(rasa: RasaServer, desks: Desks, made: Made, channel: Channel = "changtong") -> DialogueMaker:
    def make(settings: Settings, services: Services, prepared: Prepared) -> Recorder:
        dialogue, desk = remote_dialogue(settings, services, prepared, url=rasa.url, channel=channel)
        desks.take(desk)
        made[:] = [Recorder(dialogue)]
        return made[0]

    return make


def local(made: Made) -> DialogueMaker:
    def make(settings: Settings, services: Services, prepared: Prepared) -> Recorder:
        made[:] = [Recorder(embedded(settings, services, prepared))]
        return made[0]

    return make


@pytest.fixture
async def both(
    prepared: Prepared, folder: Path, tmp_path: Path, rasa: RasaServer
) -> AsyncIterator[Callable[[str], BothEngines]]:
    desks, here, there = Desks(), Made(), Made()
    talkers: list[InProcess] = []

    def talker(name: str, language: str, maker: DialogueMaker) -> InProcess:
        data, clock = tmp_path / name, FakeClock()
        shutil.copytree(folder, data)

        async def built() -> App:
            return await build(Settings(data=data), clock=clock, prepared=prepared, dialogue_of=maker)

        talkers.append(InProcess(build=built, clock=clock, language=language))
        return talkers[-1]

    def make(language: str) -> BothEngines:
        first, second = talker("here", language, local(here)), talker("there", language, remote(rasa, desks, there))
        return BothEngines(embedded=first, remote=second, recorders=(here, there))

    async with served(desks, rasa.actions_port):  # type: ignore[arg-type]
        yield make
        for one in talkers:
            await one.close()


@pytest.mark.parametrize("transcript", [pytest.param(t, id=f"{stem}:{t.name}:{t.language}") for stem, t in ALL])
async def test_both_engines_say_the_same(transcript: Transcript, both: Callable[[str], BothEngines]) -> None:
    """What is expected of the embedded engine alone is tested elsewhere; here the two are held beside each other."""
    acts = [{word: value for word, value in turn.items() if word in ACTS} for turn in transcript.turns]
    talker = both(transcript.language)
    await Run(replace(transcript, turns=acts), talker).play()
    await talker.compare_cases()
    assert not talker.differences, "\n".join([f"{len(talker.differences)} differences", *talker.differences[:3]])


async def test_rasas_own_channel_works_too_without_the_question_in_view(
    prepared: Prepared, folder: Path, tmp_path: Path, rasa: RasaServer
) -> None:
    data, clock, desks = tmp_path / "rest", FakeClock(), Desks()
    shutil.copytree(folder, data)

    async def built() -> App:
        maker = remote(rasa, desks, Made(), "rest")
        return await build(Settings(data=data), clock=clock, prepared=prepared, dialogue_of=maker)

    talker = InProcess(build=built, clock=clock, language="zh")
    async with served(desks, rasa.actions_port):  # type: ignore[arg-type]
        assert (await talker.say("我要举报")).loop == "report_form"
        told = await talker.say("上周三甘井子区住建局的窗口不给我办营业执照，让我回去等了三个星期，什么理由都没说。")
        assert told.loop == "report_form"
        assert any(message.text for message in told.messages)
        await talker.close()
