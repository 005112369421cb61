"""Finds in what was typed whatever may tell who somebody is: one kind a class.

The finders themselves are imported when a text is first looked through: their patterns take a quarter of a second.
"""

from casework.finders.normal import View as View
from casework.finders.normal import view_of as view_of
from casework.finders.values import Finder as Finder
from casework.finders.values import Kind as Kind
from casework.finders.values import Pointer as Pointer
from casework.finders.values import Spot as Spot
from casework.finders.values import Whose as Whose
