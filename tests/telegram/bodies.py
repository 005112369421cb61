"""Reads what a client sends: query, form, JSON or multipart, all meaning the same."""

from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from tests.telegram.errors import bad_request
from tests.telegram.schema import Upload

_LONGEST_FIELD = 4 * 1024 * 1024
_MOST_FILES = 20


async def read(request: Request) -> dict[str, Any]:
    """Return the parameters; values of forms are strings, files are `Upload`s."""
    parameters: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return parameters | await _json(request)
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return parameters | await _form(request)
    if await request.body():
        raise bad_request(f"unsupported content type {kind!r}")
    return parameters


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(body, dict):
        raise bad_request("object expected as JSON")
    return body


async def _form(request: Request) -> dict[str, Any]:
    async with request.form(max_files=_MOST_FILES, max_part_size=_LONGEST_FIELD) as form:
        return {name: await _value(value) for name, value in form.multi_items()}


async def _value(value: UploadFile | str) -> Upload | str:
    if isinstance(value, str):
        return value
    declared = value.content_type or "application/octet-stream"
    return Upload(name=value.filename or "file", content=await value.read(), declared_type=declared)
