"""Security headers: constants, on every response, whatever made it.

They are added where the response leaves the process and not by Litestar's middleware, which does
not run on 404 and 405, so that refusals of the edge carry them too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.types import Message, Send

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
)
_POLICY_NAME: Final = b"content-security-policy"

_ALWAYS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        (
            b"camera=(), geolocation=(), microphone=(), payment=(), usb=(), "
            b"publickey-credentials-create=(self), publickey-credentials-get=(self)"
        ),
    ),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
)
_UNLESS_SET: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"cache-control", b"private, no-cache"),
    (b"vary", b"Cookie, Accept"),
)


def content_security_policy(lead_to: Sequence[str] = ()) -> str:
    """Return the policy of a page.

    Args:
        lead_to: origins to which a form of the page may lead in the end; browsers ask for the
            whole way of redirects.
    """
    return _POLICY.format(forms=" ".join(("'self'", *lead_to)))


CONTENT_SECURITY_POLICY: Final = content_security_policy()


def with_security_headers(send: Send, request_id: str, *, lead_to: Sequence[str] = ()) -> Send:
    """Wrap *send* so that each response carries the headers of this module and the request id.

    Args:
        send: what sends.
        request_id: under which the request stands in the log.
        lead_to: see :func:`content_security_policy`.
    """
    policy = content_security_policy(lead_to).encode()

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = list(message.get("headers", ()))
            names = {name.lower() for name, _ in given}
            constant = {_POLICY_NAME, *(name for name, _ in _ALWAYS)}
            message["headers"] = [
                *(pair for pair in given if pair[0].lower() not in constant),
                (_POLICY_NAME, policy),
                *_ALWAYS,
                *(pair for pair in _UNLESS_SET if pair[0] not in names),
                (b"x-request-id", request_id.encode()),
            ]
        await send(message)

    return send_with_headers
