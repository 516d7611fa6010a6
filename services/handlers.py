"""Which handler runs which command: the whole list of what the system can be told to do."""

from __future__ import annotations

from collections.abc import Callable

from domain.money.refunds import RefundLimits
from domain.ports import DoorCodes, Randomness
from domain.rules.book import RuleBook
from services import providers, troubles
from services.access import records as access_records
from services.access.reading import access_to
from services.certificates import checks as certificate_checks
from services.certificates import issuing as certificates
from services.claims import answers as claim_answers
from services.claims import commands as claims
from services.corridor import parting as corridor_parting
from services.credits import judging as credits
from services.credits import outside as outside_credits
from services.credits import rejudging
from services.dispatch import Handler
from services.groups import commands as groups
from services.groups import parting, places, programs, series
from services.meetings import commands as meetings
from services.meetings import doors, leads, plans, regrets
from services.members import commands as members
from services.members import forgetting, leave
from services.memberships import commands as memberships
from services.memberships import gifts, letter_writing, scholarships
from services.memberships import parting as dues_parting
from services.money import accounts, billing, desk_records, refunds, settling
from services.notices import ordering as notices
from services.practices import commands as seats
from services.practices import entries as seat_entries


def handlers(
    rules: Callable[[], RuleBook],
    codes: DoorCodes,
    randomness: Randomness,
    *,
    takes_dues: bool = False,
    refund_limits: RefundLimits = refunds.STANDARD_LIMITS,
    orders: desk_records.OrdersInQueue = settling.no_orders,
) -> dict[type, Handler]:
    """Return the handler of every command.

    Args:
        rules: gives the packs in use.
        codes: what rooms show.
        randomness: for serials and codes.
        takes_dues: whether the house does; where it does not, everything is open to everybody.
        refund_limits: how much one administrator may pay back alone.
        orders: finds an order to the payment service that waits in the queue.
    """
    access = access_to(takes_dues=takes_dues)
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
        forgetting.ForgetNames: forgetting.forget_names,
        forgetting.ForgetNamesIn: forgetting.forget_names_in,
        providers.RegisterProvider: providers.register_provider,
        providers.CorrectProvider: providers.correct_provider,
        providers.RecordApproval: providers.record_approval,
        providers.WithdrawApproval: providers.withdraw_approval,
        providers.PublishProgram: providers.publish_program,
        providers.RetireProgram: providers.retire_program,
        groups.FormGroup: groups.form_group(access),
        groups.AdmitMember: groups.admit_member(access),
        groups.LeaveGroup: groups.leave_group,
        groups.RemoveMember: groups.remove_member,
        groups.NameFacilitator: groups.name_facilitator(access),
        groups.ChangeRhythm: groups.change_rhythm,
        programs.ChooseGroupProgram: programs.choose_group_program,
        parting.PartWithGroups: parting.part_with_groups,
        parting.PartWithGroup: parting.part_with_group,
        corridor_parting.TakeWordsBack: corridor_parting.take_words_back,
        regrets.DropRegrets: regrets.drop_regrets,
        notices.TellOfChange: notices.tell_of_change,
        dues_parting.PartWithDues: dues_parting.part_with_dues,
        dues_parting.PartWithSupport: dues_parting.part_with_support,
        dues_parting.PartWithPractice: dues_parting.part_with_practice,
        meetings.ScheduleMeeting: meetings.schedule_meeting(access),
        meetings.OpenMeeting: doors.open_meeting(access),
        meetings.CheckIn: doors.check_in(codes, access),
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
        plans.RetitleMeeting: plans.retitle_meeting,
        plans.ChooseMeetingProgram: plans.choose_meeting_program,
        meetings.CancelMeeting: meetings.cancel_meeting,
        meetings.ChangeFacilitator: meetings.change_facilitator(access),
        leads.RecordLead: leads.record_lead,
        series.PlanSeries: series.plan_series,
        series.PlacePart: series.place_part,
        series.ClearPart: series.clear_part,
        series.HandOutSyllabus: series.hand_out_syllabus,
        series.JudgeOtherParts: series.judge_other_parts(rules),
        series.JudgeSeries: series.judge_series(rules),
        credits.JudgeMeeting: credits.judge_meeting(rules),
        rejudging.JudgeMember: rejudging.judge_member(rules),
        rejudging.JudgeOverlaps: rejudging.judge_overlaps(rules),
        rejudging.FindProviderMeetings: rejudging.find_provider_meetings,
        outside_credits.EnterOutsideCredit: outside_credits.enter_outside_credit(rules),
        outside_credits.CorrectOutsideCredit: outside_credits.correct_outside_credit(rules),
        outside_credits.RemoveOutsideCredit: outside_credits.remove_outside_credit,
        certificates.SettleCertificate: certificates.settle_certificate(rules, randomness),
        certificates.SettleUndrawn: certificates.settle_undrawn(rules, randomness),
        certificates.SealCertificate: certificates.seal_certificate,
        certificates.RevokeCertificate: certificates.revoke_certificate,
        certificate_checks.NoteCheck: certificate_checks.note_check,
        claims.RegisterPayer: claims.register_payer,
        claims.EnrolMember: claims.enrol_member,
        claims.PrepareClaim: claims.prepare_claim,
        claims.StartExport: claims.start_export,
        claims.FinishExport: claims.finish_export,
        claim_answers.DecideClaim: claim_answers.decide_claim,
        claim_answers.DecideLines: claim_answers.decide_lines,
        claim_answers.CorrectAnswer: claim_answers.correct_answer,
        claim_answers.TakeBackLine: claim_answers.take_back_line,
        claim_answers.SetAsideClaim: claim_answers.set_aside_claim,
        claim_answers.DropUnproved: claim_answers.drop_unproved,
        billing.OpenPractice: billing.open_practice,
        accounts.OpenAccount: accounts.open_account,
        accounts.ChangeContact: accounts.change_contact,
        accounts.NoteTaxId: accounts.note_tax_id,
        accounts.CloseAccount: accounts.close_account,
        billing.LinkCustomer: billing.link_customer,
        billing.NoteCustomerGone: billing.note_customer_gone,
        billing.NoteMoney: billing.note_money,
        refunds.AskRefund: refunds.ask_refund(refund_limits),
        refunds.ProposeRefund: refunds.propose_refund,
        refunds.AgreeToRefund: refunds.agree_to_refund,
        refunds.NoteOwnRefund: refunds.note_own_refund,
        refunds.DropRefundProposal: refunds.drop_refund_proposal,
        desk_records.OrderLook: desk_records.order_look,
        desk_records.OrderReplay: desk_records.order_replay,
        desk_records.TryOrderAgain: desk_records.try_order_again,
        desk_records.SettleOrder: desk_records.settle_order(orders),
        desk_records.SettleQuestion: desk_records.settle_question,
        memberships.RequestMembership: memberships.request_membership,
        memberships.NoteCheckout: memberships.note_checkout,
        memberships.ObserveSubscription: memberships.observe_subscription,
        memberships.TickMembership: memberships.tick_membership,
        memberships.AskForLeave: memberships.ask_for_leave,
        memberships.AskToReturn: memberships.ask_to_return,
        memberships.AskForPlan: memberships.ask_for_plan,
        memberships.AskToCancel: memberships.ask_to_cancel,
        memberships.WithdrawCancellation: memberships.withdraw_cancellation,
        memberships.GiveUpWish: memberships.give_up_wish,
        seats.AskForSeats: seats.ask_for_seats,
        seats.OfferSeat: seats.offer_seat,
        seats.WithdrawSeatOffer: seats.withdraw_seat_offer,
        seats.AskToComeIn: seats.ask_to_come_in,
        seat_entries.LetIn: seat_entries.let_in,
        seat_entries.DeclineEntry: seat_entries.decline_entry,
        seats.EndSeatOffers: seats.end_seat_offers,
        seats.AcceptSeat: seats.accept_seat,
        seats.ReleaseSeat: seats.release_seat,
        seats.FreezeSeat: seats.freeze_seat,
        seats.ThawSeat: seats.thaw_seat,
        seats.NameSeatManager: seats.name_seat_manager,
        seats.RelieveSeatManager: seats.relieve_seat_manager,
        scholarships.OpenFund: scholarships.open_fund,
        scholarships.FeedFund: scholarships.feed_fund,
        scholarships.ApplyForScholarship: scholarships.apply_for_scholarship,
        scholarships.GrantScholarship: scholarships.grant_scholarship,
        scholarships.RenewScholarship: scholarships.renew_scholarship,
        scholarships.EndScholarship: scholarships.end_scholarship,
        scholarships.TickScholarship: scholarships.tick_scholarship,
        scholarships.TakeFromFund: scholarships.take_from_fund,
        gifts.GiveMonths: gifts.give_months,
        gifts.GiveMonthsOfTheHouse: gifts.give_months_of_the_house,
        gifts.RedeemGift: gifts.redeem_gift,
        gifts.TakeGiftBack: gifts.take_gift_back,
        gifts.NoteGiftReturnFailed: gifts.note_gift_return_failed,
        gifts.GiveMonthsAgain: gifts.give_months_again,
        access_records.NoteAccessSource: access_records.note_access_source,
        access_records.NoteFirstMeetings: access_records.note_first_meetings(takes_dues=takes_dues),
        letter_writing.WriteLetter: letter_writing.write_letter,
        leave.FollowMembership: leave.follow_membership(access),
        leave.FollowMember: leave.follow_member,
        leave.KeepLeave: leave.keep_leave,
        places.FreePlace: places.free_place(access),
        places.HandOverGroup: places.hand_over_group(access),
        places.HandOverMeeting: places.hand_over_meeting(access),
        troubles.TryAgain: troubles.try_again,
        troubles.SettleTrouble: settling.settle_trouble(orders),
    }
