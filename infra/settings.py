"""Settings from the environment: one frozen object, every problem reported at once."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.errors import DomainError
from domain.money.refunds import LimitUnreadable, RefundLimits, read_limits
from infra.payments.keys import key_faults, split_secrets

# Whoever handles a message holds one connection for its turn, one for its look's, and stores.
_POOL_WITH_PAYMENTS: Final = 4
# a name that somebody owns: no address, no port, no star, and nothing that a header could end in
_HOST: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}")


class SettingsUnusable(DomainError):
    """The environment holds settings that cannot be used; the message lists all of them."""

    code = "settings.unusable"


class Environment(StrEnum):
    """Where the house runs."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Everything that may differ between two installations; see ``docs/settings.md``."""

    model_config = SettingsConfigDict(
        env_prefix="PEERHOUR_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    environment: Environment = Field(
        Environment.DEVELOPMENT, description="development or production"
    )
    database_url: SecretStr | None = Field(
        None,
        validation_alias="DATABASE_URL",
        description="PostgreSQL 15 or newer; without it an embedded server is started",
    )
    data_dir: Path = Field(
        Path(".peerhour"), description="folder of the embedded database and of the keys"
    )
    key_dir: Path | None = Field(
        None, description="folder of the key store; by default keys/ in the data folder"
    )
    origin: str = Field("http://localhost:8000", description="public address, without a path")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8000, description="port to listen on")
    smtp_url: SecretStr | None = Field(
        None, description="smtp://user:password@host:port; without it mail goes to the console"
    )
    mail_from: str = Field("Peerhour <hello@peerhour.invalid>", description="sender of mail")
    metrics_token: SecretStr | None = Field(
        None, description="bearer token of /metrics; without it only loopback may read it"
    )
    meeting_tool_secret: SecretStr | None = Field(
        None, description="secret of the meeting tool's webhooks; without it the door is shut"
    )
    stripe_key: SecretStr | None = Field(
        None, description="Stripe's key for the web, better a restricted one; without it no dues"
    )
    stripe_worker_key: SecretStr | None = Field(
        None, description="Stripe's key for the worker; without it the web's"
    )
    stripe_catalogue_key: SecretStr | None = Field(
        None, description="Stripe's key for `peerhour billing catalogue`; without it the worker's"
    )
    stripe_webhook_secrets: SecretStr | None = Field(
        None, description="secrets of Stripe's webhooks, by commas: two while one is replaced"
    )
    stripe_api_base: str | None = Field(
        None, description="address of a simulated Stripe on this machine, never in production"
    )
    payment_hosts: str = Field(
        "",
        description="further hosts of Stripe's pages, by commas: a domain of your own for its "
        "checkout and card pages",
    )
    stripe_tax: bool = Field(True, description="whether Stripe Tax reckons taxes on dues")
    refund_alone_up_to: str = Field(
        "200.00",
        description="largest refund that one administrator orders alone: an amount for every "
        "currency, and others for some, by commas: 200.00, 250.00 USD",
    )
    rules_dir: Path | None = Field(
        None, description="folder of rule packs of your own, beside those that ship with Peerhour"
    )
    trusted_proxies: str = Field(
        "", description="addresses of proxies whose X-Forwarded-For is believed, by commas"
    )
    emergency_number: str = Field("988", description="crisis line shown on every page")
    pool_size: Annotated[int, Field(ge=2, le=200)] = Field(
        10, description="database connections of one process"
    )

    @property
    def keys(self) -> Path:
        """The folder of the key store."""
        return self.key_dir or self.data_dir / "keys"

    @property
    def webhook_secrets(self) -> list[str]:
        """The secrets of Stripe's webhooks."""
        given = self.stripe_webhook_secrets
        return [] if given is None else split_secrets(given.get_secret_value())

    @property
    def hosts_of_payments(self) -> list[str]:
        """The hosts of Stripe's pages, beside its own."""
        return _names(self.payment_hosts)

    @property
    def refund_limits(self) -> RefundLimits:
        """How much one administrator may pay back alone."""
        return read_limits(self.refund_alone_up_to)

    @field_validator(
        "database_url",
        "smtp_url",
        "metrics_token",
        "meeting_tool_secret",
        "key_dir",
        "stripe_key",
        "stripe_worker_key",
        "stripe_catalogue_key",
        "stripe_webhook_secrets",
        "stripe_api_base",
    )
    @classmethod
    def _empty_is_absent(cls, value: object) -> object:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        return value if text and str(text) not in {"", "."} else None

    @field_validator("origin")
    @classmethod
    def _origin_has_no_path(cls, value: str) -> str:
        parts = urlsplit(value)
        if (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or parts.path not in {"", "/"}
        ):
            raise ValueError("must be http(s)://host[:port] without a path")
        return value.rstrip("/")

    @field_validator("payment_hosts")
    @classmethod
    def _hosts_are_names(cls, value: str) -> str:
        if not all(_HOST.fullmatch(each) for each in _names(value)):
            raise ValueError("must be names of hosts by commas, as in pay.example.org")
        return value

    @field_validator("refund_alone_up_to")
    @classmethod
    def _limits_can_be_read(cls, value: str) -> str:
        try:
            read_limits(value)
        except LimitUnreadable as refusal:
            raise ValueError(refusal.message) from None
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp_names_a_host(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parts = urlsplit(value.get_secret_value())
            if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
                raise ValueError("must be smtp://host[:port] or smtps://host[:port]")
        return value

    @model_validator(mode="after")
    def _keys_fit_the_house(self) -> Settings:
        given = {
            "PEERHOUR_STRIPE_KEY": self.stripe_key,
            "PEERHOUR_STRIPE_WORKER_KEY": self.stripe_worker_key,
            "PEERHOUR_STRIPE_CATALOGUE_KEY": self.stripe_catalogue_key,
        }
        faults = key_faults(
            {name: key.get_secret_value() for name, key in given.items() if key is not None},
            secrets=self.webhook_secrets,
            api_base=self.stripe_api_base,
            production=self.environment is Environment.PRODUCTION,
        )
        if self.stripe_key is not None and self.pool_size < _POOL_WITH_PAYMENTS:
            faults.append(f"PEERHOUR_POOL_SIZE is at least {_POOL_WITH_PAYMENTS} with payments")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @model_validator(mode="after")
    def _production_is_strict(self) -> Settings:
        if self.environment is Environment.PRODUCTION:
            wanted = {
                "DATABASE_URL": self.database_url is not None,
                "PEERHOUR_SMTP_URL": self.smtp_url is not None,
                "PEERHOUR_METRICS_TOKEN": self.metrics_token is not None,
                "PEERHOUR_ORIGIN (https)": self.origin.startswith("https://"),
            }
            missing = [name for name, there in wanted.items() if not there]
            if missing:
                raise ValueError(f"production needs {', '.join(missing)}")
        return self


def _names(text: str) -> list[str]:
    return [each.strip().lower() for each in text.split(",") if each.strip()]


def load_settings(**overrides: object) -> Settings:
    """Read the environment.

    Raises:
        SettingsUnusable: lists every setting that cannot be used, without its value.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        problems = [
            f"{_name(each['loc'])}: {each['msg'].removeprefix('Value error, ')}"
            for each in error.errors(include_url=False, include_input=False)
        ]
        raise SettingsUnusable(
            "These settings need another look:\n  " + "\n  ".join(problems), problems=problems
        ) from None


def _name(place: tuple[int | str, ...]) -> str:
    if not place:
        return "Together"
    name = str(place[0]).upper()
    return name if name == "DATABASE_URL" else f"PEERHOUR_{name}"
