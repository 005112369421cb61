"""Places where a trace could stay by accident: temporary files, cores, addresses, access logs."""

import resource
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.routing import Route

from bot.channels.web import WebOptions, create_app
from bot.cli.talking import server_options
from bot.settings import Settings
from storage.cleaning import KINDS
from storage.cleaning.apart import _PROGRAM, CleaningApart
from storage.cleaning.evidence import CleanedEvidence
from storage.evidence import FolderEvidence
from tests.fakes.conversations import EchoConversations
from tests.unit.storage.cleaning import planted


async def _chunks(data: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(data), 500):
        yield data[at : at + 500]


@pytest.mark.parametrize("kind", ["jpeg", "pdf", "docx", "heic"])
async def test_cleaning_a_file_leaves_no_temporary_file(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP", "MAGICK_TMPDIR"):
        monkeypatch.setenv(name, str(temporary))
    monkeypatch.chdir(temporary)
    evidence = CleanedEvidence(FolderEvidence(tmp_path / "evidence", reserve_bytes=0), CleaningApart(KINDS))
    await evidence.seal(_chunks(planted.ALL[kind]()), name="a", media_type="", limit_bytes=1 << 20)
    assert list(temporary.iterdir()) == []
    for path in (tmp_path / "evidence").rglob("*"):
        assert not path.is_file() or planted.MARK.encode() not in path.read_bytes()


def test_the_cleaner_may_write_no_core_and_is_bounded() -> None:
    program = _PROGRAM.removesuffix("main()") + (
        "import resource, storage.cleaning.worker as worker; worker._bound(); "
        "print(*(resource.getrlimit(getattr(resource, f'RLIMIT_{n}'))[1] for n in ('CORE', 'AS', 'CPU', 'NOFILE')))"
    )
    root = str(Path(__file__).parents[2] / "storage")
    done = subprocess.run([sys.executable, "-c", program, root], capture_output=True, text=True, check=True)
    core, memory, seconds, files = map(int, done.stdout.split())
    assert core == 0
    assert memory <= 2 * 1024**3
    assert seconds <= 60
    assert files <= 64
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] > files


def test_no_address_of_the_web_chat_has_room_for_a_code() -> None:
    """What stands in no URL stands in no history, no referrer and no proxy's log."""
    app = create_app(EchoConversations(), WebOptions(city={"zh": "大连市", "en": "Dalian"}))
    paths = {route.path for route in app.routes if isinstance(route, Route)}
    assert paths
    assert not {path for path in paths if "{" in path and not path.startswith("/static")}


def test_the_server_writes_no_access_log() -> None:
    options = server_options(Settings())
    assert options["access_log"] is False
    assert options["log_config"] is None
    assert options["server_header"] is False
