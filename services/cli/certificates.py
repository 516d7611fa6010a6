"""``peerhour certificate …``: revoking a certificate from a terminal."""

from __future__ import annotations

from uuid import UUID, uuid4

import click

from domain.certificates import verification_code as codes
from domain.certificates.certificate import RevocationReason
from domain.errors import NotFound
from services.cli.loop import asynchronous


@click.group()
def certificate() -> None:
    """Certificates."""


@certificate.command("revoke")
@click.argument("code")
@click.option(
    "--reason", type=click.Choice([each.value for each in RevocationReason]), required=True
)
@click.option("--by", type=click.UUID, required=True, help="Id of the administrator who decides.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@asynchronous
async def revoke(code: str, reason: str, by: UUID, *, yes: bool) -> None:
    """Revoke the certificate with a verification CODE, in public and for ever."""
    from projections.certificate_register import queries as register
    from projections.claims_board import queries as board
    from services import bootstrap
    from services.certificates.issuing import RevokeCertificate
    from services.dispatch import Order

    stored = codes.normalise(code)
    if not yes:
        click.confirm("Whoever checks it reads why. This cannot be undone. Go on?", abort=True)
    settings = bootstrap.start_process()
    async with bootstrap.open_house(settings, application_name="peerhour certificate") as running:
        await bootstrap.drain(running)
        async with running.house.views() as connection:
            row = await register.by_code(connection, stored)
            if row is None:
                raise NotFound("There is no such certificate.")
            claims = await board.resting_on(
                connection, row.certificate_id, member_id=row.member_id, starts_at=row.starts_at
            )
        command = RevokeCertificate(
            certificate_id=row.certificate_id, reason=RevocationReason(reason), by=by
        )
        await running.house.dispatch(command, Order(command_id=uuid4(), actor_id=by))
        await bootstrap.drain(running)
    click.echo("Revoked.")
    for claim in claims:
        click.echo(f"  Claim {claim.claim_number} rests on it: take its line back.")
