"""The command line: thin commands, causes on stderr, exit codes."""

from bot.cli.program import main

__all__ = ["main"]
