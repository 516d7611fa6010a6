"""Keeps that somebody looked at a certificate, so that its holder may see it; never who."""

from __future__ import annotations

from uuid import uuid5

import structlog

from domain.certificates.checks import CheckChannel
from domain.errors import DomainError
from domain.recording import OutcomeUnknown, StoreUnavailable
from projections.certificate_checks import queries as checks
from projections.certificate_register.queries import CertificateRow
from services.certificates.checks import NoteCheck, check_id_of
from services.dispatch import Order
from services.house import House
from services.web.context import web_of
from services.web.edge.faults import describe
from services.web.forms.orders import Asking

_log = structlog.get_logger("peerhour.web")


async def keep_check(
    request: Asking, house: House, row: CertificateRow, channel: CheckChannel
) -> None:
    """Note a look at a certificate, once an hour; its holder's own looks are nobody's news.

    Whoever looks is answered in any case: what cannot be noted is written to the log and let go.
    """
    session = await web_of(request).sessions.current(request)
    if session is not None and session.person_id == row.member_id:
        return
    check_id = check_id_of(row.certificate_id, house.clock.now())
    async with house.views() as conn:
        newest = await checks.of_certificate(conn, row.certificate_id, 1)
    if newest and check_id_of(row.certificate_id, newest[0].checked_at) == check_id:
        return
    # The id is the hour's own: two who look at once, or before the view knows, are one command.
    order = Order(command_id=uuid5(check_id, channel.value))
    try:
        await house.dispatch(NoteCheck(certificate_id=row.certificate_id, channel=channel), order)
    except (DomainError, OutcomeUnknown, StoreUnavailable) as error:
        _log.warning("web.check_not_noted", **describe(error))
