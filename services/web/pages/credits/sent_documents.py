"""Forms that bring a document along: it is kept first, then the order that names it is given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid5

from litestar.datastructures import FormMultiDict, UploadFile

from domain.errors import DomainError, NotAllowed, NotFound
from domain.evidence.documents import LARGEST_DOCUMENT, Document, document_of
from services.credits.outside import keep_document
from services.dispatch import Order
from services.house import House
from services.web.context import web_of
from services.web.edge.refusals import LaterPlease, TooManyDocuments
from services.web.edge.requests import close_uploads
from services.web.edge.throttles import Throttle, take_turn
from services.web.forms.orders import Asking, give, order_from_form, was_given

VIEW: Final = "outside_credits"
DOCUMENTS: Final = Throttle("outside_credit.document", 60, timedelta(days=1), TooManyDocuments)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A form that came, perhaps with a document.

    Attributes:
        sent: the answers.
        content: the document's bytes.
        order: what the form gives; the same form with another document gives another.
        person_id: who sent it.
    """

    sent: FormMultiDict
    content: bytes | None
    order: Order
    person_id: UUID


async def arrived_with(request: Asking, person_id: UUID) -> Arrived:
    """Read a form and the document that came with it."""
    sent = await request.form()
    try:
        content = await _document(sent)
    finally:
        await close_uploads(sent)
    digest = "" if content is None else hashlib.sha256(content).hexdigest()
    order = order_from_form(request, sent, person_id, file=digest)
    return Arrived(sent, content, order, person_id)


async def give_with_document(
    request: Asking,
    house: House,
    arrived: Arrived,
    command: Callable[[Document | None], object],
    *,
    kept: Document | None,
) -> DomainError | None:
    """Keep the document that came, then give the command that names it.

    Args:
        request: the request.
        house: the house.
        arrived: the form.
        command: makes the command.
        kept: the document that stays where none came.

    Returns:
        The refusal, if the same person can mend it in the form; ``None`` once it is done.

    Raises:
        NotFound, NotAllowed, LaterPlease: nothing in the form would help.
    """
    order, content = arrived.order, arrived.content
    try:
        document = kept
        if content is not None:
            document = document_of(uuid5(order.command_id, "document"), content)
            if not await was_given(house, command(document), order):
                web = web_of(request)
                await take_turn(DOCUMENTS, str(arrived.person_id), web.ports, web.settings)
                await keep_document(house.documents, document, arrived.person_id, content)
        await give(house, command(document), order, VIEW)
    except (NotFound, NotAllowed, LaterPlease):
        raise
    except DomainError as refusal:
        return refusal
    return None


async def _document(sent: FormMultiDict) -> bytes | None:
    """Return the bytes of the document that came; ``None`` where none was chosen.

    At most one byte more is read than we keep. What the file is called is never looked at.
    """
    for file in sent.getall("document", []):
        if isinstance(file, UploadFile):
            content: bytes = await file.read(LARGEST_DOCUMENT + 1)
            return content if content or file.filename else None
    return None
