"""The operators' web desk: server-rendered pages on casework's use cases; knows no storage and no bot."""

from console.app import create_desk
from console.options import DeskOptions
from console.ports import DeskParts

__all__ = ["DeskOptions", "DeskParts", "create_desk"]
