"""How to reach the reporter, and the unified social credit code of an enterprise."""

import re
import unicodedata

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63})+")
_SPOKEN = re.compile("[零〇幺一二三四五六七八九]{7,12}")
_DIGITS = str.maketrans("零〇幺一二三四五六七八九", "001123456789")
_NOT_CODE = re.compile(r"[^0-9A-Za-z]")


def read_contact(text: str) -> str | None:
    """Return a telephone number (international form) or an e-mail address found in `text`, else None."""
    plain = _SPOKEN.sub(lambda digits: digits[0].translate(_DIGITS), unicodedata.normalize("NFKC", text))
    email = _EMAIL.search(plain)
    return email[0] if email else _phone(plain)


def _phone(text: str) -> str | None:
    """Find a number that could exist in China or, with "+", elsewhere. The library is imported late: it is big."""
    import phonenumbers

    for number in (*phonenumbers.PhoneNumberMatcher(text, "CN"), *_typed_apart(text)):
        return phonenumbers.format_number(
            number.number if isinstance(number, phonenumbers.PhoneNumberMatch) else number,
            phonenumbers.PhoneNumberFormat.INTERNATIONAL,
        )
    return None


def _typed_apart(text: str) -> list["object"]:
    import phonenumbers

    digits = re.sub(r"[^\d+]", "", text)
    try:
        number = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        return []
    return [number] if phonenumbers.is_valid_number(number) else []


def read_credit_code(text: str) -> str | None:
    """Return the 18 symbols of a credit code whose check symbol is right, however it is spaced; else None."""
    from stdnum.cn import uscc

    plain = unicodedata.normalize("NFKC", text).upper()
    words = (*re.findall(r"[0-9A-Z]{18}", plain), _NOT_CODE.sub("", plain))
    return next((str(uscc.compact(word)) for word in words if uscc.is_valid(word)), None)
