"""A city: its regions, units, categories, deadlines and other ways to report, read from one YAML file."""

from casework.profile.loader import load_profile
from casework.profile.values import (
    Campaign,
    Category,
    Deadlines,
    Line,
    Office,
    OfficeHours,
    OtherWays,
    Profile,
    Region,
    Retention,
    RightChannel,
    Superior,
    Unit,
    Words,
)

__all__ = [
    "Campaign",
    "Category",
    "Deadlines",
    "Line",
    "Office",
    "OfficeHours",
    "OtherWays",
    "Profile",
    "Region",
    "Retention",
    "RightChannel",
    "Superior",
    "Unit",
    "Words",
    "load_profile",
]
