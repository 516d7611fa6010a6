"""Products, prices, coupons, promotion codes."""

from __future__ import annotations

from tests.support.simulated_stripe.api.calls import PAGING, Call, simulates
from tests.support.simulated_stripe.api.lists import page
from tests.support.simulated_stripe.refusals import invalid, missing
from tests.support.simulated_stripe.world.metadata import edit
from tests.support.simulated_stripe.world.world import Json, World

_PRODUCT = "active description images metadata name statement_descriptor tax_code unit_label url"


@simulates("post /v1/products", f"id {_PRODUCT}")
def create_product(call: Call) -> Json:
    given: Json = {"active": True, "type": "service", "metadata": {}} | call.given
    _must_be_new(call.world, "product", given.get("id"))
    product = call.world.create("product", updated=call.world.now(), **given)
    call.world.journal.tell("product.created", product)
    return product


def _must_be_new(world: World, tag: str, key: str | None) -> None:
    if key and key in world.objects.get(tag, {}):
        message = f"{tag.capitalize()} already exists."
        raise invalid(message, code="resource_already_exists", param="id")


@simulates("get /v1/products/{}")
def read_product(call: Call) -> Json:
    return call.world.find("product", call.key)


@simulates("post /v1/products/{}", _PRODUCT)
def update_product(call: Call) -> Json:
    product = call.world.find("product", call.key)
    edit(product, call.given)
    product["updated"] = call.world.now()
    call.world.journal.tell_changes("product.updated", product)
    return product


@simulates("delete /v1/products/{}")
def delete_product(call: Call) -> Json:
    """What has a price is only set aside, by ``active``."""
    product = call.world.find("product", call.key)
    if call.world.every("price", product=call.key):
        message = "This product cannot be deleted because it has one or more user-created prices."
        raise invalid(message)
    call.world.journal.tell("product.deleted", product)
    return call.world.forget("product", call.key)


@simulates("get /v1/products", f"active ids {PAGING}")
def list_products(call: Call) -> Json:
    found = call.world.every("product", active=call.given.get("active"))
    ids = call.given.get("ids")
    return page(call, [each for each in found if ids is None or each["id"] in ids])


_PRICE = "active currency_options lookup_key metadata nickname tax_behavior transfer_lookup_key"


@simulates(
    "post /v1/prices",
    f"{_PRICE} billing_scheme currency product product_data recurring unit_amount "
    "unit_amount_decimal",
)
def create_price(call: Call) -> Json:
    world, given = call.world, dict(call.given)
    if "product_data" in given:
        data = {"active": True, "type": "service"} | given.pop("product_data")
        made = world.create("product", updated=world.now(), **data)
        world.journal.tell("product.created", made)
        given["product"] = made["id"]
    if "product" not in given:
        raise missing("product")
    world.find("product", given["product"], param="product")
    amount = given.get("unit_amount")
    if amount is None and "unit_amount_decimal" in given:
        amount = int(float(given["unit_amount_decimal"]))
    if amount is None:
        raise missing("unit_amount")
    others = given.pop("currency_options", {})
    _take_lookup_key(world, given)
    recurring = given.pop("recurring", None)
    price = world.create(
        "price",
        **{"active": True, "billing_scheme": "per_unit", "tax_behavior": "unspecified"}
        | given
        | {
            "type": "recurring" if recurring else "one_time",
            "unit_amount": amount,
            "unit_amount_decimal": str(amount),
            "recurring": _recurring(recurring),
        },
    )
    world.note(price["id"])["currencies"] = _currencies(price, others)
    world.journal.tell("price.created", price)
    return price


def _recurring(given: Json | None) -> Json | None:
    return given and {"interval_count": 1, "usage_type": "licensed"} | given


def _currencies(price: Json, others: Json) -> Json:
    """What the price costs in each of its currencies."""

    def option(amount: int, behavior: str) -> Json:
        amounts = {"unit_amount": amount, "unit_amount_decimal": str(amount)}
        return amounts | {"custom_unit_amount": None, "tax_behavior": behavior}

    found = {price["currency"]: option(price["unit_amount"], price["tax_behavior"])}
    for name, each in others.items():
        if "unit_amount" not in each:
            raise missing(f"currency_options[{name}][unit_amount]")
        behavior = each.get("tax_behavior", price["tax_behavior"])
        found[name] = option(each["unit_amount"], behavior)
    return found


def _take_lookup_key(world: World, given: Json) -> None:
    """A lookup key belongs to one price; a new one takes it over only when told so."""
    transfer = given.pop("transfer_lookup_key", False)
    key = given.get("lookup_key")
    for other in world.every("price", lookup_key=key) if key else []:
        if not transfer:
            message = f"A price (`{other['id']}`) already uses that lookup key."
            raise invalid(message, param="lookup_key")
        other["lookup_key"] = None
        world.journal.tell_changes("price.updated", other)


@simulates("get /v1/prices/{}")
def read_price(call: Call) -> Json:
    return call.world.find("price", call.key)


@simulates("post /v1/prices/{}", "active lookup_key metadata nickname transfer_lookup_key")
def update_price(call: Call) -> Json:
    price, given = call.world.find("price", call.key), dict(call.given)
    _take_lookup_key(call.world, given)
    edit(price, given)
    call.world.journal.tell_changes("price.updated", price)
    return price


@simulates("get /v1/prices", f"active currency lookup_keys product recurring type {PAGING}")
def list_prices(call: Call) -> Json:
    given = call.given
    equal = {name: given.get(name) for name in ("active", "currency", "product", "type")}
    found = call.world.every("price", **equal)
    keys, recurring = given.get("lookup_keys"), given.get("recurring", {})
    fitting = [
        each
        for each in found
        if (keys is None or each["lookup_key"] in keys)
        and all((each["recurring"] or {}).get(name) == v for name, v in recurring.items())
    ]
    return page(call, fitting)


@simulates(
    "post /v1/coupons",
    "amount_off currency duration duration_in_months id max_redemptions metadata name "
    "percent_off redeem_by",
)
def create_coupon(call: Call) -> Json:
    given: Json = {"duration": "once", "metadata": {}} | call.given
    _must_be_new(call.world, "coupon", given.get("id"))
    if ("percent_off" in given) == ("amount_off" in given):
        raise invalid("You must pass either percent_off or amount_off.", param="percent_off")
    if (given["duration"] == "repeating") != ("duration_in_months" in given):
        message = "duration_in_months belongs to a duration of repeating."
        raise invalid(message, param="duration_in_months")
    coupon = call.world.create("coupon", times_redeemed=0, valid=True, **given)
    call.world.journal.tell("coupon.created", coupon)
    return coupon


@simulates("get /v1/coupons/{}")
def read_coupon(call: Call) -> Json:
    return call.world.find("coupon", call.key)


@simulates("post /v1/coupons/{}", "metadata name")
def update_coupon(call: Call) -> Json:
    coupon = call.world.find("coupon", call.key)
    edit(coupon, call.given)
    call.world.journal.tell_changes("coupon.updated", coupon)
    return coupon


@simulates("delete /v1/coupons/{}")
def delete_coupon(call: Call) -> Json:
    """No new customer gets it; discounts that were given keep it, so it is only marked."""
    coupon = call.world.find("coupon", call.key)
    coupon["valid"] = False
    call.world.journal.tell("coupon.deleted", coupon)
    return {"id": call.key, "object": "coupon", "deleted": True}


@simulates("get /v1/coupons", PAGING)
def list_coupons(call: Call) -> Json:
    return page(call, call.world.every("coupon"))


@simulates(
    "post /v1/promotion_codes",
    "active code customer expires_at max_redemptions metadata promotion",
)
def create_promotion_code(call: Call) -> Json:
    given: Json = {"active": True, "metadata": {}} | call.given
    if "coupon" not in given["promotion"]:
        raise missing("promotion[coupon]")
    call.world.find("coupon", given["promotion"]["coupon"], param="promotion[coupon]")
    given.setdefault("code", call.world.names.letters(8).upper())
    if call.world.every("promotion_code", code=given["code"], active=True):
        raise invalid("An active promotion code with `code: ...` already exists.", param="code")
    made = call.world.create(
        "promotion_code",
        times_redeemed=0,
        restrictions={"first_time_transaction": False},
        **given,
    )
    call.world.journal.tell("promotion_code.created", made)
    return made


@simulates("get /v1/promotion_codes/{}")
def read_promotion_code(call: Call) -> Json:
    return call.world.find("promotion_code", call.key)


@simulates("post /v1/promotion_codes/{}", "active metadata")
def update_promotion_code(call: Call) -> Json:
    code = call.world.find("promotion_code", call.key)
    edit(code, call.given)
    call.world.journal.tell_changes("promotion_code.updated", code)
    return code


@simulates("get /v1/promotion_codes", f"active code coupon customer {PAGING}")
def list_promotion_codes(call: Call) -> Json:
    given = call.given
    equal = {name: given.get(name) for name in ("active", "code", "customer")}
    found = call.world.every("promotion_code", **equal)
    coupon = given.get("coupon")
    return page(call, [e for e in found if coupon in (None, e["promotion"]["coupon"])])
