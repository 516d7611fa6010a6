"""Who reads the log: every view, and every process manager."""

from __future__ import annotations

from typing import Any, Final

from infra.projector import search_path
from projections.audit_trail import project as audit_trail
from projections.billing_desk import project as billing_desk
from projections.certificate_checks import project as certificate_checks
from projections.certificate_register import project as certificate_register
from projections.claims_board import project as claims_board
from projections.holdings import project as holdings
from projections.memberships import project as memberships
from projections.offers import project as offers
from projections.outside_credits import project as outside_credits_view
from projections.patrons import project as patrons
from projections.people import project as people
from projections.roster import project as roster
from projections.schedule import project as schedule
from projections.transcript import project as transcript
from services.processes import (
    drop_regrets,
    end_dues,
    forget_late_names,
    judge_meetings,
    judge_members,
    judge_series,
    keep_one_leave,
    leave_groups,
    note_access,
    settle_certificates,
    take_words_back,
    tell_of_changes,
    write_letters,
)

PROJECTIONS: Final = (
    people,
    schedule,
    roster,
    transcript,
    outside_credits_view,
    certificate_register,
    certificate_checks,
    offers,
    claims_board,
    memberships,
    holdings,
    patrons,
    billing_desk,
    audit_trail,
)
PROCESSES: Final = (
    judge_meetings,
    judge_members,
    judge_series,
    settle_certificates,
    forget_late_names,
    leave_groups,
    take_words_back,
    drop_regrets,
    tell_of_changes,
    end_dues,
    keep_one_leave,
    note_access,
    write_letters,
)


def with_views(address: dict[str, Any]) -> dict[str, Any]:
    """Return how to connect so that the tables of every view are found."""
    session = dict(address.get("server_settings", {}))
    return address | {"server_settings": session | {"search_path": search_path(PROJECTIONS)}}
