import errno
import os
from pathlib import Path

import pytest

from storage.errors import KeyFileUnsafe
from storage.vault.key_files import destroy, make_private_folder, read_private, replace_private, write_private


def test_a_link_is_refused(tmp_path: Path) -> None:
    write_private(tmp_path / "real", b"x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(KeyFileUnsafe, match="plain file"):
        read_private(tmp_path / "link")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyFileUnsafe, match="is no plain file"):
        read_private(tmp_path)
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(KeyFileUnsafe, match="is no plain file"):
        read_private(tmp_path / "pipe")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_another_users_file_is_refused(tmp_path: Path) -> None:
    write_private(tmp_path / "key", b"x")
    os.chown(tmp_path / "key", 4242, 4242)
    with pytest.raises(KeyFileUnsafe, match="user 4242"):
        read_private(tmp_path / "key")


def test_replacing_keeps_the_file_private(tmp_path: Path) -> None:
    replace_private(tmp_path / "key", b"one")
    replace_private(tmp_path / "key", b"two")
    assert read_private(tmp_path / "key") == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    for write in (write_private, replace_private):
        with pytest.raises(OSError, match="full"):
            write(tmp_path / "key", b"x")
    assert not list(tmp_path.iterdir())


def test_a_failed_replacement_keeps_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "key").mkdir()
    with pytest.raises(OSError, match="key"):
        replace_private(tmp_path / "key", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_destroying_overwrites_and_deletes_once(tmp_path: Path) -> None:
    write_private(tmp_path / "key", b"secret-secret")
    os.link(tmp_path / "key", tmp_path / "copy")
    assert destroy(tmp_path / "key")
    assert not (tmp_path / "key").exists()
    assert b"secret" not in (tmp_path / "copy").read_bytes()
    assert not destroy(tmp_path / "key")


def test_folders_are_private(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "b")
    make_private_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_destroying_a_link_spares_what_it_leads_to(tmp_path: Path) -> None:
    server_key, link = tmp_path / "server", tmp_path / "2020-01-01"
    server_key.write_bytes(b"k" * 32)
    link.symlink_to(server_key)
    assert destroy(link)
    assert server_key.read_bytes() == b"k" * 32
    assert not link.is_symlink()
