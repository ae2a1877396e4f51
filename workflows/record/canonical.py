"""The one way a value is written before it is hashed: the part of RFC 8785 that needs no rule for fractions."""

import hashlib
import json
from typing import Any

import orjson

LARGEST = 2**53 - 1
DEEPEST = 64


class NotCanonical(ValueError):
    """The value has no canonical form; the message says where in it and why."""


def canonical(value: Any) -> str:
    """Return the canonical text of text, whole numbers, booleans, ``None``, lists and dicts of these.

    Raise ``NotCanonical`` for anything else: fractions, numbers beyond 2**53 - 1, half characters, NUL, names that are not ASCII text.
    Within this subset sorted, compact JSON is byte for byte what RFC 8785 asks for.
    """
    if _is_plain(value):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    _refuse_what_has_no_form(value, "$", 0)
    return in_order(value)


def _is_plain(value: Any) -> bool:
    """Say, fast, whether a value has a canonical form that both writers write alike; ``False`` leaves it to a closer look."""
    level = [value]
    for _depth in range(DEEPEST):
        below: list[Any] = []
        for one in level:
            kind = type(one)
            if kind is str:
                if (not one.isascii() and not _is_whole(one)) or "\0" in one:
                    return False
            elif kind is dict:
                if not all(type(name) is str and name.isascii() and "\0" not in name for name in one):
                    return False
                below += one.values()
            elif kind is list:
                below += one
            elif kind is int:
                if not -LARGEST <= one <= LARGEST:
                    return False
            elif one is not None and kind is not bool:
                return False
        if not below:
            return True
        level = below
    return False


def _is_whole(text: str) -> bool:
    """Say whether a text has no half characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def in_order(value: Any) -> str:
    """Return sorted, compact JSON without asking whether the value has a canonical form; for comparing what was written already."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read_in_order(text: bytes) -> Any:
    """Return what canonical text says, fast; ``None`` when the fast reader does not find it sorted and compact, which it may well be."""
    try:
        value = orjson.loads(text)
        return value if orjson.dumps(value, option=orjson.OPT_SORT_KEYS) == text else None
    except (ValueError, TypeError, RecursionError):
        return None


def quick_sha256(value: Any) -> str:
    """Return the SHA-256 of canonical text without asking whether the value has one, fast; empty where the fast writer cannot write it.

    Both writers agree on every value that has a canonical form (a test compares them); whoever finds another digest than he
    looked for asks ``canonical`` before he says so.
    """
    try:
        return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()
    except TypeError:
        return ""


def sha256_of(text: str) -> str:
    """Return the SHA-256 of the text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_what_has_no_form(value: Any, where: str, depth: int) -> None:
    if depth > DEEPEST:
        raise NotCanonical(f"{where[:80]}: nested deeper than {DEEPEST}")
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _refuse_broken_text(value, where)
    elif isinstance(value, int):
        if abs(value) > LARGEST:
            raise NotCanonical(f"{where}: a whole number beyond 2**53 - 1")
    elif isinstance(value, list):
        for position, item in enumerate(value):
            _refuse_what_has_no_form(item, f"{where}[{position}]", depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            if not isinstance(name, str) or not name.isascii() or "\0" in name:
                raise NotCanonical(f"{where}: the name {name!r} is not ASCII text")
            _refuse_what_has_no_form(item, f"{where}.{name}", depth + 1)
    else:
        raise NotCanonical(f"{where}: {type(value).__name__} has no canonical form")


def _refuse_broken_text(text: str, where: str) -> None:
    if "\0" in text:
        raise NotCanonical(f"{where}: text with a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise NotCanonical(f"{where}: text with half a character at {error.start}") from error
