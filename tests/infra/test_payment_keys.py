"""Keys of Stripe's: real money in production and nowhere else; what does not fit is refused."""

from __future__ import annotations

import os
from typing import Any

import pytest

from infra.payments.keys import is_live, is_restricted, key_faults
from infra.settings import SettingsUnusable, load_settings

SECRETS = "whsec_one,whsec_two"
PRODUCTION: dict[str, str] = {
    "PEERHOUR_ENVIRONMENT": "production",
    "DATABASE_URL": "postgresql://u:p@db.example/x",
    "PEERHOUR_SMTP_URL": "smtp://u:p@mail.example",
    "PEERHOUR_METRICS_TOKEN": "token",
    "PEERHOUR_ORIGIN": "https://peerhour.example",
}


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("PEERHOUR_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)


def loaded(monkeypatch: pytest.MonkeyPatch, **given: str) -> Any:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def stripe(**given: str) -> dict[str, str]:
    named = {f"PEERHOUR_STRIPE_{name.upper()}": value for name, value in given.items()}
    return {"PEERHOUR_STRIPE_WEBHOOK_SECRETS": SECRETS} | named


def test_without_keys_a_house_takes_no_dues(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, PEERHOUR_STRIPE_KEY="", PEERHOUR_STRIPE_WEBHOOK_SECRETS=" ")
    assert settings.stripe_key is None
    assert settings.webhook_secrets == []


@pytest.mark.parametrize("key", ["sk_test_abcd", "rk_test_abcd"])
def test_test_keys_are_for_development(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    settings = loaded(monkeypatch, **stripe(key=key, api_base="http://127.0.0.1:12111"))
    assert settings.stripe_key.get_secret_value() == key
    assert settings.webhook_secrets == ["whsec_one", "whsec_two"]


@pytest.mark.parametrize("key", ["sk_live_abcd", "rk_live_abcd"])
def test_live_keys_are_for_production(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    settings = loaded(monkeypatch, **PRODUCTION, **stripe(key=key, worker_key="rk_live_other"))
    assert settings.stripe_worker_key.get_secret_value() == "rk_live_other"


REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "a live key outside production": (stripe(key="sk_live_abcd"), "real money"),
    "a live restricted key outside production": (stripe(key="rk_live_abcd"), "real money"),
    "a live worker key outside production": (
        stripe(key="rk_test_abcd", worker_key="rk_live_abcd"),
        "PEERHOUR_STRIPE_WORKER_KEY is a live key",
    ),
    "a live catalogue key outside production": (
        stripe(key="rk_test_abcd", catalogue_key="rk_live_abcd"),
        "PEERHOUR_STRIPE_CATALOGUE_KEY is a live key",
    ),
    "a test key in production": (PRODUCTION | stripe(key="sk_test_abcd"), "is a test key"),
    "a test worker key in production": (
        PRODUCTION | stripe(key="rk_live_abcd", worker_key="rk_test_abcd"),
        "PEERHOUR_STRIPE_WORKER_KEY is a test key",
    ),
    "a browser's key": (stripe(key="pk_test_abcd"), "no secret or restricted key"),
    "no key at all": (stripe(key="hunter2"), "no secret or restricted key"),
    "a key without webhook secrets": (
        {"PEERHOUR_STRIPE_KEY": "sk_test_abcd"},
        "PEERHOUR_STRIPE_WEBHOOK_SECRETS is missing",
    ),
    "a key with empty webhook secrets": (
        {"PEERHOUR_STRIPE_KEY": "sk_test_abcd", "PEERHOUR_STRIPE_WEBHOOK_SECRETS": " , "},
        "PEERHOUR_STRIPE_WEBHOOK_SECRETS is missing",
    ),
    "a webhook secret that is none": (
        {"PEERHOUR_STRIPE_KEY": "sk_test_abcd", "PEERHOUR_STRIPE_WEBHOOK_SECRETS": "hunter2"},
        "begin with whsec_",
    ),
    "secrets without a key": (stripe(), "PEERHOUR_STRIPE_KEY is missing"),
    "a worker's key alone": (stripe(worker_key="rk_test_abcd"), "PEERHOUR_STRIPE_KEY is missing"),
    "another Stripe in production": (
        PRODUCTION | stripe(key="sk_live_abcd", api_base="http://127.0.0.1:12111"),
        "PEERHOUR_STRIPE_API_BASE is for tests",
    ),
    "another Stripe somewhere else": (
        stripe(key="sk_test_abcd", api_base="http://stripe.example"),
        "addresses of this machine",
    ),
    "another Stripe with a path": (
        stripe(key="sk_test_abcd", api_base="http://127.0.0.1:12111/v1"),
        "addresses of this machine",
    ),
}


@pytest.mark.parametrize(("given", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_every_wrong_combination_is_refused(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsUnusable) as refused:
        loaded(monkeypatch, **given)
    assert said in str(refused.value)


@pytest.mark.parametrize("given", [each for each, _ in REFUSED.values()], ids=REFUSED.keys())
def test_no_refusal_holds_a_key_or_a_secret(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    with pytest.raises(SettingsUnusable) as refused:
        loaded(monkeypatch, **given)
    for hidden in ("abcd", "hunter2", "whsec_one"):
        assert hidden not in str(refused.value)


def test_a_settings_object_shows_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = repr(loaded(monkeypatch, **stripe(key="sk_test_abcd", worker_key="rk_test_efgh")))
    assert "abcd" not in shown
    assert "efgh" not in shown
    assert "whsec_one" not in shown


def test_a_key_says_what_it_is() -> None:
    assert [is_live(each) for each in ("sk_live_a", "rk_live_a", "rk_test_a")] == [
        True,
        True,
        False,
    ]
    assert [is_restricted(each) for each in ("sk_live_a", "rk_live_a")] == [False, True]


def test_every_fault_is_told_at_once() -> None:
    faults = key_faults(
        {"PEERHOUR_STRIPE_KEY": "sk_live_abcd", "PEERHOUR_STRIPE_WORKER_KEY": "pk_test_abcd"},
        secrets=[],
        api_base="https://elsewhere.example",
        production=False,
    )
    assert len(faults) == 4
