"""What was shared with the arbo service in the last weeks, by whom and why. No word of it is medical (S-02)."""

from __future__ import annotations

from dataclasses import dataclass

from vault.models import CareQuestionKind as Kind


@dataclass(frozen=True)
class PlannedShare:
    """A share to be: made `ago` working days back, and withdrawn `ended` working days back, when it was."""

    ago: int
    clock: str
    by: str
    department: str
    kind: Kind
    explanation: str
    ended: int | None = None


_SICK, _MANAGER, _HOUR, _BIRTH, _OTHER = (
    Kind.SICK_REPORT, Kind.CASE_MANAGER, Kind.CONSULTATION, Kind.PREGNANCY, Kind.OTHER,
)  # fmt: skip

_CALL_AFTER_TEN = "Heeft zich vanochtend ziek gemeld. Is mobiel bereikbaar, liefst na 10.00 uur."
_THROUGH_HEAD = "Ziek gemeld bij de teamleider. Graag deze week bellen."
_NIGHT = "Ziek gemeld vanaf de nachtdienst. Vandaag niet bellen, morgen wel."
_PARTNER = "Ziekmelding doorgegeven door de partner. Belt zelf terug."
_HOURS = "Wil met de casemanager praten over de verdeling van de uren."
_THREE = "Leidinggevende en medewerker komen er samen niet uit; graag een gesprek met drieën."
_RETURN = "Terugkeer is besproken. Graag meedenken over een opbouw in drie weken."
_OPEN_HOUR = "Wil naar het open spreekuur, bij voorkeur op donderdag."
_PRIVATE = "Heeft een vraag voor het spreekuur en wil die niet met de leidinggevende bespreken."
_LEAVE = "Verlof gaat over acht weken in. Graag contact over de indeling van de diensten."
_LEAVE_DONE = "De verlofaanvraag is verwerkt; melding volgens afspraak."
_WORKPLACE = "Verhuist naar een andere locatie en vraagt een beoordeling van de werkplek."
_UNPAID = "Terug van onbetaald verlof; graag een afspraak over de opbouw van de uren."

ASKED = "Belde zelf naar het spreekuur en wil een afspraak."
"""Why the arbo service asks for somebody; this waits for the visitor."""

PLANNED = (
    PlannedShare(31, "09:20", "c.meijer", "Poliklinieken", _SICK, _CALL_AFTER_TEN, ended=19),
    PlannedShare(30, "10:05", "f.bakker", "Sociaal Domein", _SICK, _THROUGH_HEAD, ended=17),
    PlannedShare(29, "08:50", "n.haddad", "Spoedeisende Hulp", _SICK, _NIGHT),
    PlannedShare(28, "14:30", "c.meijer", "Geboortezorg", _BIRTH, _LEAVE),
    PlannedShare(27, "11:15", "c.meijer", "Facilitair Bedrijf", _MANAGER, _HOURS, ended=11),
    PlannedShare(26, "09:05", "r.yilmaz", "Openbare Werken", _SICK, _CALL_AFTER_TEN),
    PlannedShare(25, "15:40", "i.smit", "Constructies", _OTHER, _WORKPLACE),
    PlannedShare(24, "10:20", "c.meijer", "Laboratorium", _HOUR, _OPEN_HOUR, ended=15),
    PlannedShare(23, "09:35", "f.bakker", "Klantcontact", _MANAGER, _RETURN),
    PlannedShare(22, "13:10", "n.haddad", "Intensive Care", _SICK, _PARTNER),
    PlannedShare(21, "11:50", "c.meijer", "Verpleging Chirurgie", _SICK, _THROUGH_HEAD),
    PlannedShare(20, "16:05", "f.bakker", "Burgerzaken", _HOUR, _PRIVATE, ended=9),
    PlannedShare(18, "08:55", "c.meijer", "Operatiekamers", _SICK, _CALL_AFTER_TEN),
    PlannedShare(17, "10:40", "m.dejong", "Informatievoorziening", _MANAGER, _THREE),
    PlannedShare(16, "09:15", "c.meijer", "Keuken en Restaurant", _SICK, _THROUGH_HEAD, ended=5),
    PlannedShare(14, "14:20", "i.smit", "Installaties", _SICK, _CALL_AFTER_TEN),
    PlannedShare(14, "09:50", "r.yilmaz", "Openbare Werken", _SICK, _THROUGH_HEAD, ended=4),
    PlannedShare(13, "11:25", "c.meijer", "Radiologie", _BIRTH, _LEAVE_DONE),
    PlannedShare(12, "15:15", "n.haddad", "Intensive Care", _MANAGER, _HOURS),
    PlannedShare(11, "10:10", "f.bakker", "Vergunningen en Handhaving", _OTHER, _UNPAID),
    PlannedShare(10, "09:40", "c.meijer", "Verpleging Intern", _SICK, _NIGHT),
    PlannedShare(9, "13:35", "c.meijer", "ICT", _HOUR, _OPEN_HOUR),
    PlannedShare(8, "11:05", "e.hoekstra", "Apotheek", _MANAGER, _THREE, ended=2),
    PlannedShare(8, "15:55", "f.bakker", "Financiën", _SICK, _PARTNER),
    PlannedShare(7, "09:25", "c.meijer", "Poliklinieken", _SICK, _THROUGH_HEAD),
    PlannedShare(6, "10:55", "n.haddad", "Spoedeisende Hulp", _HOUR, _PRIVATE),
    PlannedShare(5, "14:05", "f.bakker", "Ruimtelijke Ontwikkeling", _BIRTH, _LEAVE_DONE),
    PlannedShare(5, "16:20", "c.meijer", "Verpleging Kind en Jeugd", _SICK, _CALL_AFTER_TEN),
    PlannedShare(4, "09:10", "i.smit", "Tekenkamer", _MANAGER, _RETURN),
    PlannedShare(3, "11:45", "r.yilmaz", "Openbare Werken", _SICK, _CALL_AFTER_TEN),
    PlannedShare(2, "09:55", "c.meijer", "Facilitair Bedrijf", _SICK, _PARTNER),
    PlannedShare(1, "10:30", "f.bakker", "Sociaal Domein", _SICK, _THROUGH_HEAD),
    PlannedShare(1, "13:20", "n.haddad", "Intensive Care", _SICK, _CALL_AFTER_TEN),
)
