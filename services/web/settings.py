"""What the web needs to know about where it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

MIB: Final = 1024 * 1024
BODY_LIMIT: Final = 1 * MIB  # bytes; forms and JSON commands are a few kilobytes
UPLOAD_LIMIT: Final = 33 * MIB  # bytes; attendance files of 32 MiB and the form around them


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """Settings of the web.

    Attributes:
        origin: scheme, host and port people see, without a trailing slash. Links in mail and the
            origin check use it; the Host header is never believed.
        secret: at least 32 bytes; keys the pseudonyms in logs and in the counters of sign-in.
        emergency_number: the local crisis line, shown on every page.
        emergency_words: the sentence before the number.
        metrics_token: bearer token of ``/metrics``; without one only loopback may read it.
        payment_pages: origins of the payment service's own pages, to which people may be sent.
    """

    origin: str
    secret: bytes = field(repr=False)
    emergency_number: str = "988"
    emergency_words: str = "Peerhour is not for emergencies. If someone is in danger, call"
    metrics_token: str | None = field(default=None, repr=False)
    payment_pages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse settings that would weaken the site without anybody noticing."""
        scheme, _, rest = self.origin.partition("://")
        if scheme not in {"http", "https"} or not rest or "/" in rest:
            raise ValueError("The web origin is scheme://host[:port], without a path.")
        if len(self.secret) < 32:  # noqa: PLR2004 - 256 bits, said once, in the sentence below
            raise ValueError("The web secret has at least 32 bytes.")
