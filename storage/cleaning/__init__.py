"""Takes out of a file what tells who made it, where and when, before it is kept."""

from storage.cleaning.cleaning import KINDS as KINDS
from storage.cleaning.cleaning import clean as clean
from storage.cleaning.kinds import kind_of as kind_of
from storage.cleaning.values import Cleaned as Cleaned
from storage.cleaning.values import CleaningRefused as CleaningRefused
from storage.cleaning.values import Limits as Limits
from storage.cleaning.values import Refusal as Refusal
from storage.cleaning.values import Removed as Removed
