"""Understands what people type: intent, entities, category suggestions. Serving never imports scikit-learn."""

from bot.understanding.interpreter import CategoryRanker, Interpreter
from bot.understanding.loading import load_interpreter
from bot.understanding.values import Context, Gazetteer, Parse

__all__ = ["CategoryRanker", "Context", "Gazetteer", "Interpreter", "Parse", "load_interpreter"]
