"""Values compared as the reference's language compares them: `"3" == 3`, `true == 1`, `"" == 0`, and nothing but
`null` is equal to what is missing."""

import math
import re
from collections.abc import Mapping
from typing import Final


class Missing:
    """The value of a field that is not there."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "missing"


MISSING: Final = Missing()

_SPACE = (
    "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
# What is compared may be long and hostile: no two parts of this can take the same digits.
_DECIMAL = re.compile(r"[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?", re.ASCII)
_BASED = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)", re.ASCII)
_DEEPEST = 100
_ENOUGH = 20_000


def equal(left: object, right: object) -> bool:
    """`==`, with the conversions that it makes."""
    if left is None or left is MISSING or right is None or right is MISSING:
        return (left is None or left is MISSING) and (right is None or right is MISSING)
    if _is_object(left) and _is_object(right):
        return False  # two values of their own, however alike
    left, right = _plain(left), _plain(right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return number_of(left) == number_of(right)


def same(left: object, right: object) -> bool:
    """`===`: of one type and equal. Two lists or objects never are."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float):
        return isinstance(right, int | float) and number_of(left) == number_of(right)
    if isinstance(left, str):
        return isinstance(right, str) and left == right
    return left is None and right is None


def before(left: object, right: object) -> bool:
    """`<`. It does not hold where one of the two is no number, unless both are texts."""
    left, right = _plain(left), _plain(right)
    if isinstance(left, str) and isinstance(right, str):
        return units(left) < units(right)
    return number_of(left) < number_of(right)


def at_most(left: object, right: object) -> bool:
    """`<=`, likewise."""
    left, right = _plain(left), _plain(right)
    if isinstance(left, str) and isinstance(right, str):
        return units(left) <= units(right)
    return number_of(left) <= number_of(right)


def includes(whole: object, part: object) -> bool:
    """Whether a text contains the part as text, or a list an element that is the same."""
    if isinstance(whole, str):
        return text_of(part) in whole
    return isinstance(whole, list) and any(same(element, part) for element in whole)


def number_of(value: object) -> float:
    """The value as a number: not-a-number for what is none, and for what is missing."""
    if isinstance(value, str):
        return _number_in(value)
    if value is None:
        return 0.0
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    return math.nan if value is MISSING else _number_in(text_of(value))


def text_of(value: object, depth: int = 0) -> str:
    """The value as a text in a comparison."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _written(number_of(value))
    if isinstance(value, list):
        return "" if depth == _DEEPEST else _joined(value, depth)
    return "[object Object]" if isinstance(value, Mapping) else "undefined"


def _joined(parts: list[object], depth: int) -> str:
    """A list as a text: of a very long one, more of its beginning than any rule's value has."""
    written: list[str] = []
    size = 0
    for part in parts:
        written.append("" if part is None else text_of(part, depth + 1))
        size += len(written[-1]) + 1
        if size > _ENOUGH:
            break
    return ",".join(written)


def units(text: str) -> bytes:
    """What texts are ordered by: their units of sixteen bits."""
    return text.encode("utf-16-be", "surrogatepass")


def _plain(value: object) -> object:
    """The value as it is compared: a list or an object as its text."""
    return text_of(value) if _is_object(value) else value


def _is_object(value: object) -> bool:
    return isinstance(value, list | Mapping)


def _number_in(text: str) -> float:
    text = text.strip(_SPACE)
    if not text:
        return 0.0
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _BASED.fullmatch(text):
        return number_of(int(text, 0))
    return {"Infinity": math.inf, "+Infinity": math.inf, "-Infinity": -math.inf}.get(text, math.nan)


def _written(number: float) -> str:
    """The number in the digits of the reference's language: an exponent from 1e21 on and below 1e-6."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    mantissa, _, power = repr(abs(number)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    point = len(whole) + int(power or 0)
    digits = (whole + fraction).lstrip("0")
    point -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1:+d}"
