from datetime import date
from pathlib import Path

import pytest

from casework.intake import Ground
from casework.profile import Profile, load_profile

TODAY = date(2026, 11, 24)
DALIAN = Path(__file__).parents[4] / "profiles" / "dalian.yml"


@pytest.fixture(scope="session")
def dalian() -> Profile:
    return load_profile(DALIAN)


@pytest.fixture
def ground(dalian: Profile) -> Ground:
    return Ground(profile=dalian, today=TODAY)


@pytest.fixture
def english(dalian: Profile) -> Ground:
    return Ground(profile=dalian, today=TODAY, language="en")
