# SPDX-License-Identifier: Apache-2.0
"""Settings of one installation: typed, frozen, read once from the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PREFIX = "YOUYIN_"


class SettingsError(ValueError):
    """Say which setting is wrong and what it should look like."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an installation may decide; a default is right for production on one machine."""

    instance: Path
    secret_key: str = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    database_url: str = ""
    jobs_url: str = ""
    storage_url: str = ""
    cache_url: str = "memory://"
    mail_url: str = ""
    mail_from: str = "youyin@localhost"
    public_url: str = ""
    trusted_hosts: tuple[str, ...] = ()
    secure_cookies: bool = False
    proxies: int = 0
    default_language: str = "zh"
    timezone: str = "Asia/Shanghai"
    log_level: str = "info"
    max_upload_mib: int = 200
    password_memory_kib: int = 65536
    development: bool = False
    testing: bool = False

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read `YOUYIN_*`; secrets may stand in a file named by `YOUYIN_…_FILE`."""
        source = os.environ if env is None else env

        def text(name: str, default: str = "") -> str:
            path = source.get(f"{PREFIX}{name}_FILE")
            if path:
                return Path(path).read_text(encoding="utf-8").strip()
            return source.get(PREFIX + name, default)

        instance = Path(text("INSTANCE", "instance/serve")).resolve()
        return cls(
            instance=instance,
            secret_key=text("SECRET_KEY") or _own_secret(instance),
            secret_key_fallbacks=_words(text("SECRET_KEY_FALLBACKS")),
            database_url=text("DATABASE_URL") or f"sqlite:///{instance / 'youyin.sqlite'}",
            jobs_url=text("JOBS_URL") or f"sqlite:///{instance / 'jobs.sqlite'}",
            storage_url=text("STORAGE_URL") or f"file://{instance / 'store'}",
            cache_url=text("CACHE_URL", "memory://"),
            mail_url=text("MAIL_URL"),
            mail_from=text("MAIL_FROM", "youyin@localhost"),
            public_url=text("PUBLIC_URL").rstrip("/"),
            trusted_hosts=_words(text("TRUSTED_HOSTS")),
            secure_cookies=_flag("SECURE_COOKIES", text("SECURE_COOKIES", "no")),
            proxies=_number("PROXIES", text("PROXIES", "0")),
            default_language=_one_of("DEFAULT_LANGUAGE", text("DEFAULT_LANGUAGE", "zh"), ("zh", "en")),
            timezone=text("TIMEZONE", "Asia/Shanghai"),
            log_level=_one_of("LOG_LEVEL", text("LOG_LEVEL", "info"), ("debug", "info", "warning", "error")),
            max_upload_mib=_number("MAX_UPLOAD_MIB", text("MAX_UPLOAD_MIB", "200")),
            password_memory_kib=_number("PASSWORD_MEMORY_KIB", text("PASSWORD_MEMORY_KIB", "65536")),
            development=_flag("DEVELOPMENT", text("DEVELOPMENT", "no")),
        )


def _own_secret(instance: Path) -> str:
    """Return the installation's secret, made on the first start and readable by its owner only."""
    path = instance / "secret_key"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
    return path.read_text(encoding="ascii").strip()


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.replace(",", " ").split() if word)


def _number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise SettingsError(f"{PREFIX}{name} must be a whole number, not {text!r}")
    return int(text)


def _flag(name: str, text: str) -> bool:
    known = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}
    if text.lower() not in known:
        raise SettingsError(f"{PREFIX}{name} must be yes or no, not {text!r}")
    return known[text.lower()]


def _one_of(name: str, text: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        raise SettingsError(f"{PREFIX}{name} must be one of {', '.join(choices)}, not {text!r}")
    return text
