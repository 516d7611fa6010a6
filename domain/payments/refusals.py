"""What the payment service may refuse, and that it may be away: each with its stable word."""

from __future__ import annotations

from domain.errors import DomainError


class PaymentsAway(DomainError):
    """The payment service does not answer."""

    code = "payments.away"


class PaymentKeyRefused(PaymentsAway):
    """The payment service knows our key no more, or the key may not do this; somebody must look."""

    code = "payments.key_refused"


class PaymentsOff(DomainError):
    """This house takes no dues."""

    code = "payments.off"


class PriceGone(DomainError):
    """A plan is not offered any more, or not in this currency."""

    code = "payments.price_gone"


class PriceChanged(PriceGone):
    """A plan does not cost any more what somebody agreed to."""

    code = "payments.price_changed"


class PaymentRefused(DomainError):
    """The payment service refused; ``facts["why"]`` is its word for the reason, never prose."""

    code = "payments.refused"

    @property
    def why(self) -> str:
        """The word, such as ``resource_missing``; ``unknown`` where none was said."""
        return str(self.facts.get("why") or "unknown")


class CardRefused(PaymentRefused):
    """A bank said no to a card; ``facts["why"]`` is its word."""

    code = "payments.card_refused"


class CurrencyBound(PaymentRefused):
    """A payer pays in one currency: the one in which they began."""

    code = "payments.currency_bound"


class CatalogueFault(DomainError):
    """A file of prices cannot be used; the message says why."""

    code = "payments.catalogue_fault"
