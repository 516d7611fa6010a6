"""Connections to PostgreSQL: where it is, how a session is set up, and what it must promise."""

from __future__ import annotations

from typing import Any, Final, Protocol, TypeAlias
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

import asyncpg

from infra.database_errors import (
    DatabaseTooOld,
    DatabaseUnreachable,
    DatabaseUrlInvalid,
    UnsafeSettings,
)

ConnectKwargs: TypeAlias = dict[str, Any]
"""Arguments of ``asyncpg.connect``: host, port, user, password, database, and TLS where asked."""

UNREACHABLE: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What asyncpg raises while a server cannot be used: answer 503 and try again."""

OLDEST_MAJOR: Final = 15
_PORT: Final = 5432
_HIGHEST_PORT: Final = 65535
_CONNECT_TIMEOUT: Final = 10.0  # seconds
_IDLE_IN_TRANSACTION: Final = "5s"  # nobody of ours thinks while holding a transaction
_STORE_LOCK_TIMEOUT: Final = "3s"  # the log's head row is held for milliseconds
_REASONS: Final[tuple[tuple[tuple[type[BaseException], ...], str], ...]] = (
    ((asyncpg.InvalidPasswordError,), "the password is wrong."),
    ((asyncpg.InvalidAuthorizationSpecificationError,), "the server does not let this user in."),
    ((asyncpg.InvalidCatalogNameError,), "there is no such database."),
    ((asyncpg.CannotConnectNowError,), "it is starting or stopping."),
    ((asyncpg.TooManyConnectionsError,), "all its connections are taken."),
    ((TimeoutError,), f"it did not answer within {_CONNECT_TIMEOUT:.0f} seconds."),
    ((ConnectionRefusedError,), "nothing listens there."),
    ((FileNotFoundError,), "its socket, or a certificate file of the address, is not there."),
)
_TLS_FILES: Final = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
_OPTIONS: Final = ("host", "sslmode", *_TLS_FILES)
_TLS_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
# remote_apply promises more than on, and is a choice with standbys
_SAFE: Final = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "remote_apply"),
}


class Embedded(Protocol):
    """A started server that knows its own address."""

    def connect_kwargs(self) -> ConnectKwargs:
        """Return the arguments of ``asyncpg.connect``."""
        ...


def connect_kwargs(source: str | Embedded) -> ConnectKwargs:
    """Return the arguments of ``asyncpg.connect`` for a ``DATABASE_URL`` or an embedded server.

    Raises:
        DatabaseUrlInvalid: the address cannot be understood.
    """
    return parse_database_url(source) if isinstance(source, str) else source.connect_kwargs()


def parse_database_url(url: str) -> ConnectKwargs:
    """Read ``postgresql://user:password@host:port/database?sslmode=...``.

    A socket folder stands in ``?host=/folder``. The password is never shown in an error.

    Raises:
        DatabaseUrlInvalid: naming the part that is wrong.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise _wrong("host", f"the host or its port (1 to {_HIGHEST_PORT}) is unreadable") from None
    if parts.scheme not in {"postgresql", "postgres"}:
        raise _wrong("scheme", "it has to begin with postgresql://")
    options = _options_of(parts)
    host = options.get("host") or unquote(parts.hostname or "")
    database = unquote(parts.path.removeprefix("/"))
    user = unquote(parts.username or "")
    if not host:
        raise _wrong("host", "the host is missing")
    if "," in host or "," in parts.netloc.rpartition("@")[2]:
        raise _wrong("host", "it names several hosts; give one address that leads to the primary")
    if not user:
        raise _wrong("user", "the user is missing")
    if not database or "/" in database:
        raise _wrong("database", "one database has to be named after the host")
    if parts.fragment:
        raise _wrong("fragment", "it holds a #; write %23 where a password has one")
    kwargs: ConnectKwargs = {
        "host": host,
        "port": _PORT if port is None else port,
        "user": user,
        "database": database,
    }
    if parts.password is not None:
        kwargs["password"] = unquote(parts.password)
    return kwargs | _tls(options)


async def connect(
    kwargs: ConnectKwargs,
    *,
    application_name: str = "peerhour",
    for_store: bool = False,
) -> asyncpg.Connection[Any]:
    """Open one connection with our session settings.

    Args:
        kwargs: from :func:`connect_kwargs`.
        application_name: shown in ``pg_stat_activity``.
        for_store: the connection appends to the log: waiting for a lock ends after 3 s.

    Raises:
        DatabaseUnreachable: no server answers, or it refuses this user.
        DatabaseTooOld: the server is older than PostgreSQL 15.
    """
    try:
        connection: asyncpg.Connection[Any] = await asyncpg.connect(
            **_session(kwargs, application_name, for_store)
        )
    except UNREACHABLE as reason:
        raise DatabaseUnreachable(
            f"The database on {place(kwargs)} cannot be used: {_why(reason)}",
            reason=type(reason).__name__,
        ) from reason
    try:
        await _require_version(connection)
    except BaseException:
        await connection.close()
        raise
    return connection


async def open_pool(
    kwargs: ConnectKwargs,
    *,
    min_size: int = 0,
    max_size: int = 10,
    application_name: str = "peerhour",
    for_store: bool = False,
) -> asyncpg.Pool[Any]:
    """Open a pool whose sessions have our settings.

    With ``min_size=0`` nothing is connected yet, so a process starts, lives and becomes ready by
    itself while its database is down.

    Args:
        kwargs: from :func:`connect_kwargs`.
        min_size: connections made at once.
        max_size: connections at most; the sum over all processes stays under the server's limit.
        application_name: shown in ``pg_stat_activity``.
        for_store: the connections append to the log: waiting for a lock ends after 3 s.

    Raises:
        DatabaseTooOld: on the first use of a connection, or here with a *min_size*.
    """
    return await asyncpg.create_pool(
        **_session(kwargs, application_name, for_store),
        min_size=min_size,
        max_size=max_size,
        init=_require_version,
    )


async def require_safe_settings(connection: asyncpg.Connection[Any]) -> None:
    """Refuse a server that may forget what it has acknowledged.

    Raises:
        UnsafeSettings: naming each setting that is not on.
    """
    if unsafe := await unsafe_settings(connection):
        named = ", ".join(f"{name} = {value}" for name, value in unsafe.items())
        raise UnsafeSettings(
            f"Your PostgreSQL may lose acknowledged records: {named}. Turn these settings on.",
            settings=named,
        )


async def unsafe_settings(connection: asyncpg.Connection[Any]) -> dict[str, str]:
    """Return the settings of this session that endanger what is acknowledged, with their values."""
    shown = {name: await connection.fetchval(f"SHOW {name}") for name in _SAFE}
    return {name: value for name, value in shown.items() if value not in _SAFE[name]}


def place(kwargs: ConnectKwargs) -> str:
    """Return where a server is, for people: a socket's folder or host and port, nothing secret."""
    host = kwargs.get("host", "localhost")
    return host if host.startswith("/") else f"{host}:{kwargs.get('port', _PORT)}"


async def _require_version(
    connection: asyncpg.Connection[Any] | asyncpg.pool.PoolConnectionProxy[Any],
) -> None:
    version = connection.get_server_version()
    if version.major < OLDEST_MAJOR:
        raise DatabaseTooOld(
            f"Your server runs PostgreSQL {version.major}; you need {OLDEST_MAJOR} or newer.",
            major=version.major,
        )


def _session(kwargs: ConnectKwargs, application_name: str, for_store: bool) -> dict[str, Any]:  # noqa: FBT001  private, named by its callers
    """Settings travel in the start message: a pool's RESET ALL returns to them, not past them."""
    settings = {
        **kwargs.get("server_settings", {}),
        "application_name": application_name,
        "timezone": "UTC",
        "idle_in_transaction_session_timeout": _IDLE_IN_TRANSACTION,
    }
    if for_store:
        settings["lock_timeout"] = _STORE_LOCK_TIMEOUT
    return kwargs | {"timeout": _CONNECT_TIMEOUT, "server_settings": settings}


def _options_of(parts: SplitResult) -> dict[str, str]:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name in options:
        if name not in _OPTIONS:
            raise _wrong("options", f"only these options are known: {', '.join(_OPTIONS)}")
    if options.get("sslmode", "prefer") not in _TLS_MODES:
        raise _wrong("sslmode", f"sslmode is one of {', '.join(_TLS_MODES)}")
    return options


def _tls(options: dict[str, str]) -> ConnectKwargs:
    """Leave the reading of certificates to asyncpg, which takes their paths from a DSN only."""
    files = {name: options[name] for name in _TLS_FILES if name in options}
    if files:
        mode = {"sslmode": options["sslmode"]} if "sslmode" in options else {}
        return {"dsn": f"postgresql://?{urlencode(files | mode)}"}
    return {"ssl": options["sslmode"]} if "sslmode" in options else {}


def _wrong(part: str, reason: str) -> DatabaseUrlInvalid:
    return DatabaseUrlInvalid(
        f"The database address (DATABASE_URL) cannot be used: {reason}."
        " It looks like postgresql://user:password@host:5432/database.",
        part=part,
    )


def _why(reason: BaseException) -> str:
    """Say what went wrong without repeating what a server wrote: it may quote what it was sent."""
    for kinds, sentence in _REASONS:
        if isinstance(reason, kinds):
            return sentence
    return f"{type(reason).__name__}."
