"""Finds in what was typed whatever may tell who somebody is: one kind a class."""

from casework.finders.composing import finders_of as finders_of
from casework.finders.normal import View as View
from casework.finders.normal import view_of as view_of
from casework.finders.pointers import PointerFinder as PointerFinder
from casework.finders.values import Finder as Finder
from casework.finders.values import Kind as Kind
from casework.finders.values import Pointer as Pointer
from casework.finders.values import Spot as Spot
from casework.finders.values import Whose as Whose
