"""The composition root: the only place where infra meets the rest."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import msgspec
import structlog
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from litestar.di import Provide
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from domain.errors import NotFound
from domain.ports import Clock
from domain.recording import Outcome, OutcomeUnknown, StoreUnavailable
from infra import doctor, logs, migrate
from infra.attendance_files import parse_scheduled, read_attendance, to_json
from infra.attendance_files.text import MAX_BYTES
from infra.certificate_pdf import render
from infra.checkpoints import Checkpoints
from infra.database import UNREACHABLE, connect, connect_kwargs, open_pool
from infra.database_errors import DatabaseUnreachable
from infra.door_codes import RotatingCodes
from infra.embedded_postgres import EmbeddedPostgres
from infra.event_store.mapper import EventMapper
from infra.event_store.store import PostgresEventStore
from infra.keystore import KeyStore
from infra.log_signal import LogSignal, shown_changes
from infra.mail import ConsoleMailer, Mailer, SmtpMailer
from infra.paper_shelf import PaperShelf
from infra.payer_files.package import build
from infra.payer_files.verify import verify
from infra.projector import Projector, search_path
from infra.queues import Inbox, Outbox, WillNeverWork, effect_key, stuck, waiting
from infra.report_reader import ReportReader
from infra.rule_files import load_rules
from infra.settings import Environment, Settings, load_settings
from infra.system import SystemClock, SystemRandomness
from infra.tool_messages import ToolMessages
from infra.vault import PostgresVault
from infra.web_store import PostgresRateLimits, PostgresSessions, PostgresSignInLinks
from projections.audit_trail import project as audit_trail
from projections.certificate_register import project as certificate_register
from projections.claims_board import project as claims_board
from projections.people import project as people
from projections.people import queries as people_queries
from projections.roster import project as roster
from projections.roster import queries as roster_queries
from projections.schedule import project as schedule
from projections.transcript import project as transcript
from services import certificates, claims, credits, groups, meetings, members, providers, worker
from services.dispatch import Dispatcher, Handler
from services.effects import Outside, performers, sign_in_text
from services.house import House, LagRow, ReadReport, StuckRow
from services.meeting_tools import ZOOM, Tools, file_message, observe_messages
from services.process_runner import ProcessRunner
from services.processes import judge_meetings, settle_certificates
from services.web.app import WebApp, create_app
from services.web.hooks import HookController
from services.web.live import LiveHub
from services.web.ports import WebPorts
from services.web.routes import CONTROLLERS
from services.web.settings import WebSettings
from services.worker import Chores

log = structlog.get_logger()

PROJECTIONS: Final = (
    people,
    schedule,
    roster,
    transcript,
    certificate_register,
    claims_board,
    audit_trail,
)
PROCESSES: Final = (judge_meetings, settle_certificates)
_SHOWN_WITHIN: Final = 1.0  # seconds that a page waits for its own change
_DATABASE_WITHIN: Final = 60.0  # seconds that a start waits for the database
_FAR_BEHIND: Final = 10_000  # events
_LIVE_VIEWS: Final = ("view.roster", "view.schedule")


@dataclass(frozen=True, slots=True)
class Running:
    """A house with its lights on.

    Attributes:
        house: what web and command line use.
        chores: what the worker does.
        projector: for rebuilding and lag.
        pool: connections under which the views' tables are found.
        settings: as read from the environment.
        signal: wakes readers of the log.
        keystore: the keys of the people.
        embedded: the database server started here, if any.
    """

    house: House
    chores: Chores
    projector: Projector
    pool: asyncpg.Pool[Any]
    settings: Settings
    signal: LogSignal
    keystore: KeyStore
    embedded: EmbeddedPostgres | None


def start_process(**overrides: object) -> Settings:
    """Read the settings and set up logging, once for a process.

    Raises:
        SettingsUnusable: lists every problem.
    """
    settings = load_settings(**overrides)
    logs.configure(pretty=settings.environment is Environment.DEVELOPMENT)
    return settings


def handlers(
    rules: Sequence[Any], codes: RotatingCodes, randomness: SystemRandomness
) -> dict[type, Handler]:
    """Return the handler of every command."""
    return {
        members.RegisterMember: members.register_member,
        members.AddLicence: members.add_licence,
        members.EndLicence: members.end_licence,
        members.CorrectName: members.correct_name,
        members.GrantRole: members.grant_role,
        members.WithdrawRole: members.withdraw_role,
        members.TakeLeave: members.take_leave,
        members.ComeBack: members.come_back,
        members.ForgetMember: members.forget_member,
        providers.RegisterProvider: providers.register_provider,
        providers.RecordApproval: providers.record_approval,
        providers.WithdrawApproval: providers.withdraw_approval,
        providers.PublishProgram: providers.publish_program,
        providers.RetireProgram: providers.retire_program,
        groups.FormGroup: groups.form_group,
        groups.AdmitMember: groups.admit_member,
        groups.LeaveGroup: groups.leave_group,
        groups.RemoveMember: groups.remove_member,
        groups.NameFacilitator: groups.name_facilitator,
        groups.ChangeRhythm: groups.change_rhythm,
        meetings.ScheduleMeeting: meetings.schedule_meeting,
        meetings.OpenMeeting: meetings.open_meeting,
        meetings.CheckIn: meetings.check_in(codes),
        meetings.CheckOut: meetings.check_out,
        meetings.BeginTurn: meetings.begin_turn,
        meetings.EndTurn: meetings.end_turn,
        meetings.CloseMeeting: meetings.close_meeting,
        meetings.ObservePresence: meetings.observe_presence,
        meetings.MatchObservedPerson: meetings.match_observed_person,
        meetings.AttestPresence: meetings.attest_presence,
        meetings.GiveEvaluation: meetings.give_evaluation,
        meetings.CorrectPresence: meetings.correct_presence,
        meetings.VoidMeeting: meetings.void_meeting,
        meetings.PostponeMeeting: meetings.postpone_meeting,
        meetings.CancelMeeting: meetings.cancel_meeting,
        meetings.ChangeFacilitator: meetings.change_facilitator,
        credits.JudgeMeeting: credits.judge_meeting(rules),
        certificates.SettleCertificate: certificates.settle_certificate(rules, randomness),
        certificates.SealCertificate: certificates.seal_certificate,
        certificates.RevokeCertificate: certificates.revoke_certificate,
        claims.RegisterPayer: claims.register_payer,
        claims.EnrolMember: claims.enrol_member,
        claims.PrepareClaim: claims.prepare_claim,
        claims.StartExport: claims.start_export,
        claims.FinishExport: claims.finish_export,
        claims.DecideClaim: claims.decide_claim,
        claims.TakeBackLine: claims.take_back_line,
    }


@asynccontextmanager
async def open_house(
    settings: Settings,
    *,
    application_name: str,
    mailer: Mailer | None = None,
    migrating: bool = True,
    clock: Clock | None = None,
) -> AsyncIterator[Running]:
    """Put everything together; take it apart in order at the end.

    Args:
        settings: as read from the environment.
        application_name: told to PostgreSQL.
        mailer: instead of the one that the settings name.
        migrating: bring the database up to date first.
        clock: instead of this machine's, for stories and replays.
    """
    async with AsyncExitStack() as stack:
        address, embedded = await _database(stack, settings)
        if migrating:
            await _patiently(partial(_migrate, address))
        yield await _assemble(
            stack, settings, address, application_name, mailer, embedded, clock or SystemClock()
        )


async def _migrate(address: dict[str, Any]) -> list[str]:
    connection = await connect(address, application_name="peerhour migrate")
    try:
        return await migrate.apply(connection)
    finally:
        await connection.close()


async def _patiently(step: Callable[[], Awaitable[Any]]) -> None:
    """Wait for a database that is still starting, or starting again; then give up."""
    deadline = asyncio.get_running_loop().time() + _DATABASE_WITHIN
    while True:
        try:
            await step()
        except (*UNREACHABLE, DatabaseUnreachable) as error:
            if asyncio.get_running_loop().time() > deadline:
                raise
            log.warning("database.away", problem=type(error).__name__)
            await asyncio.sleep(1)
        else:
            return


async def _database(
    stack: AsyncExitStack, settings: Settings
) -> tuple[dict[str, Any], EmbeddedPostgres | None]:
    """Return where the database is; start the embedded one where no other is named."""
    if settings.database_url is not None:
        return connect_kwargs(settings.database_url.get_secret_value()), None
    embedded = EmbeddedPostgres(settings.data_dir / "postgres")
    stack.callback(embedded.stop)
    await asyncio.to_thread(embedded.start)
    return connect_kwargs(embedded), embedded


async def _assemble(
    stack: AsyncExitStack,
    settings: Settings,
    address: dict[str, Any],
    application_name: str,
    mailer: Mailer | None,
    embedded: EmbeddedPostgres | None,
    clock: Clock,
) -> Running:
    randomness = SystemRandomness()
    keystore = KeyStore(settings.keys)
    stack.callback(keystore.close)
    pool = await open_pool(
        _with_views(address), max_size=settings.pool_size, application_name=application_name
    )
    stack.push_async_callback(_close_pool, pool)
    store = PostgresEventStore(
        pool,
        partial(connect, address, application_name=f"{application_name} writer", for_store=True),
        EventMapper(keystore),
        clock,
    )
    store.writer.start()
    stack.push_async_callback(store.writer.stop)
    rules = load_rules()
    codes = RotatingCodes(keystore.secret("door-codes"))
    dispatch = Dispatcher(
        store, handlers(rules, codes, randomness), clock, keystore.secret("fingerprints")
    )
    signal = LogSignal(partial(connect, address, application_name=f"{application_name} signal"))
    dispatch.listeners.append(lambda _outcome: signal.ring())
    projector = Projector(pool, store.recorded, PROJECTIONS)
    await _patiently(projector.prepare)
    vault, shelf = PostgresVault(pool), PaperShelf(pool, keystore)
    tool_messages = ToolMessages(pool)
    inbox, outbox = Inbox(pool, clock), Outbox(pool, clock)
    letters = _Letters(keystore.secret("letters"))
    sessions = PostgresSessions(pool)
    outside = Outside(
        store=store,
        dispatch=dispatch,
        render=render,
        shelf=shelf,
        keys=keystore,
        also_known_as=partial(_also_known_as, pool),
        forgetful=(vault, shelf, tool_messages, _Sessions(sessions)),
        mailer=mailer or _mailer(settings),
        open_letter=letters.open,
        origin=settings.origin,
        give_up=WillNeverWork,
    )
    house = House(
        store=store,
        dispatch=dispatch,
        package=build,
        views=pool.acquire,
        shown=partial(_shown, projector),
        door_codes=codes,
        vault=vault,
        papers=shelf,
        reports=_Reports(ReportReader(keystore.secret("reports"), vault.person_with_mail)),
        desk=_Desk(pool, projector, inbox, outbox, Checkpoints(pool)),
        evidence_of=partial(_evidence, pool),
        clock=clock,
        randomness=randomness,
        origin=settings.origin,
        receive=inbox.receive,
        rule_names={rule.id: rule.name for rule in rules},
        meeting_tool_secret=_bytes(settings.meeting_tool_secret),
    )
    tools = Tools(house, tool_messages, outbox.add)
    runner = ProcessRunner(store, dispatch, Checkpoints(pool), PROCESSES)
    effects = {**performers(outside), "observe_messages": observe_messages(tools)}
    limits, links = PostgresRateLimits(pool), PostgresSignInLinks(pool)

    async def sweep() -> None:
        for each in (sessions, limits, links, tool_messages):
            await each.sweep(at=clock.now())

    chores = Chores(
        steps={
            **{each.NAME: partial(projector.advance, each) for each in PROJECTIONS},
            "processes": runner.advance_all,
            "outbox": partial(_work, outbox, effects),
            "inbox": partial(_work, inbox, {ZOOM: file_message(tools)}),
        },
        sweep=sweep,
        signal=signal,
    )
    return Running(house, chores, projector, pool, settings, signal, keystore, embedded)


def web_app(running: Running, hub: LiveHub, registry: CollectorRegistry) -> WebApp:
    """Return the web application of a running house; its figures go to *registry*."""
    settings, pool, house = running.settings, running.pool, running.house
    token = settings.metrics_token
    outbox = Outbox(pool, house.clock)
    letters = _Letters(running.keystore.secret("letters"))
    return create_app(
        settings=WebSettings(
            origin=settings.origin,
            secret=running.keystore.secret("web"),
            emergency_number=settings.emergency_number,
            metrics_token=None if token is None else token.get_secret_value(),
        ),
        ports=WebPorts(
            sessions=PostgresSessions(pool),
            links=PostgresSignInLinks(pool),
            limits=PostgresRateLimits(pool),
            people=_People(house),
            mail=_SignInMail(outbox, letters, running.signal),
            clock=house.clock,
            randomness=house.randomness,
        ),
        controllers=(*CONTROLLERS, HookController),
        dependencies={
            "house": Provide(lambda: house, sync_to_thread=False),
            "hub": Provide(lambda: hub, sync_to_thread=False),
        },
        checks={"database": partial(_check_database, pool), "views": partial(_check_lag, running)},
        registry=registry,
        unavailable=(*UNREACHABLE, OutcomeUnknown, StoreUnavailable),
    )


def live_feed(running: Running) -> AsyncIterator[tuple[UUID, int]]:
    """Return what the open pages hear about."""
    return shown_changes(running.pool, running.signal, _LIVE_VIEWS)


def _with_views(address: dict[str, Any]) -> dict[str, Any]:
    """Return how to connect so that the tables of every view are found."""
    session = dict(address.get("server_settings", {}))
    return address | {"server_settings": session | {"search_path": search_path(PROJECTIONS)}}


def _bytes(secret: SecretStr | None) -> bytes | None:
    return None if secret is None else secret.get_secret_value().encode()


def _mailer(settings: Settings) -> Mailer:
    if settings.smtp_url is None:
        return ConsoleMailer()
    return SmtpMailer(settings.smtp_url.get_secret_value(), settings.mail_from)


async def _close_pool(pool: asyncpg.Pool[Any]) -> None:
    try:
        async with asyncio.timeout(5):
            await pool.close()
    except TimeoutError:
        pool.terminate()


async def _shown(projector: Projector, outcome: Outcome, views: Sequence[str]) -> bool:
    return await projector.reached(views, outcome.position, _SHOWN_WITHIN)


async def _work(
    queue: Inbox | Outbox, effects: Mapping[str, Callable[[Any], Awaitable[None]]]
) -> int:
    return int(await queue.work_one(effects))


async def _also_known_as(pool: asyncpg.Pool[Any], member_id: UUID) -> list[UUID]:
    async with pool.acquire() as connection:
        return await roster_queries.observed_as(connection, member_id)


async def _evidence(pool: asyncpg.Pool[Any], stream_id: UUID, until: datetime) -> str:
    """Return a digest over the leaf hashes of a stream up to an instant, in order."""
    rows = await pool.fetch(
        "SELECT leaf_hash FROM events WHERE stream_id = $1 AND recorded_at <= $2"
        " ORDER BY stream_version",
        stream_id,
        until,
    )
    return hashlib.sha256(b"".join(row["leaf_hash"] for row in rows)).hexdigest()


async def _check_database(pool: asyncpg.Pool[Any]) -> None:
    async with asyncio.timeout(2):
        await pool.fetchval("SELECT position FROM log_head WHERE id = 1")


async def _check_lag(running: Running) -> None:
    """Fail while the views are so far behind that pages would mislead."""
    async with asyncio.timeout(2):
        behind = max((each.behind for each in await running.projector.lags()), default=0)
    if behind > _FAR_BEHIND:
        raise RuntimeError(f"a reader is {behind} events behind")


class _Letters:
    """Seals sign-in mail while it waits in the outbox: it holds an address and a way in."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, letter: Mapping[str, str]) -> str:
        nonce = SystemRandomness().token_bytes(12)
        return b64encode(
            nonce + self._cipher.encrypt(nonce, msgspec.json.encode(letter), None)
        ).decode()

    def open(self, sealed: str) -> Mapping[str, str]:
        raw = b64decode(sealed)
        return msgspec.json.decode(
            self._cipher.decrypt(raw[:12], raw[12:], None), type=dict[str, str]
        )


class _SignInMail:
    """Hands sign-in mail to the outbox, so that a slow server delays nobody's page."""

    def __init__(self, outbox: Outbox, letters: _Letters, signal: LogSignal) -> None:
        self._outbox = outbox
        self._letters = letters
        self._signal = signal

    async def send_sign_in(self, address: str, link: str, code: str) -> None:
        sealed = self._letters.seal({"address": address, "text": sign_in_text(link, code)})
        await self._outbox.add(uuid4(), "sign_in_mail", {"sealed": sealed})
        self._signal.ring()


class _People:
    """Who may come in (:class:`services.web.ports.People`)."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def person_by_email(self, address: str) -> UUID | None:
        return await self._house.vault.person_with_mail(address)

    async def is_administrator(self, person_id: UUID) -> bool:
        async with self._house.views() as connection:
            person = await people_queries.person(connection, person_id)
        return person is not None and person.administrator and not person.forgotten


class _Sessions:
    """Signs a forgotten person out everywhere."""

    def __init__(self, sessions: PostgresSessions) -> None:
        self._sessions = sessions

    async def forget(self, subject_id: UUID) -> None:
        await self._sessions.drop_of_person(subject_id)


class _Reports:
    """Reads reports (:class:`services.house.Reports`)."""

    def __init__(self, reader: ReportReader) -> None:
        self._reader = reader

    async def read(self, meeting_id: UUID, data: bytes, **how: Any) -> ReadReport:
        found = await self._reader.read(meeting_id, data, **how)
        return ReadReport(found.source, found.digest, found.people, found.questions)


class _Desk:
    """Stuck things (:class:`services.house.Desk`)."""

    def __init__(
        self,
        pool: asyncpg.Pool[Any],
        projector: Projector,
        inbox: Inbox,
        outbox: Outbox,
        checkpoints: Checkpoints,
    ) -> None:
        self._pool = pool
        self._projector = projector
        self._inbox = inbox
        self._outbox = outbox
        self._checkpoints = checkpoints

    async def stuck(self) -> list[StuckRow]:
        return [
            StuckRow(r.where, r.key, r.kind, r.problem, r.attempts, r.since)
            for r in await stuck(self._pool)
        ]

    async def waiting(self) -> dict[str, int]:
        return await waiting(self._pool)

    async def lags(self) -> list[LagRow]:
        return [LagRow(r.reader, r.position, r.behind) for r in await self._projector.lags()]

    async def revive(self, where: str, key: str) -> bool:
        if where == "outbox":
            with contextlib.suppress(ValueError):
                return await self._outbox.revive(effect_key(key))
            return False
        if where == "inbox":
            source, _, external_id = key.partition("/")
            return await self._inbox.revive((source, external_id))
        reader, _, position = key.rpartition("/")
        if where == "reader" and position.isdigit() and len(position) < 19:  # noqa: PLR2004  bigint
            await self._checkpoints.solve(reader, int(position))
            return True
        return False


async def drain(running: Running) -> None:
    """Do all background work there is to do now."""
    await worker.drain(running.chores)


def without_worker(running: Running) -> House:
    """Return the house for a process without a worker: it keeps the views up to date itself."""

    async def shown(_outcome: Outcome, _views: Sequence[str]) -> bool:
        await drain(running)
        return True

    return replace(running.house, shown=shown)


async def migrate_database(settings: Settings) -> list[str]:
    """Bring the database up to date; return the names of what was applied."""
    async with AsyncExitStack() as stack:
        address, _ = await _database(stack, settings)
        return await _migrate(address)


async def examine(settings: Settings) -> list[dict[str, str]]:
    """Return the doctor's findings, plain."""
    async with AsyncExitStack() as stack:
        address, embedded = await _database(stack, settings)
        findings = await doctor.examine(
            address,
            now=SystemClock().now(),
            folder=settings.data_dir,
            binaries=None if embedded is None else embedded.binaries(),
        )
    return [
        {"level": str(each.level), "name": each.name, "sentence": each.sentence}
        for each in findings
    ]


def read_report(
    file: Path, *, zone: str | None, date_order: Any, scheduled: str | None
) -> dict[str, Any]:
    """Read a meeting tool's report without a database; see ``docs/attendance_files.md``.

    Raises:
        AttendanceFileError, InvalidFields: names line and reason.
    """
    window = None if scheduled is None else parse_scheduled(scheduled, zone=zone)
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise NotFound(f"{file} cannot be read: {error.strerror}.") from None
    return to_json(
        read_attendance(data, name=file.name, zone=zone, date_order=date_order, scheduled=window)
    )


def verify_payer_package(files: Mapping[str, bytes]) -> list[Any]:
    """Return what is wrong with a payer's package."""
    return verify(files)


def demo_mailer(folder: Path | None) -> Mailer:
    """Return a mailer that prints, and also writes files if told where."""
    return ConsoleMailer(folder=folder)


def settings_table() -> list[tuple[str, str, str]]:
    """Return (variable, default, description) of every setting."""
    return [
        (
            str(field.validation_alias or f"PEERHOUR_{name.upper()}"),
            "none" if field.default is None else f"`{field.default}`",
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]


async def link_room(running: Running, room: str, group_id: UUID) -> None:
    """Say which group meets in a room of the meeting tool."""
    await ToolMessages(running.pool).link(ZOOM, room, group_id)
