"""Which handler runs which command: the whole list of what the system can be told to do."""

from __future__ import annotations

from collections.abc import Sequence

from domain.ports import DoorCodes, Randomness
from domain.rules.model import RuleSet
from services import certificates, claims, credits, groups, meetings, members, providers
from services.dispatch import Handler


def handlers(
    rules: Sequence[RuleSet], codes: DoorCodes, randomness: Randomness
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
