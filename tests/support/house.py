"""Houses for tests: a small one in memory, and a real one on a real database.

Both are put together by the composition root's own parts and run on a clock that the test sets.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from domain.payments.files import OrderRow
from domain.payments.orders import decoded
from domain.recording import Effect
from domain.rules.book import RuleBook
from infra.database import ConnectKwargs
from infra.door_codes import RotatingCodes
from infra.rule_files import load_rules
from infra.settings import Settings, load_settings
from infra.system import SystemRandomness
from services import bootstrap
from services.bootstrap import Running
from services.dispatch import Dispatcher
from services.house import House
from services.process_runner import ProcessRunner
from tests.support.fakes import FixedClock, InMemoryCheckpoints, InMemoryEventStore
from tests.support.story import Story

ORIGIN = "https://peerhour.example"


@dataclass
class Outbox:
    """Remembers mail instead of sending it."""

    sent: list[tuple[str, str, str]] = field(default_factory=list)

    async def send(self, address: str, subject: str, text: str) -> None:
        self.sent.append((address, subject, text))


class SmallHouse(Story):
    """Every handler and every process on a store in memory."""

    def __init__(
        self, rules: Callable[[], RuleBook] = load_rules, *, takes_dues: bool = False
    ) -> None:
        clock, codes = FixedClock(), RotatingCodes(b"door" * 8)
        self.memory = InMemoryEventStore(clock)
        self.checkpoints = InMemoryCheckpoints()
        handlers = bootstrap.handlers(
            rules, codes, SystemRandomness(), takes_dues=takes_dues, orders=self._order
        )
        dispatch = Dispatcher(self.memory, handlers, clock, b"fingerprints", patience=-1)
        super().__init__(dispatch, self.memory, clock, codes)
        self._runner = ProcessRunner(self.memory, dispatch, self.checkpoints, bootstrap.PROCESSES)

    async def settle(self) -> None:
        """Let the processes do everything there is to do."""
        while await self._runner.advance_all():
            pass

    async def settle_again(self) -> None:
        """Let the processes see the whole log once more."""
        self.checkpoints.positions.clear()
        await self.settle()

    def effects(self, kind: str) -> list[Effect]:
        return [each for each in self.memory.effects.values() if each.kind == kind]

    async def _order(self, effect_id: UUID) -> OrderRow | None:
        """Return an order to the payment service as a queue shows one that nobody carries out."""
        effect = self.memory.effects.get(effect_id)
        if effect is None or effect.kind != "payment_order":
            return None
        return OrderRow(
            effect_id=effect_id,
            order=decoded(effect.payload),
            stuck=not any(
                each.payload["key"] == str(effect_id) for each in self.effects("try_again")
            ),
            tries=1,
            problem=None,
            request_id=None,
            since=self.clock.now(),
            next_at=None,
        )

    def refusals(self) -> list[str]:
        """Return the codes of what processes were refused."""
        return [each.problem for each in self.checkpoints.failures.values() if not each.solved]


@dataclass
class RealHouse:
    """A house on PostgreSQL; its views keep up with every wait for them."""

    running: Running
    house: House
    clock: FixedClock
    mail: Outbox

    def story(self, name: str) -> Story:
        house = self.house
        return Story(house.dispatch, house.store, self.clock, house.door_codes, name)

    async def drain(self) -> None:
        """Do all background work there is to do now."""
        await bootstrap.drain(self.running)

    async def fetch(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.running.pool.fetch(sql, *values)]


@asynccontextmanager
async def open_real_house(
    database: ConnectKwargs,
    folder: Path,
    clock: FixedClock | None = None,
    *,
    takes_dues: bool | None = None,
    **overrides: object,
) -> AsyncIterator[RealHouse]:
    """Open a house on a migrated database, its keys in a folder of the test's own.

    Args:
        database: migrated.
        folder: of the test's own.
        clock: of the house; one that stands still if not given.
        takes_dues: whether it does, also without a payment service.
        overrides: further settings.
    """
    clock, mail = clock or FixedClock(), Outbox()
    async with bootstrap.open_house(
        settings_for(database, folder, **overrides),
        application_name="peerhour tests",
        mailer=mail,
        migrating=False,
        clock=clock,
        takes_dues=takes_dues,
    ) as running:
        yield RealHouse(running, bootstrap.without_worker(running), clock, mail)


def settings_for(database: ConnectKwargs, folder: Path, **overrides: object) -> Settings:
    values: dict[str, object] = {"data_dir": folder, "origin": ORIGIN, "pool_size": 4} | overrides
    return load_settings(DATABASE_URL=database_url(database), **values)


def database_url(database: ConnectKwargs) -> str:
    """Return how ``DATABASE_URL`` names a database."""
    account = ":".join(
        quote(str(database[name]), safe="") for name in ("user", "password") if name in database
    )
    query = urlencode({"host": database["host"]})
    port = f":{database['port']}" if "port" in database else ""
    return f"postgresql://{account}@{port}/{database['database']}?{query}"
