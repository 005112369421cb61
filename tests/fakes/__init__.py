"""In-memory twins of the store, the clock and the evidence; they pass the same contract tests as the real ones."""

from tests.fakes.clock import FakeClock
from tests.fakes.evidence import FakeEvidence
from tests.fakes.memory import FakeOfficeKey, MemoryStore, MemoryWork

__all__ = ["FakeClock", "FakeEvidence", "FakeOfficeKey", "MemoryStore", "MemoryWork"]
