"""Puts the finders together with a city's names: its regions, its directory, its public lines and addresses."""

import re

from casework.finders.accounts import AccountFinder, QQFinder, WeChatFinder
from casework.finders.bank_cards import BankCardFinder
from casework.finders.chinese_addresses import ChineseAddressFinder
from casework.finders.chinese_names import ChineseNameFinder
from casework.finders.credit_codes import CreditCodeFinder
from casework.finders.emails import EmailFinder
from casework.finders.english_addresses import EnglishAddressFinder
from casework.finders.english_names import EnglishNameFinder
from casework.finders.file_names import FileNameFinder
from casework.finders.foreign_phones import ForeignPhoneFinder
from casework.finders.id_cards import IdCardFinder
from casework.finders.numbers import NumberFinder
from casework.finders.organisations import OrganisationFinder
from casework.finders.papers import PassportFinder, PlateFinder
from casework.finders.phones import PhoneFinder
from casework.finders.values import Finder
from casework.ports import NameTagger
from casework.profile import Profile


def finders_of(profile: Profile, tagger: NameTagger | None = None) -> tuple[Finder, ...]:
    """Return one finder of each kind, the surest first: where two find at one place, the earlier one's word counts."""
    regions = _regions(profile)
    public = [profile.other_ways.address.zh, profile.other_ways.address.en]
    latin = {word for name in _names(profile) for word in re.findall(r"[a-z]{2,}", name.lower())}
    return (
        FileNameFinder(),
        EmailFinder(),
        IdCardFinder(),
        CreditCodeFinder(),
        BankCardFinder(),
        PhoneFinder(_public_numbers(profile)),
        WeChatFinder(),
        QQFinder(),
        AccountFinder(),
        PassportFinder(),
        PlateFinder(),
        ChineseAddressFinder(regions, public),
        EnglishAddressFinder(regions, public),
        OrganisationFinder({name.lower() for name in _names(profile)}, regions, tagger),
        ChineseNameFinder(tagger, {*regions, *(name for name in _names(profile) if not name.isascii())}),
        EnglishNameFinder(latin),
        NumberFinder(),
        ForeignPhoneFinder(),
    )


def _regions(profile: Profile) -> tuple[str, ...]:
    city = profile.city.zh
    names = [name for region in profile.regions for name in region.names]
    return tuple(dict.fromkeys([city, city.removesuffix("市"), *names]))


def _names(profile: Profile) -> list[str]:
    """Return the names of regions, units, the office and the authority above it."""
    units = [name for unit in profile.units for name in (*unit.names, *unit.short)]
    above = [profile.superior.words.zh, profile.superior.words.en, profile.office.words.zh, profile.office.words.en]
    return [*units, *above, *profile.office.units, *_regions(profile), profile.city.en]


def _public_numbers(profile: Profile) -> frozenset[str]:
    numbers = [profile.other_ways.phone, *(line.number for line in profile.lines)]
    return frozenset("".join(filter(str.isdigit, number)) for number in numbers)
