"""Commands about checks of certificates, so that members may see that somebody looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from domain.certificates.certificate import Certificate
from domain.certificates.checks import CertificateCheck, CheckChannel
from domain.ports import Clock
from services.dispatch import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCheck:
    """Keep that somebody looked at a certificate; nothing about who."""

    certificate_id: UUID
    channel: CheckChannel


def check_id_of(certificate_id: UUID, at: datetime) -> UUID:
    """Return the id that all looks at a certificate within one hour (UTC) share."""
    return uuid5(certificate_id, f"check:{at:%Y-%m-%dT%H}")


async def note_check(cmd: NoteCheck, *, work: Work, clock: Clock) -> None:
    """Keep the first look of each hour."""
    now = clock.now()
    check_id = check_id_of(cmd.certificate_id, now)
    if await work.find(CertificateCheck, check_id) is not None:
        return
    await work.load(Certificate, cmd.certificate_id)
    work.save(
        CertificateCheck.note(
            check_id, certificate_id=cmd.certificate_id, channel=cmd.channel, at=now
        )
    )
