"""Coupons at work: who has which discount, for how long, and what it takes off a line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.support.simulated_stripe.billing.calendar import months_later
from tests.support.simulated_stripe.billing.money import share
from tests.support.simulated_stripe.refusals import invalid, not_found
from tests.support.simulated_stripe.world.world import Json, World


def give(world: World, wanted: Iterable[Json], *, now: int, **owner: Any) -> list[str]:
    """Makes discounts of coupons and promotion codes.

    Args:
        world: the account.
        wanted: ``{"coupon": ...}``, ``{"promotion_code": ...}`` or ``{"discount": ...}`` each.
        now: when they begin.
        owner: ``customer``, ``subscription``, ``checkout_session``.

    Returns:
        Their ids.
    """
    return [_one(world, each, now, owner) for each in wanted]


def _one(world: World, wanted: Json, now: int, owner: Json) -> str:
    if "discount" in wanted:
        return str(world.find("discount", wanted["discount"], param="discounts")["id"])
    code = None
    if "promotion_code" in wanted:
        code = world.find("promotion_code", wanted["promotion_code"], param="discounts")
        if not code["active"]:
            raise invalid("This promotion code is inactive.", param="discounts")
        code["times_redeemed"] += 1
    name = code["promotion"]["coupon"] if code else wanted.get("coupon", "")
    coupon = _usable(world, name, now)
    coupon["times_redeemed"] += 1
    if coupon["max_redemptions"] and coupon["times_redeemed"] >= coupon["max_redemptions"]:
        coupon["valid"] = False
    months = coupon["duration_in_months"]
    discount = world.create(
        "discount",
        start=now,
        end=months_later(now, months) if coupon["duration"] == "repeating" else None,
        source={"type": "coupon", "coupon": coupon["id"]},
        promotion_code=code["id"] if code else None,
        **owner,
    )
    world.journal.tell("customer.discount.created", discount)
    return str(discount["id"])


def _usable(world: World, key: str, now: int) -> Json:
    coupon = world.objects.get("coupon", {}).get(key)
    if coupon is None:
        raise not_found("coupon", key, param="discounts", status=400)
    if not coupon["valid"] or (coupon["redeem_by"] or now) < now:
        raise invalid(f"Coupon expired: {key}", code="coupon_expired", param="discounts")
    return coupon


def drop(world: World, ids: Iterable[str]) -> None:
    """Ends discounts."""
    for key in ids:
        if discount := world.objects.get("discount", {}).get(key):
            discount["end"] = world.now()
            world.journal.tell("customer.discount.deleted", discount)


def standing(world: World, ids: Iterable[str], *, now: int) -> list[Json]:
    """The discounts of a list that still apply at that time."""
    found = (world.find("discount", key) for key in ids)
    return [each for each in found if each["end"] is None or each["end"] > now]


def taken_off(coupon: Json, amount: int, left: int) -> int:
    """What a coupon takes off one line.

    Args:
        coupon: with ``percent_off`` or ``amount_off``.
        amount: the line's amount, after earlier discounts; a credit gives back less.
        left: how much of ``amount_off`` this invoice has not used.
    """
    if coupon["percent_off"]:
        return share(amount, coupon["percent_off"])
    return max(0, min(amount, left))
