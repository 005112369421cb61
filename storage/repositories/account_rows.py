"""Between the account tables and the vault's records."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from storage.vault.records import OfficeKeyRecord, OfficeWrap, OperatorRecord


def operator_record(values: Mapping[str, Any]) -> OperatorRecord:
    return OperatorRecord(**{**values, "declared_names": tuple(json.loads(values["declared_names"]))})


def operator_columns(record: OperatorRecord) -> dict[str, Any]:
    return asdict(record) | {"declared_names": json.dumps(record.declared_names, ensure_ascii=False)}


def office_key_record(row: Row[Any]) -> OfficeKeyRecord:
    return OfficeKeyRecord(**row._asdict())


def office_wrap(row: Row[Any]) -> OfficeWrap:
    return OfficeWrap(**row._asdict())
