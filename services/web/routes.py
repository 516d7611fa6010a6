"""Every controller of the subjects: pages, and the JSON API under ``/api/v1``.

``services/bootstrap/`` gives them to :func:`services.web.app.create_app` with what they ask for:
``house`` (:class:`services.house.House`) and ``hub`` (:class:`services.web.live.LiveHub`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from litestar import Router
from litestar.di import NamedDependency, Provide

from services.dispatch import Order
from services.web.api.groups import CorridorApi, GroupApi
from services.web.api.meetings import MeetingApi
from services.web.api.members import MemberApi
from services.web.api.plans import MeetingPlanApi
from services.web.api.verifications import VerificationApi
from services.web.forms.orders import Asking, order_from_header
from services.web.pages.admin.admin import AdminController
from services.web.pages.admin.administrators import AdministratorController
from services.web.pages.admin.approvals import ApprovalController
from services.web.pages.admin.claim_answers import ClaimAnswerController
from services.web.pages.admin.claim_runs import ClaimRunController
from services.web.pages.admin.claims import ClaimController
from services.web.pages.admin.entries import EntryController
from services.web.pages.admin.practices import AdminPracticeController
from services.web.pages.admin.programs import ProgramController
from services.web.pages.admin.provider_corrections import ProviderCorrectionController
from services.web.pages.admin.providers import ProviderController
from services.web.pages.admin.revocations import RevocationController
from services.web.pages.admin.stuck import StuckController
from services.web.pages.billing.account import BillingAccountController
from services.web.pages.billing.audit import BillingAuditController
from services.web.pages.billing.find import BillingDeskController
from services.web.pages.billing.gifts import BillingGiftController
from services.web.pages.billing.refunds import BillingRefundController
from services.web.pages.billing.stuck import BillingStuckController
from services.web.pages.calendar.feed import CalendarFeedController
from services.web.pages.calendar.page import CalendarController
from services.web.pages.credits.certificates import CertificateController
from services.web.pages.credits.checks import CheckController
from services.web.pages.credits.credits import CreditController
from services.web.pages.credits.evidence import EvidenceController
from services.web.pages.credits.licences import LicenceController
from services.web.pages.credits.outside_credits import OutsideCreditController
from services.web.pages.credits.renewals import RenewalController
from services.web.pages.groups.belonging import BelongingController
from services.web.pages.groups.corridor import CorridorController
from services.web.pages.groups.groups import GroupController
from services.web.pages.groups.program_choice import ProgramChoiceController
from services.web.pages.groups.series import PartController, SeriesController
from services.web.pages.groups.visit import group_visit_of
from services.web.pages.home import HomeController
from services.web.pages.meetings.lead import LeadController
from services.web.pages.meetings.leading import LeadingController
from services.web.pages.meetings.meetings import MeetingController
from services.web.pages.meetings.planning import PlanningController
from services.web.pages.meetings.regrets import RegretController
from services.web.pages.meetings.settling import SettlingController
from services.web.pages.meetings.visit import visit_of
from services.web.pages.memberships.changes import MembershipChangeController
from services.web.pages.memberships.funds import AdminFundController, FundController
from services.web.pages.memberships.gift_links import GiftLinkController
from services.web.pages.memberships.gifts import AdminGiftController, GiftController
from services.web.pages.memberships.membership import MembershipController
from services.web.pages.memberships.money import MembershipMoneyController
from services.web.pages.memberships.plan import MembershipPlanController
from services.web.pages.memberships.plan_change import MembershipPlanChangeController
from services.web.pages.memberships.returning import MembershipReturnController
from services.web.pages.memberships.scholarship import ScholarshipController
from services.web.pages.memberships.start import MembershipStartController
from services.web.pages.practices.count import PracticeCountController
from services.web.pages.practices.money import PracticeMoneyController
from services.web.pages.practices.practice import PracticeController
from services.web.pages.practices.practices import PracticesController
from services.web.pages.practices.seat_links import SeatLinkController
from services.web.pages.practices.seats import PracticeSeatController
from services.web.pages.practices.start import PracticeStartController
from services.web.pages.verify import VerificationController
from services.web.pages.verify_many import ManyVerificationsController
from services.web.pages.you.access import AccessController, AdminAccessController
from services.web.pages.you.leave import LeaveController
from services.web.pages.you.mails import MailController
from services.web.pages.you.names import NameController
from services.web.pages.you.own_data import OwnDataController
from services.web.pages.you.you import YouController

if TYPE_CHECKING:
    from litestar.types import ControllerRouterHandler


async def _order(request: Asking, person_id: NamedDependency[UUID]) -> Order:
    return order_from_header(request, person_id)


API: Final = Router(
    path="/api/v1",
    route_handlers=[
        MemberApi,
        GroupApi,
        CorridorApi,
        MeetingApi,
        MeetingPlanApi,
        VerificationApi,
    ],
    dependencies={
        "order": Provide(_order),
        "visit": Provide(visit_of),
        "group_visit": Provide(group_visit_of),
    },
    include_in_schema=True,
)
GROUPS: Final = Router(
    path="/groups",
    route_handlers=[
        GroupController,
        BelongingController,
        ProgramChoiceController,
        CorridorController,
        SeriesController,
    ],
    dependencies={"group_visit": Provide(group_visit_of)},
)
MEETINGS: Final = Router(
    path="/meetings/{meeting_id:uuid}",
    route_handlers=[
        MeetingController,
        PlanningController,
        RegretController,
        LeadingController,
        SettlingController,
        LeadController,
        PartController,
    ],
    dependencies={"visit": Provide(visit_of)},
)

CONTROLLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    HomeController,
    GROUPS,
    MEETINGS,
    CreditController,
    OutsideCreditController,
    RenewalController,
    EvidenceController,
    CertificateController,
    CheckController,
    VerificationController,
    ManyVerificationsController,
    YouController,
    LicenceController,
    LeaveController,
    AccessController,
    NameController,
    MailController,
    OwnDataController,
    CalendarController,
    CalendarFeedController,
    MembershipController,
    MembershipStartController,
    MembershipReturnController,
    MembershipPlanController,
    MembershipPlanChangeController,
    MembershipChangeController,
    MembershipMoneyController,
    PracticesController,
    PracticeController,
    PracticeMoneyController,
    PracticeStartController,
    PracticeCountController,
    PracticeSeatController,
    SeatLinkController,
    ScholarshipController,
    FundController,
    GiftController,
    GiftLinkController,
    AdminController,
    AdminFundController,
    AdminPracticeController,
    EntryController,
    AdminGiftController,
    AdminAccessController,
    BillingDeskController,
    BillingAccountController,
    BillingRefundController,
    BillingStuckController,
    BillingGiftController,
    BillingAuditController,
    StuckController,
    AdministratorController,
    ProviderController,
    ProviderCorrectionController,
    ApprovalController,
    ProgramController,
    ClaimController,
    ClaimAnswerController,
    ClaimRunController,
    RevocationController,
    API,
)
