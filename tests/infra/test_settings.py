"""Settings: all problems at once, never a secret in a message."""

from __future__ import annotations

import pytest

from infra.settings import SettingsUnusable, load_settings


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("PEERHOUR_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)


def test_a_fresh_machine_needs_no_setting() -> None:
    settings = load_settings()
    assert settings.database_url is None
    assert settings.keys == settings.data_dir / "keys"


def test_every_problem_is_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEERHOUR_PORT", "notaport")
    monkeypatch.setenv("PEERHOUR_ORIGIN", "https://example.org/path")
    monkeypatch.setenv("PEERHOUR_SMTP_URL", "http://mail.example")
    with pytest.raises(SettingsUnusable) as refused:
        load_settings()
    for name in ("PEERHOUR_PORT", "PEERHOUR_ORIGIN", "PEERHOUR_SMTP_URL"):
        assert name in str(refused.value)


def test_production_says_everything_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEERHOUR_ENVIRONMENT", "production")
    with pytest.raises(SettingsUnusable) as refused:
        load_settings()
    for name in ("DATABASE_URL", "PEERHOUR_SMTP_URL", "PEERHOUR_METRICS_TOKEN", "https"):
        assert name in str(refused.value)


def test_no_message_and_no_repr_holds_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hunter2@db.example/x")
    monkeypatch.setenv("PEERHOUR_SMTP_URL", "gopher://u:hunter2@mail.example")
    with pytest.raises(SettingsUnusable) as refused:
        load_settings()
    assert "hunter2" not in str(refused.value)
    monkeypatch.delenv("PEERHOUR_SMTP_URL")
    assert "hunter2" not in repr(load_settings())


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("PEERHOUR_METRICS_TOKEN", "")
    settings = load_settings()
    assert settings.database_url is None
    assert settings.metrics_token is None


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1


def test_hosts_of_payment_pages_are_read_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEERHOUR_PAYMENT_HOSTS", " pay.example.org, Cards.Example.org,")
    assert load_settings().hosts_of_payments == ["pay.example.org", "cards.example.org"]
    monkeypatch.setenv("PEERHOUR_PAYMENT_HOSTS", "")
    assert load_settings().hosts_of_payments == []


@pytest.mark.parametrize(
    "hosts",
    [
        "https://pay.example.org",
        "pay.example.org/cards",
        "pay.example.org:8443",
        "*.example.org",
        "pay.example.org; script-src *",
        "somebody@example.org",
        "127.0.0.1",
        "localhost",
        "good.example.org, bad host",
    ],
)
def test_a_host_that_is_no_plain_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, hosts: str
) -> None:
    monkeypatch.setenv("PEERHOUR_PAYMENT_HOSTS", hosts)
    with pytest.raises(SettingsUnusable, match="PEERHOUR_PAYMENT_HOSTS"):
        load_settings()
