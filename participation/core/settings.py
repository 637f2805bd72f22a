"""Typed settings, read once from the environment.

Owns every knob an operator can turn and refuses to start when a value is unsafe. City wording, colours and contacts are
not here: they are content, kept in the database by `participation.city`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
#: Shortest secret that is accepted, in characters; a generated one has 64.
SHORTEST_SECRET = 32
#: Words that show that somebody copied an example instead of making a secret.
KNOWN_SECRETS = ("changeme", "change-me", "secret", "development", "insecure", "example", "password")


class SettingsProblem(RuntimeError):
    """The program will not start; the message lists every trouble, one sentence each."""


def _setting(text: str, default: Any) -> Any:
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything the environment decides. Field names in capitals are the names of the variables."""

    #: address the server listens on
    host: str = _setting("Address to listen on.", "127.0.0.1")
    #: TCP port, 1–65535
    port: int = _setting("Port to listen on.", 8000)
    #: scheme and host residents type, without a trailing slash
    public_url: str = _setting("Address residents use, such as https://talk.city.example.", "")
    #: SQLAlchemy address of the database
    database_url: str = _setting("Database; SQLite under INSTANCE_PATH when empty.", "")
    #: Redis address, or empty for one process
    redis_url: str = _setting(
        "Redis for limits and live pages shared between processes and machines; empty for one.", ""
    )
    #: key of all signatures and look-up hashes; at least 32 characters
    secret_key: str = _setting("Secret of all signatures; made under INSTANCE_PATH when empty.", "")
    #: folder for the database, the secret and nothing else
    instance_path: Path = _setting("Folder for the database and the secret.", ROOT / "instance")
    #: folder with languages.toml and the catalogues
    translations_path: Path = _setting("Folder of languages.toml and the catalogues.", ROOT / "translations")
    #: number of reverse proxies in front whose forwarded headers are believed
    trusted_proxies: int = _setting("How many reverse proxies in front are believed.", 0)
    #: threads of the page server
    threads: int = _setting("Threads of the page server.", 16)
    #: processes that hold the open streams of live pages; one serves about 5,000 phones
    live_workers: int = _setting("Processes that hold the open streams of live pages.", 1)
    #: whether the page server's threads, of which one runs at a time, stay on one processor core
    one_core: bool = _setting("Keep the page server on one processor core, which makes it faster (Linux).", True)
    #: whether the demo's one-time sign-in links may be made (loopback only)
    demo: bool = _setting("Allow the demo and its one-time sign-in links; loopback only.", True)
    #: days a resident's device is remembered after its last visit
    participant_days: int = _setting("Days a resident’s device is remembered after its last visit.", 30)
    #: minutes after which a shared device forgets
    shared_device_minutes: int = _setting("Minutes after which a shared device forgets.", 15)
    #: minutes without a click after which staff are signed out
    staff_idle_minutes: int = _setting("Minutes without a click after which staff are signed out.", 30)
    #: hours after which staff sign in again, whatever they do
    staff_session_hours: int = _setting("Hours after which staff must sign in again.", 12)

    @property
    def base_url(self) -> str:
        """Scheme and host for links that leave the page (letters, QR codes, printed links)."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def is_https(self) -> bool:
        """Whether cookies can be `__Host-` and `Secure`."""
        return self.base_url.startswith("https://")

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return _is_loopback(self.host) and _is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used: one writing process."""
        return self.database_url.startswith("sqlite")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from `environment` (default: the process's).

    Raises:
        SettingsProblem: a value cannot be read or is unsafe; all troubles are listed at once.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, object] = {}
    troubles: list[str] = []
    for each in fields(Settings):
        raw = environment.get(each.name.upper(), "").strip()
        if not raw:
            continue
        try:
            values[each.name] = _read_value(raw, each.default)
        except ValueError:
            troubles.append(f"{each.name.upper()} is “{raw}”, which cannot be read as {type(each.default).__name__}.")
    draft = Settings(**values)  # type: ignore[arg-type]
    troubles += _unsafe(draft)
    if troubles:
        raise SettingsProblem("\n".join(troubles))
    draft.instance_path.mkdir(mode=0o700, parents=True, exist_ok=True)
    values.setdefault("secret_key", _kept_secret(draft.instance_path / "secret_key"))
    values.setdefault("database_url", f"sqlite:///{draft.instance_path.resolve() / 'baraza.sqlite3'}")
    values["database_url"] = _with_driver(str(values["database_url"]))
    return Settings(**values)  # type: ignore[arg-type]


def _read_value(raw: str, default: object) -> object:
    if isinstance(default, bool):
        if raw.lower() not in {"1", "0", "true", "false", "yes", "no"}:
            raise ValueError(raw)
        return raw.lower() in {"1", "true", "yes"}
    if isinstance(default, int):
        return int(raw)
    if isinstance(default, Path):
        return Path(raw)
    return raw.rstrip("/") if raw.startswith("http") else raw


def _unsafe(draft: Settings) -> list[str]:
    troubles = []
    if draft.secret_key and len(draft.secret_key) < SHORTEST_SECRET:
        troubles.append(f"SECRET_KEY is shorter than {SHORTEST_SECRET} characters; leave it empty to have one made.")
    if any(word in draft.secret_key.lower() for word in KNOWN_SECRETS):
        troubles.append("SECRET_KEY looks like an example; leave it empty to have one made.")
    if not 1 <= draft.port <= 65535:
        troubles.append("PORT must be between 1 and 65535.")
    if draft.threads < 1:
        troubles.append("THREADS must be at least 1.")
    if not 1 <= draft.live_workers <= 64:
        troubles.append("LIVE_WORKERS must be between 1 and 64.")
    if draft.public_url and urlsplit(draft.public_url).scheme not in {"http", "https"}:
        troubles.append("PUBLIC_URL must begin with https:// (or http:// on this machine).")
    elif not draft.is_https and not draft.is_loopback:
        troubles.append("Others can reach this address without encryption; set PUBLIC_URL to the https:// address.")
    return troubles


def _with_driver(url: str) -> str:
    """`postgresql://…` as operators write it, with the driver this program installs."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _kept_secret(path: Path) -> str:
    """The secret in `path`, made on first use and readable by its owner only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        secret = secrets.token_hex(32)
        file.write(secret)
    return secret


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
