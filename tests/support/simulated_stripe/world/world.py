"""The simulated account: every object by its id, what nobody sees of it, and its time.

Objects are kept in the shape in which they are answered, with ids for other objects. Everything
here runs in one thread between two awaits, which is the one lock: no request sees half of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import Any

from tests.support.simulated_stripe.refusals import not_found
from tests.support.simulated_stripe.schema.shapes import complete
from tests.support.simulated_stripe.world.copies import twin
from tests.support.simulated_stripe.world.journal import Journal
from tests.support.simulated_stripe.world.names import Names
from tests.support.simulated_stripe.world.settings import Settings

Json = dict[str, Any]

CLOCK = "test_helpers.test_clock"


class World:
    """All that one simulated Stripe account knows.

    Args:
        clock: the time of the server, an aware UTC datetime.
        seed: the same seed makes the same ids and the same chaos.
        address: where the server is reached: the beginning of every page's address.
    """

    def __init__(self, *, clock: Callable[[], datetime], seed: int, address: str) -> None:
        self.random = Random(seed)  # noqa: S311 -- repeatable, and it guards nothing
        self.names = Names(self.random)
        self.settings = Settings()
        self.address = address
        self.objects: dict[str, dict[str, Json]] = {}
        self.notes: dict[str, Json] = {}
        self.journal = Journal(self)
        self._clock = clock
        self._ahead = 0
        self._moment: int | None = None
        self.account = self.create("account", country="DE", default_currency="eur")

    def now(self, test_clock: str | None = None) -> int:
        """Seconds since 1970, of a test clock or of the server."""
        if test_clock:
            return int(self.objects[CLOCK][test_clock]["frozen_time"])
        if self._moment is not None:
            return self._moment
        return int(self._clock().timestamp()) + self._ahead

    def sends_at(self) -> int:
        """When a webhook is signed: always by the real clock, as its receiver checks its age."""
        return int(self._clock().timestamp())

    def begin(self, *, behind: int) -> None:
        """Empties the account, but for where its webhooks go; its time is *behind* the clock's."""
        places = self.objects.get("webhook_endpoint", {})
        whole = {"account": self.objects["account"], "webhook_endpoint": places}
        self.objects = {tag: kind for tag, kind in whole.items() if kind}
        self.notes = {key: note for key, note in self.notes.items() if key in places}
        self.journal.last_seen.clear()
        self._ahead = -behind

    def go_ahead(self, seconds: int) -> None:
        """Moves the server's own time, for everything that hangs on no test clock."""
        self._ahead += seconds

    @contextmanager
    def standing_at(self, moment: int) -> Iterator[None]:
        """While what was due at *moment* is done, the server's time is that moment."""
        before, self._moment = self._moment, moment
        try:
            yield
        finally:
            self._moment = before

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """What happens inside is forgotten afterwards, and no event tells of it.

        Inside, everything is a copy: look objects up by their ids there.
        """
        before = self.objects, self.notes
        copied = {tag: kind for tag, kind in self.objects.items() if tag != "event"}
        self.objects, self.notes = twin([copied, self.notes], {})
        try:
            with self.journal.silence():
                yield
        finally:
            self.objects, self.notes = before

    def create(self, tag: str, **stated: Any) -> Json:
        """A new object, stored: *stated* and, for the rest, null as at Stripe."""
        key = stated.pop("id", None) or self.names.id_of(tag)
        dated = "created" not in stated and tag not in {"line_item", "discount", "account"}
        if dated and tag not in {"item", "invoiceitem", "credit_note_line_item"}:
            stated["created"] = self.now(stated.get("test_clock"))
        whole = complete(tag, {"id": key} | stated)
        self.objects.setdefault(tag, {})[key] = whole
        return whole

    def find(self, tag: str, key: str, *, param: str | None = None) -> Json:
        """The object of that id.

        Args:
            tag: Stripe's name of its kind.
            key: its id.
            param: the parameter that named it; None when the path did.

        Raises:
            Refusal: nobody has that id.
        """
        found = self.objects.get(tag, {}).get(key)
        if found is None:
            word = tag.rsplit(".", 1)[-1]
            raise not_found(word, key, param=param or "id", status=400 if param else 404)
        return found

    def every(self, tag: str, **equal: Any) -> list[Json]:
        """All objects of a kind, oldest first, whose fields equal what is given (None: any)."""
        wanted = {name: value for name, value in equal.items() if value is not None}
        return [
            each
            for each in self.objects.get(tag, {}).values()
            if all(each.get(name) == value for name, value in wanted.items())
        ]

    def anything(self, key: str) -> Json | None:
        """The object of that id, of whatever kind."""
        return next((kind[key] for kind in self.objects.values() if key in kind), None)

    def forget(self, tag: str, key: str) -> Json:
        """Deletes an object; what Stripe answers then."""
        self.find(tag, key)
        del self.objects[tag][key]
        return {"id": key, "object": tag, "deleted": True}

    def note(self, key: str) -> Json:
        """What the simulation knows about an object and Stripe would not show."""
        return self.notes.setdefault(key, {})

    def page(self, path: str) -> str:
        """The address of a page of the simulation."""
        return f"{self.address}{path}"


def listing(data: list[Json], url: str, *, has_more: bool = False) -> Json:
    """A list object."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}
