"""For administrators: the runs in which claims go to payers, the next one, and their files."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.claims.payers import Payer
from domain.errors import DomainError, NotAllowed, NotFound
from projections.claims_board import queries as board
from projections.claims_board import run_queries
from projections.claims_board.run_queries import RunRow
from services.claims import exports, runs
from services.claims.exports import Export
from services.dispatch import Work
from services.house import House
from services.web.edge.problems import to_problem
from services.web.edge.refusals import LaterPlease
from services.web.forms.orders import Asking, order_from_form
from services.web.forms.reading import Filled
from services.web.pages.admin.claim_forms import period_form, read_period
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, names_of, subject_page, zone_of_reader

_MOST_RUNS: Final = 1_000_000  # a number beyond is nobody's, and would not fit the view's column
_KINDS: Final = {".csv": "text/csv; charset=utf-8", ".json": "application/json"}


class ClaimRunController(Controller):
    """``/admin/claims/runs``."""

    path = "/admin/claims/runs"
    guards = (administrator,)

    @get()
    async def index(self, request: Asking, house: TheHouse) -> Response[str]:
        """List the runs there were, by payer, and ask for the next one."""
        return await _index_page(request, house)

    @post()
    async def make(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Make the next run: prepare what is new, pack it, and record it as sent."""
        sent = await request.form()
        async with house.views() as conn:
            payers = await board.payers(conn)
        form = read_period(payers, sent)
        if not form.ok:
            return await _index_page(request, house, form, status=400)
        what = form["payer_id"], form["first"], form["last"]
        try:
            await runs.make_ready(house, *what, order=order_from_form(request, sent, person_id))
            made = await exports.export(house, *what, by=person_id)
        except (NotFound, NotAllowed, LaterPlease):
            raise
        except DomainError as refusal:
            form = form.with_errors({"payer_id": refusal.message})
            return await _index_page(request, house, form, status=to_problem(refusal).status)
        done = "run_again" if made.again else "run_made"
        return Redirect(f"{_address(what[0], made.run_number)}?done={done}", status_code=303)

    @get("/{payer_id:uuid}/{run_number:int}")
    async def show(
        self,
        request: Asking,
        payer_id: FromPath[UUID],
        run_number: FromPath[int],
        house: TheHouse,
    ) -> Response[str]:
        """Show a run: what it holds, what was answered, and its files."""
        run = await _run(house, payer_id, run_number)
        payer = await Work(house.store, uuid4()).load(Payer, payer_id)
        async with house.views() as conn:
            held = await run_queries.in_run(conn, payer_id, run_number)
            names = await names_of(conn, [run.made_by] if run.made_by else [])
        return await subject_page(
            request,
            "admin/claim_run.html",
            here="you",
            run=run,
            zone=await zone_of_reader(request, house),
            payer=payer.name,
            held=held,
            made_by="" if run.made_by is None else names[run.made_by],
            package=_package(run_number),
            digests=_digests(payer, run_number),
            base=_address(payer_id, run_number),
        )

    @get("/{payer_id:uuid}/{run_number:int}/{name:str}")
    async def download(
        self,
        payer_id: FromPath[UUID],
        run_number: FromPath[int],
        name: FromPath[str],
        house: TheHouse,
    ) -> Response[bytes]:
        """Hand out a file of a run, with the bytes that went to the payer.

        Raises:
            NotFound: the run has no such file.
        """
        await _run(house, payer_id, run_number)
        payer = await Work(house.store, uuid4()).load(Payer, payer_id)
        if name not in {_package(run_number), *_digests(payer, run_number)}:
            raise NotFound("This run has no such file.")
        told: Export = await runs.tell_run(house, payer_id, run_number)
        content = told.files.get(name)
        if content is None:
            content = house.zip_package(told.files)
        return Response(
            content,
            media_type=_KINDS.get(f".{name.rpartition('.')[2]}", "application/zip"),
            headers={
                "Cache-Control": "no-store",
                "Content-Disposition": f'attachment; filename="{name}"',
            },
        )


def _address(payer_id: UUID, run_number: int) -> str:
    return f"/admin/claims/runs/{payer_id}/{run_number}"


def _package(run_number: int) -> str:
    """Return what the whole run is called as one file, as at the terminal."""
    return f"run-{run_number:05}.zip"


def _digests(payer: Payer, run_number: int) -> dict[str, str]:
    """Return a run's files by name, with the digests that were recorded when it was sent."""
    made = (each for each in payer.exports.values() if each.run_number == run_number)
    return next((each.sha256s or {} for each in made), {})


async def _run(house: House, payer_id: UUID, run_number: int) -> RunRow:
    """Return a run.

    Raises:
        NotFound: there is none of this number.
    """
    found = None
    if 1 <= run_number <= _MOST_RUNS:
        async with house.views() as conn:
            found = await run_queries.run_to(conn, payer_id, run_number)
    if found is None:
        raise NotFound("There is no such run.")
    return found


async def _index_page(
    request: Asking, house: House, form: Filled | None = None, *, status: int = 200
) -> Response[str]:
    async with house.views() as conn:
        payers = await board.payers(conn)
        boards = [(each, await run_queries.runs_to(conn, each.payer_id)) for each in payers]
    return await subject_page(
        request,
        "admin/claim_runs.html",
        status=status,
        here="you",
        boards=boards,
        zone=await zone_of_reader(request, house),
        form=form or period_form(payers).blank(),
    )
