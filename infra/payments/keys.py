"""Which keys of Stripe's this house may use: real money in production, and nowhere else.

Source: docs.stripe.com/keys. A key says by its first letters what it is: ``sk`` secret, ``rk``
restricted, ``pk`` for browsers; ``live`` or ``test``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

_KEY: Final = re.compile(r"(sk|rk)_(live|test)_[A-Za-z0-9_]{4,250}")
_SECRET: Final = re.compile(r"whsec_[A-Za-z0-9+/=_-]{1,250}")
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def key_faults(
    keys: Mapping[str, str], *, secrets: Sequence[str], api_base: str | None, production: bool
) -> list[str]:
    """Return what is wrong with the settings of payments; no sentence holds a key.

    Args:
        keys: by the name of their setting; the web's is ``PEERHOUR_STRIPE_KEY``.
        secrets: of our webhook endpoint.
        api_base: where Stripe is, if not where it is.
        production: whether this house works with real money.
    """
    faults = [
        fault
        for name, key in keys.items()
        for fault in _faults_of(name, key, production=production)
    ]
    if "PEERHOUR_STRIPE_KEY" in keys and not secrets:
        faults.append(
            "PEERHOUR_STRIPE_WEBHOOK_SECRETS is missing: with PEERHOUR_STRIPE_KEY alone nobody "
            "would hear what happened to a payment"
        )
    if "PEERHOUR_STRIPE_KEY" not in keys and (keys or secrets or api_base):
        faults.append("PEERHOUR_STRIPE_KEY is missing, and other settings of payments are there")
    if not all(_SECRET.fullmatch(each) for each in secrets):
        faults.append("PEERHOUR_STRIPE_WEBHOOK_SECRETS takes secrets that begin with whsec_")
    return faults + _base_faults(api_base, production=production)


def split_secrets(text: str) -> list[str]:
    """Return the secrets of a list with commas."""
    return [each.strip() for each in text.split(",") if each.strip()]


def is_live(key: str) -> bool:
    """Tell whether a key moves real money."""
    return key.startswith(("sk_live_", "rk_live_"))


def is_restricted(key: str) -> bool:
    """Tell whether a key may do only what it was given."""
    return key.startswith("rk_")


def _faults_of(name: str, key: str, *, production: bool) -> list[str]:
    if not _KEY.fullmatch(key):
        return [f"{name} is no secret or restricted key (sk_ or rk_)"]
    if production and not is_live(key):
        return [f"{name} is a test key; production takes live keys"]
    if not production and is_live(key):
        return [f"{name} is a live key; it would move real money outside production"]
    return []


def _base_faults(api_base: str | None, *, production: bool) -> list[str]:
    if api_base is None:
        return []
    if production:
        return ["PEERHOUR_STRIPE_API_BASE is for tests; production speaks with Stripe itself"]
    parts = urlsplit(api_base)
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK or parts.path not in {"", "/"}:
        return [
            "PEERHOUR_STRIPE_API_BASE takes addresses of this machine, as http://127.0.0.1:port"
        ]
    return []
