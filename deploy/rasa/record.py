"""Record what a real Rasa 3.6 answers to small projects: `python record.py CASES.yml ANSWERS.jsonl` (Python 3.10).

A case has `name`, `domain`, `rules`, perhaps `config`, and `say`: messages, or `{event: {…}}` to be put in the tracker
from outside. What Rasa refuses to train on is recorded as refused, with the name of its error.
"""

import asyncio
import contextlib
import io
import json
import logging
import sys
import tempfile
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.model_training import train_core
from rasa.shared.core.events import Event
from ruamel.yaml import YAML

CONFIG = """recipe: default.v1
assistant_id: p
language: en
policies:
  - name: MemoizationPolicy
    max_history: 5
  - name: RulePolicy
"""
CONVERSATION = "c"
METADATA_SLOT = "session_started_metadata"


def recorded(case: dict[str, Any]) -> dict[str, Any]:
    """Train on the case's files and hold its conversation."""
    kept = {"name": case["name"], "config": case.get("config") or CONFIG}
    kept.update(domain=case["domain"], rules=case["rules"])
    with tempfile.TemporaryDirectory() as made, contextlib.redirect_stdout(io.StringIO()):
        folder = Path(made)
        (folder / "data").mkdir()
        (folder / "config.yml").write_text(kept["config"], encoding="utf-8")
        (folder / "domain.yml").write_text(case["domain"], encoding="utf-8")
        (folder / "data" / "rules.yml").write_text(case["rules"], encoding="utf-8")
        try:
            names = (str(folder / name) for name in ("domain.yml", "config.yml", "data", "models"))
            model = train_core(*names)
        except (SystemExit, Exception) as error:  # what Rasa raises for bad files has no base of its own
            return {**kept, "turns": [], "refused": type(error).__name__}
        if not model:
            return {**kept, "turns": [], "refused": "NoModel"}
        return {**kept, "turns": asyncio.run(_held(Agent.load(model), case["say"]))}


async def _held(agent: Agent, said: list[Any]) -> list[dict[str, Any]]:
    return [await _turn(agent, one) for one in said]


async def _turn(agent: Agent, said: Any) -> dict[str, Any]:
    out = CollectingOutputChannel()
    if isinstance(said, dict):
        tracker = await agent.processor.fetch_tracker_with_initial_session(CONVERSATION, out)
        tracker.update(Event.from_parameters(said["event"]), agent.domain)
        await agent.tracker_store.save(tracker)
        told: dict[str, Any] = {"event": said["event"]}
    else:
        await agent.handle_message(UserMessage(said, out, CONVERSATION))
        told = {"user": said, "bot": [_written(message) for message in out.messages]}
    tracker = await agent.tracker_store.retrieve(CONVERSATION)
    slots = {k: v for k, v in tracker.current_slot_values().items() if v is not None and k != METADATA_SLOT}
    return {**told, "slots": slots, "active_loop": tracker.active_loop.name if tracker.active_loop else None}


def _written(message: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in message.items() if key != "recipient_id" and value}


def main(source: str, target: str) -> None:
    """Record all cases of a file."""
    logging.disable(logging.CRITICAL)
    cases = YAML(typ="safe", pure=True).load(Path(source).read_text(encoding="utf-8"))
    lines = [json.dumps(recorded(case), ensure_ascii=False) for case in cases]
    Path(target).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
