"""A visit: somebody on the pages of one thing, and how its forms act: do it, or say why not."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar
from uuid import UUID

from litestar import Response
from litestar.response import Redirect

from services.dispatch import Order
from services.house import House
from services.web.forms.orders import Asking, Refused, attempt, give, order_from_form, require_fresh
from services.web.subjects import subject_page

V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageVisit(ABC, Generic[V]):
    """Somebody on the pages of a group or a meeting.

    Attributes:
        person_id: who asks.
        view: what they came to see, as they see it.
    """

    VIEWS: ClassVar[tuple[str, ...]]
    """What has to have seen an order before its page is shown."""

    request: Asking
    house: House
    person_id: UUID
    view: V

    @property
    @abstractmethod
    def stream_id(self) -> UUID:
        """What the visit is about."""

    @abstractmethod
    async def once_more(self) -> Self:
        """Look again, as things stand now."""

    @abstractmethod
    async def show(self, *, status: int = 200, refused: Refused | None = None) -> Response[str]:
        """Answer with the first of its pages."""

    async def page(
        self, template: str, *, status: int = 200, refused: Refused | None = None, **values: Any
    ) -> Response[str]:
        """Answer with a page about it.

        Args:
            template: file name.
            status: HTTP status, unless a rule said no.
            refused: why nothing was done.
            values: what the template shows besides.
        """
        return await subject_page(
            self.request,
            template,
            status=refused.status if refused else status,
            headers=refused.headers if refused else None,
            here="groups",
            view=self.view,
            problem=refused.sentence if refused else "",
            **values,
        )

    async def order(self) -> Order:
        """Return the order that the form of this request gives."""
        return order_from_form(self.request, await self.request.form(), self.person_id)

    async def act(
        self,
        command: object,
        back: str,
        *,
        seen: str | None = None,
        again: Callable[[Self, Refused], Awaitable[Response[str]]] | None = None,
    ) -> Response[Any]:
        """Give the command of a form, then go where it leads.

        Args:
            command: what the form orders.
            back: where to go once it is done.
            seen: what the form's page must have shown, if the form says what it did show.
            again: what to answer if a rule says no; the first page by default.

        Returns:
            A redirect; or the page as it stands now, with the reason why nothing was done.
        """
        refused = await attempt(self._give(command, await self.order(), seen))
        if refused is None:
            return Redirect(back, status_code=303)
        now = await self.once_more()
        return await (again(now, refused) if again else now.show(refused=refused))

    async def may_try(self, command: object, order: Order) -> None:
        """Refuse what is tried too often; most orders are not limited."""

    async def _give(self, command: object, order: Order, seen: str | None) -> None:
        if seen is not None:
            sent = await self.request.form()
            async with self.house.views() as conn:
                await require_fresh(conn, sent, seen, stream_id=self.stream_id, order=order)
        await self.may_try(command, order)
        await give(self.house, command, order, *self.VIEWS)
