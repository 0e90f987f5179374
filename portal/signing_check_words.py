"""What was found in a signed document, in the words of the page *Ondertekening controleren*."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal.formats import date_and_time
from signing.models import SigningMethod
from signing.record_schema import ARCHIVE_FIELD, CERTIFICATION_FIELD, CLOSING_FIELD, RECORD_FIELD, moment_of
from signing.verifying import EVIDENCE, Findings, FoundSignature, Problem

SENTENCES: Mapping[str, str] = {
    "agreed_to_other": _(
        "Volgens het bewijs is met een ander document akkoord gegaan dan het document dat is aangeboden."
    ),
    "broken": _("Er is iets veranderd aan deze handtekening, of aan het deel dat ermee is ondertekend."),
    "bytes_behind": _("Er is iets toegevoegd nadat het bestand was afgesloten."),
    "can_change": _("In het document zit iets dat later iets anders kan laten zien."),
    "changed_after": _("Na deze handtekening is iets veranderd dat niet meer mag veranderen."),
    "events_broken": _("In wat er volgens het bewijs is gebeurd, ontbreekt iets of is iets veranderd."),
    "no_record": _("In dit bestand zit geen bewijs. Hebt u het ondertekenbewijs gekozen?"),
    "no_signatures": _("Er staat geen handtekening in dit bestand."),
    "no_timestamp": _(
        "Bij deze handtekening, of over het hele bestand daarna, ontbreekt een tijdstempel waarop te vertrouwen is."
    ),
    "not_certified": _("Dit bestand begint niet met het zegel van Datakluis. Hebt u document en bewijs verwisseld?"),
    "not_closed": _("Het slot van dit bestand ontbreekt: het is ingekort of nooit afgesloten."),
    "not_proved": _("Bij deze handtekening ontbreekt het bewijs dat het certificaat geldig was toen ze werd gezet."),
    "not_trusted": _("Bij deze handtekening zit geen certificaat dat van deze Datakluis komt."),
    "original_differs": _("Het document begint niet met het oorspronkelijke document dat in het bewijs staat."),
    "other_authority": _("De certificaten zijn andere dan die in het bewijs staan."),
    "other_document": _("Dit bewijs hoort niet bij dit document, of het document is veranderd."),
    "outside_validity": _("De handtekening is niet gezet op de dag waarvoor het certificaat is gemaakt."),
    "record_malformed": _("Het bewijs is niet opgeschreven zoals Datakluis dat doet."),
    "revision_differs": _("Het document was bij deze handtekening anders dan in het bewijs staat."),
    "signature_missing": _("Er ontbreekt een handtekening die volgens het bewijs is gezet."),
    "signature_unexpected": _("Er staat een handtekening in die niet in het bewijs staat."),
    "signer_differs": _("Wie hier heeft ondertekend, is niet wie volgens het bewijs heeft ondertekend."),
    "unreadable": _("Dit bestand is geen PDF die te lezen is, of het lezen duurt te lang."),
}
METHODS: Mapping[str, str] = {
    SigningMethod.SMS.value: _("Code per sms"),
    SigningMethod.SECURITY_KEY.value: _("Beveiligingssleutel"),
    SigningMethod.AUTHENTICATOR.value: _("Authenticator-app"),
    SigningMethod.TOGETHER.value: _("Samen aan één scherm"),
    SigningMethod.TOGETHER_SMS.value: _("Samen aan één scherm, met een code per sms"),
}
_FIELDS: Mapping[str, str] = {
    ARCHIVE_FIELD: _("laatste tijdstempel"),
    CERTIFICATION_FIELD: _("zegel van het document"),
    CLOSING_FIELD: _("laatste zegel"),
    RECORD_FIELD: _("zegel van het bewijs"),
}


@dataclass(frozen=True)
class ShownSignature:
    """One signature of a person, as the page shows it."""

    name: str
    capacity: str
    moment: str
    method: str


@dataclass(frozen=True)
class ShownProblem:
    """What is wrong, with which file, and at whose signatures."""

    file: str
    sentence: str
    about: tuple[str, ...]


def shown_signatures(findings: Findings) -> list[ShownSignature]:
    """The signatures of persons in the order in which they were set."""
    methods = {one["field"]: one["method"] for one in findings.record["signers"]} if findings.record else {}
    return [
        ShownSignature(one.name, one.capacity, _moment(one), _method(methods.get(one.field, "")))
        for one in findings.signatures
        if one.kind == "person"
    ]


def shown_problems(findings: Findings) -> list[ShownProblem]:
    """What is wrong, each once, with everything that it is wrong with."""
    names = {one.field: one.name for one in findings.signatures if one.kind == "person"}
    found: dict[tuple[str, str], dict[str, None]] = {}
    for one in findings.problems:
        abouts = found.setdefault((_file(one), str(SENTENCES[one.code])), {})
        abouts.update({about: None for about in [_about(one, names)] if about})
    return [ShownProblem(file, sentence, tuple(abouts)) for (file, sentence), abouts in found.items()]


def is_unsigned(findings: Findings) -> bool:
    """Whether all that is wrong is that there is no signature in the document."""
    found = [(one.file, one.code) for one in findings.problems]
    return bool(found) and all(file != EVIDENCE and code == "no_signatures" for file, code in found)


def timestamps_word(findings: Findings) -> str:
    """Who said at which moment everything was signed, according to the evidence."""
    if findings.record is None:
        return ""
    service = findings.record["certificates"]["timestamps"]
    if service == "built-in":
        return str(gettext("De tijdstippen komen van de klok van deze Datakluis zelf."))
    return str(gettext("De tijdstippen komen van een tijdstempeldienst: %(service)s.", service=service))


def _file(problem: Problem) -> str:
    return str(gettext("Ondertekenbewijs") if problem.file == EVIDENCE else gettext("Document"))


def _about(problem: Problem, names: Mapping[str, str]) -> str:
    if problem.code == "record_malformed":
        return ""
    known = names.get(problem.about) or _FIELDS.get(problem.about)
    return str(known or problem.about)


def _moment(signature: FoundSignature) -> str:
    return str(date_and_time(moment_of(signature.signed_at))) if signature.signed_at else ""


def _method(method: str) -> str:
    return str(METHODS[method]) if method in METHODS else ""
