from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import Tampered
from storage.vault.sealing import (
    OVERHEAD,
    derive,
    key_id,
    message_size,
    new_key,
    open_box,
    open_sealed,
    pad,
    padme,
    public_key_of,
    report_size,
    seal,
    seal_box,
    unpad,
)

KEY = bytes(range(32))
ROW = b"r" * 16


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=3000), st.text(max_size=40), st.binary(max_size=40))
def test_what_is_sealed_opens_again(data: bytes, context: str, row_id: bytes) -> None:
    sealed = seal(KEY, context, row_id, data)
    assert open_sealed(KEY, context, row_id, sealed) == data
    assert len(sealed) == len(data) + OVERHEAD


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=3000), st.text(max_size=40), st.binary(max_size=40))
def test_a_box_opens_with_its_private_key(data: bytes, context: str, row_id: bytes) -> None:
    assert open_box(KEY, context, row_id, seal_box(public_key_of(KEY), context, row_id, data)) == data


def test_every_changed_byte_is_refused() -> None:
    sealed = seal(KEY, "case.shared.v1", ROW, b"facts")
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(Tampered):
            open_sealed(KEY, "case.shared.v1", ROW, bytes(changed))


def test_every_changed_byte_of_a_box_is_refused() -> None:
    box = seal_box(public_key_of(KEY), "case.shared.wrap.v1", ROW, b"key")
    for position in range(len(box)):
        changed = bytearray(box)
        changed[position] ^= 1
        with pytest.raises(Tampered):
            open_box(KEY, "case.shared.wrap.v1", ROW, bytes(changed))


@pytest.mark.parametrize("length", [0, 1, 8, 9, 33, 48])
def test_a_cut_ciphertext_is_refused(length: int) -> None:
    with pytest.raises(Tampered):
        open_sealed(KEY, "a", ROW, seal(KEY, "a", ROW, b"")[:length])
    with pytest.raises(Tampered):
        open_box(KEY, "a", ROW, seal_box(public_key_of(KEY), "a", ROW, b"")[:length])


@pytest.mark.parametrize(("context", "row_id"), [("case.office.v1", ROW), ("case.shared.v1", b"s" * 16)])
def test_another_label_or_row_is_refused(context: str, row_id: bytes) -> None:
    sealed = seal(KEY, "case.shared.v1", ROW, b"facts")
    with pytest.raises(Tampered):
        open_sealed(KEY, context, row_id, sealed)
    box = seal_box(public_key_of(KEY), "case.shared.v1", ROW, b"facts")
    with pytest.raises(Tampered, match="belongs elsewhere"):
        open_box(KEY, context, row_id, box)


def test_a_label_cannot_run_into_the_row_id() -> None:
    with pytest.raises(Tampered):
        open_sealed(KEY, "ab", b"c", seal(KEY, "a", b"bc", b"data"))
    with pytest.raises(Tampered):
        open_box(KEY, "ab", b"c", seal_box(public_key_of(KEY), "a", b"bc", b"data"))


def test_another_key_is_refused() -> None:
    with pytest.raises(Tampered):
        open_sealed(new_key(), "a", ROW, seal(KEY, "a", ROW, b"x"))
    with pytest.raises(Tampered, match="no box for this key"):
        open_box(new_key(), "a", ROW, seal_box(public_key_of(KEY), "a", ROW, b"x"))


def test_the_same_data_never_gives_the_same_ciphertext() -> None:
    assert seal(KEY, "a", ROW, b"x") != seal(KEY, "a", ROW, b"x")


@pytest.mark.parametrize(
    ("length", "size"),
    [(0, 1024), (1020, 1024), (1021, 2048), (4092, 4096), (4093, 8192), (16380, 16384), (16381, 32768)],
)
def test_reports_have_few_sizes(length: int, size: int) -> None:
    assert len(pad(b"x" * length, report_size)) == size


@pytest.mark.parametrize(("length", "size"), [(0, 512), (508, 512), (509, 1024), (5000, 5120)])
def test_messages_come_in_half_kilobytes(length: int, size: int) -> None:
    assert len(pad(b"x" * length, message_size)) == size


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=5000), st.sampled_from([report_size, message_size, padme]))
def test_padding_is_taken_off(data: bytes, step: Callable[[int], int]) -> None:
    assert unpad(pad(data, step), "a") == data


@settings(deadline=None, max_examples=60)
@given(st.integers(min_value=2, max_value=1 << 40))
def test_padme_adds_at_most_an_eighth_and_hides_low_bits(length: int) -> None:
    size = padme(length)
    exponent = length.bit_length() - 1
    assert length <= size <= length * 1.12 + 1
    assert size % (1 << max(exponent - exponent.bit_length(), 0)) == 0
    assert padme(size) == size


def test_padme_of_the_published_example() -> None:
    assert padme(9) == 10
    assert (padme(0), padme(1)) == (0, 1)


def test_padding_that_does_not_fit_is_refused() -> None:
    with pytest.raises(Tampered, match="padded wrongly"):
        unpad(b"\0\0\0\x05abcd", "a")


def test_names_and_subkeys_tell_nothing_of_the_key() -> None:
    assert len(key_id(KEY)) == 8
    assert derive(KEY, "a") != derive(KEY, "b")
    assert KEY not in (derive(KEY, "a"), key_id(KEY))
