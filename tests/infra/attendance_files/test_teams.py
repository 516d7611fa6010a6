from __future__ import annotations

import pytest

from tests.infra.attendance_files.reports import (
    asked_about,
    codes,
    read,
    spans,
    teams,
    the,
    utc,
    utf16,
)

BERLIN = "Europe/Berlin"
SUMMARY = (
    "Meeting title\tPeer hour\n"
    "Attended participants\t2\n"
    "Start time\t3/25/26, 5:55:00\u202fPM\n"
    "End time\t3/25/26, 7:00:00\u202fPM\n"
    "Meeting duration\t1h 5m\n"
)
PARTICIPANTS = (
    "Ana\t3/25/26, 6:00:00\u202fPM\t3/25/26, 7:00:00\u202fPM\t50m 30s\tana@example.org"
    "\tana@sign-in.example\tOrganizer\n"
    "Bo (Guest)\t3/25/26, 6:00:00\u202fPM\t3/25/26, 7:00:00\u202fPM\t1h\t\t\tPresenter"
)
ACTIVITIES = (
    "Ana\t3/25/26, 6:00:00\u202fPM\t3/25/26, 6:20:30\u202fPM\t20m 30s\tana@example.org\tOrganizer\n"
    "Ana\t3/25/26, 6:30:00\u202fPM\t3/25/26, 7:00:00\u202fPM\t30m\tana@example.org\tOrganizer\n"
    "Bo (Guest)\t3/25/26, 6:00:00\u202fPM\t3/25/26, 7:00:00\u202fPM\t1h\t\tPresenter"
)


def test_the_third_section_has_the_stays_and_the_second_the_totals() -> None:
    reading = read(teams(PARTICIPANTS, ACTIVITIES, summary=SUMMARY), zone=BERLIN)

    ana = the(reading, "Ana")
    assert spans(ana) == [
        (utc("2026-03-25T17:00"), utc("2026-03-25T17:20:30")),
        (utc("2026-03-25T17:30"), utc("2026-03-25T18:00")),
    ]
    assert (ana.seconds, ana.reported_minutes, ana.evidence) == (3030, 50, "strong")
    assert ana.emails == ("ana@example.org", "ana@sign-in.example")
    assert (the(reading, "Bo").seconds, the(reading, "Bo").evidence) == (3600, "moderate")
    assert codes(reading) == []


def test_the_summary_describes_the_meeting() -> None:
    meeting = read(teams(PARTICIPANTS, ACTIVITIES, summary=SUMMARY), zone=BERLIN).meeting

    assert meeting.topic == "Peer hour"
    assert (meeting.starts_at, meeting.ends_at) == (
        utc("2026-03-25T16:55"),
        utc("2026-03-25T18:00"),
    )


GERMAN = (
    "1. Zusammenfassung\nBesprechungstitel\tKollegiale Stunde\nTeilnehmende\t1\n"
    "Startzeit\t25.03.26, 18:00:00\nEndzeit\t25.03.26, 19:00:00\n\n"
    "2. Teilnehmende\nName\tErster Beitritt\tLetztes Verlassen\tBesprechungsdauer\tE-Mail\tRolle\n"
    "Ana\t25.03.26, 18:00:00\t25.03.26, 19:00:00\t1 Std. 0 Min.\tana@example.org\tOrganisator\n\n"
    "3. Aktivitäten in der Besprechung\nName\tBeitrittszeit\tVerlassenszeit\tDauer\tE-Mail\tRolle\n"
    "Ana\t25.03.26, 18:00:00\t25.03.26, 19:00:00\t1 Std. 0 Min.\tana@example.org\tOrganisator\n"
)
FRENCH = (
    "1. Résumé\nTitre de la réunion\tHeure entre pairs\nParticipants\t1\n"
    "Heure de début\t25/03/2026 18:00:00\nHeure de fin\t25/03/2026 19:00:00\n\n"
    "2. Participants\nNom\tPremière connexion\tDernière déconnexion\tDurée\tE-mail\tRôle\n"
    "Ana\t25/03/2026 18:00:00\t25/03/2026 19:00:00\t1 h 0 min\tana@example.org\tOrganisatrice\n\n"
    "3. Activités pendant la réunion\nNom\tArrivée\tDépart\tDurée\tE-mail\tRôle\n"
    "Ana\t25/03/2026 18:00:00\t25/03/2026 19:00:00\t1 h 0 min\tana@example.org\tOrganisatrice\n"
)
REORDERED = (
    "1. Resumen\nTítulo\tHora entre pares\nInicio\t25/3/26, 18:00:00\nFin\t25/3/26, 19:00:00\n\n"
    "2. Participantes\nNombre\tCorreo\tRol\tPrimera entrada\tÚltima salida\tDuración\n"
    "Ana\tana@example.org\tOrganizadora\t25/3/26, 18:00:00\t25/3/26, 19:00:00\t1 h\n\n"
    "3. Actividades\nNombre\tCorreo\tRol\tEntrada\tSalida\tDuración\n"
    "Ana\tana@example.org\tOrganizadora\t25/3/26, 18:00:00\t25/3/26, 19:00:00\t1 h\n"
)


@pytest.mark.parametrize("report", [GERMAN, FRENCH, REORDERED], ids=["German", "French", "Spanish"])
def test_translated_headings_are_known_by_their_place_and_values(report: str) -> None:
    reading = read(utf16(report), zone=BERLIN)

    ana = the(reading, "Ana")
    assert spans(ana) == [(utc("2026-03-25T17:00"), utc("2026-03-25T18:00"))]
    assert (ana.emails, ana.reported_minutes, ana.evidence) == (("ana@example.org",), 60, "strong")
    assert reading.meeting.starts_at == utc("2026-03-25T17:00")
    assert reading.meeting.topic in {"Kollegiale Stunde", "Heure entre pairs", "Hora entre pares"}
    assert codes(reading) == []


def test_headings_that_say_utc_need_no_zone() -> None:
    report = PARTICIPANTS, ACTIVITIES
    data = teams(*report, summary=SUMMARY).decode("utf-16")
    for times in ("First Join", "Last Leave", "Join Time", "Leave Time", "Start time", "End time"):
        data = data.replace(f"{times}\t", f"{times} (UTC)\t")
    reading = read(data.encode("utf-16"))

    assert (reading.zone, codes(reading)) == ("UTC", [])
    assert the(reading, "Ana").stays[0].from_at == utc("2026-03-25T18:00")


def test_first_joining_to_last_leaving_is_a_stay_only_without_a_break() -> None:
    data = teams(PARTICIPANTS, "").decode("utf-16").partition("3. In-Meeting")[0].encode("utf-16")
    reading = read(data, zone=BERLIN)

    ana = the(reading, "Ana")
    assert (ana.stays, ana.reported_minutes, ana.evidence) == ((), 50, "weak")
    assert asked_about(reading, "gaps_unknown") == ("Ana",)
    assert the(reading, "Bo").seconds == 3600


def test_a_total_longer_than_the_stays_is_asked_about() -> None:
    without_second_stay = "\n".join(ACTIVITIES.splitlines()[::2])
    reading = read(teams(PARTICIPANTS, without_second_stay), zone=BERLIN)

    assert asked_about(reading, "minutes_disagree") == ("Ana",)


def test_the_report_of_2021_has_one_row_per_stay() -> None:
    data = utf16(
        "Meeting Summary\nTotal Number of Participants\t1\nMeeting Title\tPeer hour\n"
        "Meeting Start Time\t3/25/2026, 6:00:00 PM\nMeeting End Time\t3/25/2026, 7:00:00 PM\n"
        "Meeting Id\tabc-1\n\n"
        "Full Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole\tParticipant ID (UPN)\n"
        "Ana\t3/25/2026, 6:00:00 PM\t3/25/2026, 6:30:00 PM\t30m\tana@example.org\tOrganizer\t\n"
    )
    reading = read(data, zone=BERLIN)

    assert (reading.meeting.topic, reading.meeting.meeting_id) == ("Peer hour", "abc-1")
    assert (the(reading, "Ana").seconds, the(reading, "Ana").reported_minutes) == (1800, 30)


def test_the_oldest_report_has_one_line_per_joining_and_leaving() -> None:
    data = utf16(
        "Full Name\tUser Action\tTimestamp\n"
        "Ana\tLeft\t3/25/2026, 6:30:00 PM\n"
        "Ana\tJoined before\t3/25/2026, 6:00:00 PM\n"
        "Ana\tJoined\t3/25/2026, 6:40:00 PM\n"
    )
    reading = read(data, zone=BERLIN)

    assert reading.format == "teams_actions"
    assert spans(the(reading, "Ana")) == [(utc("2026-03-25T17:00"), utc("2026-03-25T17:30"))]
    assert asked_about(reading, "open_stay") == ("Ana",)
