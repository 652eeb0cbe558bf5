# SPDX-License-Identifier: Apache-2.0
"""Passwords: what is a good one, how it is hashed, and the same work whether the person exists or not."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from flask import current_app
from flask_babel import lazy_gettext as _l
from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

from app.errors import Invalid, Message

SHORTEST = 10
LONGEST = 128
TOO_SHORT = _l("Take at least %(least)s characters; a short sentence is a good password.", least=SHORTEST)
TOO_LONG = _l("Take at most %(most)s characters.", most=LONGEST)
TOO_EASY = _l("This password is among the first that anybody tries. Take another one.")
# Beginnings of what leaked lists are full of; compared after lower-casing and without trailing digits and signs.
_EASY = (
    " password passw0rd p@ssw0rd p@ssword admin administrator iloveyou woaini woaini1314 qwerty qwertyuiop asdfghjkl"
    " qazwsxedc 1qaz2wsx zxcvbnm letmein welcome abc abcd changeme youyin "
)
_RUNS = ("01234567890123456789", "09876543210987654321", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


@dataclass(frozen=True, slots=True)
class Hashed:
    """A password that was checked and hashed before the transaction: hashing takes too long to hold up writers."""

    text: str = field(repr=False)


def _prepared(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=4)
def _hasher(memory_kib: int) -> PasswordHash:
    return PasswordHash((Argon2Hasher(memory_cost=memory_kib),))


@lru_cache(maxsize=4)
def _nobody(memory_kib: int) -> str:
    """Return the hash of a password that nobody has, so that an absent person costs as much as a present one."""
    return _hasher(memory_kib).hash(secrets.token_hex(16))


def _memory() -> int:
    return int(current_app.config["YOUYIN"].password_memory_kib)


def prepare(password: str, *, login: str, field_name: str = "password") -> Hashed:
    """Check a new password and hash it; call this before the transaction."""
    fault = fault_of(password, login=login)
    if fault is not None:
        raise Invalid(fault, fields={field_name: fault})
    return Hashed(_hasher(_memory()).hash(_prepared(password)))


def fault_of(password: str, *, login: str) -> Message | None:
    """Return why a password is not good enough, or None."""
    plain = _prepared(password)
    if len(plain) < SHORTEST:
        return TOO_SHORT
    if len(plain) > LONGEST:
        return TOO_LONG
    low = plain.casefold()
    bare = low.rstrip("0123456789!@#$%^&*._-")
    easy = (
        f" {bare} " in _EASY
        or len(set(low)) <= 3
        or any(low in run for run in _RUNS)
        or (bool(login) and low in (login.casefold(), login.casefold() * 2, login.casefold()[::-1]))
    )
    return TOO_EASY if easy else None


def matches(password: str, stored: str | None) -> bool:
    """Tell whether a password is the stored one; without a stored one the same work is done and the answer is no."""
    memory = _memory()
    plain = _prepared(password[: LONGEST + 1])
    try:
        right = _hasher(memory).verify(plain, stored or _nobody(memory))
    except PwdlibError:  # a hash that nobody here made
        right = False
    return right and stored is not None


def renewed(password: str, stored: str) -> Hashed | None:
    """Return a new hash when the stored one was made at another cost, otherwise None."""
    hasher = _hasher(_memory())
    if not hasher.current_hasher.check_needs_rehash(stored):
        return None
    return Hashed(hasher.hash(_prepared(password)))
