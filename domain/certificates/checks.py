"""Checks of certificates: that somebody looked, and when; never who."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.base import AggregateCreated, Root


class CheckChannel(StrEnum):
    """By which way a certificate was looked up."""

    PAGE = "page"
    PROGRAM = "program"


class CertificateCheck(Root):
    """The first look at a certificate in one hour; the hour's others change nothing.

    Anybody who has a code may look as often as they like. One small stream for a certificate and
    an hour keeps what that writes bounded, and costs the certificate's own stream nothing.
    """

    TOPIC = "peerhour.certificate_check"

    class Noted(Root.Event, AggregateCreated):
        """Somebody looked at what stands under a certificate's code."""

        TOPIC = "peerhour.certificate_check.noted"
        certificate_id: UUID
        channel: CheckChannel

    def __init__(self, *, certificate_id: UUID, channel: CheckChannel) -> None:
        self.certificate_id = certificate_id
        self.channel = channel

    @classmethod
    def note(
        cls, check_id: UUID, *, certificate_id: UUID, channel: CheckChannel, at: datetime
    ) -> CertificateCheck:
        """Keep a look at a certificate.

        Args:
            check_id: derived by the caller from certificate and hour.
            certificate_id: which was looked at.
            channel: by which way.
            at: now.
        """
        return cls.begin(
            cls.Noted, stream_id=check_id, at=at, certificate_id=certificate_id, channel=channel
        )
