"""Figures for Prometheus: the log's length, who is behind, what waits, is stuck, or differs."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from prometheus_client import CollectorRegistry, Gauge

from services.house import House
from services.payments.figures import money_figures

log = structlog.get_logger()

_EVERY: Final = 10.0  # seconds


class Gauges:
    """Gauges that are read anew from time to time.

    Args:
        registry: where the process gathers its figures.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._head = Gauge("peerhour_log_position", "Events in the log.", registry=registry)
        self._behind = Gauge(
            "peerhour_reader_behind_events", "Events not read yet.", ["reader"], registry=registry
        )
        self._waiting = Gauge(
            "peerhour_queue_waiting", "Pieces that wait.", ["queue"], registry=registry
        )
        self._stuck = Gauge("peerhour_stuck", "Things that need a person.", registry=registry)
        self._drift = Gauge(
            "peerhour_billing_drift",
            "Differences from the payment service's record that are not healed.",
            registry=registry,
        )
        self._order = Gauge(
            "peerhour_billing_oldest_order_seconds",
            "For how long the oldest order to the payment service waits; 0 if none does.",
            registry=registry,
        )
        self._message = Gauge(
            "peerhour_billing_oldest_message_seconds",
            "For how long the payment service's oldest message waits; 0 if none does.",
            registry=registry,
        )
        self._dead = Gauge(
            "peerhour_billing_dead_letters",
            "Orders to the payment service, its messages and their replays that need a person.",
            registry=registry,
        )
        self._read = Gauge(
            "peerhour_billing_events_read_timestamp_seconds",
            "Until when the payment service's events were read; 0 if they never were.",
            registry=registry,
        )

    async def refresh(self, house: House) -> None:
        """Read the figures once."""
        self._head.set(await house.store.head())
        for lag in await house.desk.lags():
            self._behind.labels(lag.reader).set(lag.behind)
        for queue, many in (await house.desk.waiting()).items():
            self._waiting.labels(queue).set(many)
        self._stuck.set(len(await house.desk.stuck()))
        money = await money_figures(house)
        if money is not None:
            self._drift.set(money.drift)
            self._order.set(money.oldest_order.total_seconds())
            self._message.set(money.oldest_message.total_seconds())
            self._dead.set(money.stuck)
            self._read.set(0 if money.events_read is None else money.events_read.timestamp())

    async def keep(self, house: House) -> None:
        """Read the figures again and again until cancelled."""
        while True:
            try:
                await self.refresh(house)
            except Exception as error:  # noqa: BLE001  figures never stop the house
                log.warning("gauges.trouble", problem=type(error).__name__)
            await asyncio.sleep(_EVERY)
