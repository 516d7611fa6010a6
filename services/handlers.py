"""Which handler runs which command: the whole list of what the system can be told to do."""

from __future__ import annotations

from collections.abc import Callable

from domain.ports import DoorCodes, Randomness
from domain.rules.book import RuleBook
from services import (
    certificate_checks,
    certificates,
    claim_answers,
    claims,
    credits,
    forgetting,
    groups,
    meetings,
    members,
    outside_credits,
    providers,
    rejudging,
    troubles,
)
from services.dispatch import Handler


def handlers(
    rules: Callable[[], RuleBook], codes: DoorCodes, randomness: Randomness
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
        forgetting.ForgetNames: forgetting.forget_names,
        forgetting.ForgetNamesIn: forgetting.forget_names_in,
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
        rejudging.JudgeMember: rejudging.judge_member(rules),
        rejudging.JudgeOverlaps: rejudging.judge_overlaps(rules),
        rejudging.FindProviderMeetings: rejudging.find_provider_meetings,
        outside_credits.EnterOutsideCredit: outside_credits.enter_outside_credit(rules),
        outside_credits.CorrectOutsideCredit: outside_credits.correct_outside_credit(rules),
        outside_credits.RemoveOutsideCredit: outside_credits.remove_outside_credit,
        certificates.SettleCertificate: certificates.settle_certificate(rules, randomness),
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
        claim_answers.TakeBackLine: claim_answers.take_back_line,
        claim_answers.SetAsideClaim: claim_answers.set_aside_claim,
        troubles.TryAgain: troubles.try_again,
        troubles.SettleTrouble: troubles.settle_trouble,
    }
