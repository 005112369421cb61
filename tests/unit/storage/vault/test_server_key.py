from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework import code as codes
from storage.errors import KeyFileMissing, KeyFileUnsafe
from storage.vault.code_keys import wrapping_key
from storage.vault.server_key import ServerKey

if TYPE_CHECKING:
    from bot.turns.ports import PersonKeys

FIXED = ServerKey(bytes(32), {1: bytes([1]) * 32})


def test_the_file_is_private_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "server"
    key = ServerKey.create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert ServerKey.load(path, fingerprint=key.fingerprint).person("web", "a") == key.person("web", "a")
    assert [p.name for p in tmp_path.iterdir()] == ["server"]


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    before = ServerKey.create(tmp_path / "server")
    with pytest.raises(FileExistsError):
        ServerKey.create(tmp_path / "server")
    assert ServerKey.load(tmp_path / "server").fingerprint == before.fingerprint


def test_a_lost_file_names_the_backup(tmp_path: Path) -> None:
    with pytest.raises(KeyFileMissing, match=r"is missing; restore it from the backup of the keys"):
        ServerKey.load(tmp_path / "server")


def test_another_databases_key_is_refused(tmp_path: Path, server_key: ServerKey) -> None:
    ServerKey.create(tmp_path / "server")
    with pytest.raises(KeyFileMissing, match="not the key this database was made with"):
        ServerKey.load(tmp_path / "server", fingerprint=server_key.fingerprint)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_file_that_others_can_use_is_refused(tmp_path: Path, mode: int) -> None:
    ServerKey.create(tmp_path / "server")
    (tmp_path / "server").chmod(mode)
    with pytest.raises(KeyFileUnsafe, match=f"mode {mode:o}"):
        ServerKey.load(tmp_path / "server")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "changtong server key v1\n",
        "another title\nserver " + "0" * 64 + "\nlookup 1 " + "0" * 64,
        "changtong server key v1\nserver " + "0" * 63,
        "changtong server key v1\nserver " + "0" * 64,
        "changtong server key v1\nlookup 1 " + "0" * 64,
        "ключ",
    ],
)
def test_a_damaged_file_is_refused_without_repeating_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "server"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeyFileUnsafe) as refused:
        ServerKey.load(path)
    assert "0000" not in str(refused.value)


def test_nothing_secret_is_shown(server_key: ServerKey) -> None:
    assert repr(server_key) == str(server_key) == "ServerKey(…)"


def test_hashes_have_purposes_of_their_own() -> None:
    seen = {
        FIXED.person("a", "b"),
        FIXED.update_key("a", "b", ""),
        FIXED.cookie("a"),
        FIXED.draft_hash("a"),
        FIXED.evidence("a"),
        FIXED.unit_index("a"),
        FIXED.forget_id(FIXED.person("a", "b")),
        FIXED.lookup_id("a"),
        FIXED.subkey("person"),
        FIXED.subkey("trail"),
        FIXED.fingerprint,
    }
    assert len(seen) == 11


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=10), st.text(max_size=10), st.text(max_size=10))
def test_parts_do_not_run_into_each_other(a: str, b: str, c: str) -> None:
    if b:
        assert FIXED.person(a + b, c) != FIXED.person(a, b + c)
    assert FIXED.person(a, b) == FIXED.person(a, b)


def test_it_is_what_turns_ask_for(server_key: ServerKey) -> None:
    keys: PersonKeys = server_key  # the type checker tells
    assert keys.person("web", "x") != keys.person("telegram", "x")
    assert keys.update_key("web", "x", "1") != keys.update_key("web", "x", "2")


def test_a_code_is_looked_up_as_typed_in_any_form(server_key: ServerKey) -> None:
    code = codes.generate()
    typed = code.lower().replace("-", " ").replace("0", "O").replace("1", "l")
    assert server_key.lookup_id(typed) == server_key.lookup_id(code)
    assert wrapping_key(typed) == wrapping_key(code)
    assert wrapping_key(code) != wrapping_key(codes.generate())


def test_new_codes_use_the_newest_look_up_key_and_old_ones_are_found(tmp_path: Path) -> None:
    code, old = codes.generate(), ServerKey.create(tmp_path / "server")
    old.with_new_lookup_key().save(tmp_path / "server")
    new = ServerKey.load(tmp_path / "server", fingerprint=old.fingerprint)
    assert new.lookup_versions == (2, 1)
    assert new.lookup_id(code) == new.lookup_ids(code)[0] != old.lookup_id(code)
    assert new.lookup_ids(code)[1] == old.lookup_id(code)
    assert new.without_lookup_key(1).lookup_ids(code) == (new.lookup_id(code),)
    assert new.person("web", "x") == old.person("web", "x")


def test_the_last_look_up_key_stays(server_key: ServerKey) -> None:
    with pytest.raises(ValueError, match="at least one look-up key"):
        server_key.without_lookup_key(1)
