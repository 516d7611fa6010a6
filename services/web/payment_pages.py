"""Which pages of the payment service people may be sent to: those we know, and no others.

An address comes from the service's answer. Before anybody follows it, its origin is compared with
the list, so that neither a mistake nor a foreign answer can lead somebody to a page that asks for
a card in our name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from litestar.response import Redirect

from domain.errors import DomainError

if TYPE_CHECKING:
    from services.web.settings import WebSettings

STRIPE_PAGES: Final = (
    "https://checkout.stripe.com",
    "https://billing.stripe.com",
    "https://invoice.stripe.com",
    "https://pay.stripe.com",
)
# the only pages whose forms lead there
_FROM: Final = ("/membership", "/practices", "/gifts", "/funds")


class PageNotKnown(DomainError):
    """The payment service named a page that is not on our list."""

    code = "payments.page_not_known"


def payment_pages(settings: WebSettings, path: str) -> tuple[str, ...]:
    """Return the origins to which forms of a page may lead, beside our own."""
    ours = any(path == each or path.startswith(f"{each}/") for each in _FROM)
    return settings.payment_pages if ours else ()


def lead(settings: WebSettings, url: str) -> Redirect:
    """Send somebody to a page of the payment service.

    Raises:
        PageNotKnown: its origin is not on the list, nor our own.
    """
    if _origin(url) not in {settings.origin, *settings.payment_pages}:
        raise PageNotKnown(
            "Our payment service named a page that we do not know, so we did not send you there. "
            "Nothing was charged; write to us, please."
        )
    return Redirect(url, status_code=303, headers={"Cache-Control": "no-store"})


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"  # a name before an @ is part of it, and never known
