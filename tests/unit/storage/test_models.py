"""What a record says of itself, and the times it takes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Dialect
from sqlalchemy.dialects import sqlite

from storage.models import AwareTime, CaseKeyRecord, ConversationRecord, MetaRecord

DIALECT: Dialect = sqlite.dialect()


def test_a_record_shows_its_id_alone() -> None:
    assert repr(ConversationRecord(person=b"\x01\x02", sealed=b"secret")) == "<ConversationRecord 0102>"
    assert repr(MetaRecord(name="settled", value="secret")) == "<MetaRecord settled>"
    assert repr(CaseKeyRecord(case_id=b"\xff", wrapped=b"secret")) == "<CaseKeyRecord ff>"


def test_times_are_aware_on_the_way_in_and_out() -> None:
    kind = AwareTime()
    in_dalian = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=8)))
    in_utc = datetime(2026, 3, 2, 2, tzinfo=UTC)
    assert kind.process_bind_param(in_dalian, DIALECT) == in_utc
    assert kind.process_bind_param(None, DIALECT) is None
    assert kind.process_result_value(datetime(2026, 3, 2, 2), DIALECT) == in_utc  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        kind.process_bind_param(datetime(2026, 3, 2, 2), DIALECT)  # noqa: DTZ001
