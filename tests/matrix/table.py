"""Part C of domain.md as a table: who may do what, mark for mark, and which routes do it (issue 4, shown 4).

S and S*: the source says so; i: inferred; N: the source says not; –: inferred not; a: only with a separate
authorisation, which is `add_on`; ?: the source does not tell, and `decided` does. A row of C that is not here has no
screens yet: absence, tasks, protocols (U-30), appointments, verrichtingen, statistics, claims,
fetching from the vault by several data (S-10), hidden shares (S-11), the overview of dossier sharing (U-32),
exchange and retention terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ARBO = (
    "superbeheerder", "functioneel_beheerder", "klantbeheer", "casemanager_arbo", "casemanager_zw", "casemanager_wga",
    "casemanager_administratief", "casemanager_erd_administratief", "casemanager_taakdelegatie", "medische_gebruikers",
    "wga_wac", "loonspecialist_zw", "medewerker_facturatie",
)  # fmt: skip
"""The columns of C.1: SB FB KB CA CZ CW CAd CE CT BA WAC LS MF."""
EMPLOYER = (
    "werkgever", "casemanager_werkgever", "wg_combi_incl", "wg_combi_excl", "wg_meekijken", "wg_inzage_specificaties",
    "wg_verzuimmelder_met_mutaties", "wg_verzuimmelder_zonder_mutaties", "wg_salarisadministratie", "leidinggevende",
    "datakluisbeheerder", "datakluisgebruiker",
)  # fmt: skip
"""The columns of C.2: WR CWg W1 W2 W3 W4 W5 W6 W7 LG +KB +KG; DE is `BEYOND`."""
BEYOND = {
    "ad": "arbo", "privacyfunctionaris": "both", "gebruikersbeheer": "employer", "medisch": "arbo",
    "medische_documenten_uploaden": "arbo", "bsn_inzage": "both", "plaatsvervanging": "both",
    "werknemer": "employee",
}  # fmt: skip
"""Roles without a column. AD does what CA does, without changes (C.1); the others do what `also` says, and no more.

The column DE of C.2, the dialogue-only employee, is among them: it has a kind of organisation of its own.
"""
YES, OPEN = frozenset({"S", "S*", "i"}), "?"
MARKS = YES | {OPEN, "N", "–", "a"}


@dataclass(frozen=True)
class Row:
    """One row of C.

    Attributes:
        marks: one for each column, as in domain.md; empty for what every login may.
        routes: endpoints, or the beginnings of them where they end in a dot.
        sample: a path that stands for the row, asked for through the whole portal; none where a key decides as well.
        decided: what holds for a mark ?.
        deviations: where the product differs from the mark, with what holds and why.
        also: roles beyond the columns that may.
    """

    section: str
    action: str
    marks: str
    routes: tuple[str, ...]
    sample: str = ""
    decided: Mapping[str, tuple[bool, str]] = field(default_factory=dict)
    deviations: Mapping[str, tuple[bool, str]] = field(default_factory=dict)
    also: frozenset[str] = frozenset()

    def allows(self, kind: str, role: str) -> bool:
        """Whether a role alone, of that kind of organisation, may."""
        if not self.marks:
            return role in EVERY_LOGIN
        if role in self.deviations:
            return self.deviations[role][0]
        columns = ARBO if self.section == "C.1" else EMPLOYER
        if kind == ("employer" if self.section == "C.1" else "arbo"):
            return False
        if role not in columns:
            return role in self.also
        mark = self.marks.split()[columns.index(role)]
        if mark == OPEN:
            return self.decided[role][0]
        return mark in YES


EVERY_LOGIN = frozenset({*ARBO, *EMPLOYER, "ad", "privacyfunctionaris", "werknemer"})
"""What sees the start page and the own settings; the other add-ons are never given alone."""
OTHER_SIDE = {"bsn_inzage": (True, "the right is the same on both sides; on the other there is nobody to see: 404")}
NO_ACCOUNTS = {"functioneel_beheerder": (False, "accounts stay with Klantbeheer, the only role that is named (U-04)")}
NO_FILE = dict.fromkeys(
    ("medische_gebruikers", "wga_wac", "loonspecialist_zw", "medewerker_facturatie"),
    (False, "a file of people is more than figures; reports follow with a right of their own"),
)
EDITS = {"wg_salarisadministratie": (False, "nothing is said of its rights; wage data are for later")}
TALKS = dict.fromkeys(
    ("datakluisbeheerder", "datakluisgebruiker"),
    (True, "an add-on comes with the base role of whoever sees employees, and lets talk about them as that does"),
)
ADMINISTERS = {
    "datakluisbeheerder": (True, "note 2: the administrator has the normal scope, and keeps the records of the vault"),
}
FORMS = (
    "document_forms.add", "document_forms.change", "document_forms.choose", "document_forms.show_change",
    "document_forms.show_new",
)  # fmt: skip
"""Making a document from a form, and changing what was filled in."""

ASKS = (
    "signing_requests.ask", "signing_requests.replace", "signing_requests.show_choosing",
    "signing_requests.show_replacing", "signing_requests.show_withdrawing", "signing_requests.withdraw_request",
    "signing_together.",
)  # fmt: skip
"""Having a document signed, by SMS or together."""
SIGNS = dict.fromkeys(
    ("wg_meekijken", "wg_verzuimmelder_met_mutaties", "wg_verzuimmelder_zonder_mutaties", "wg_salarisadministratie"),
    (True, "whoever takes part in dialogues can be asked to sign; the request itself decides who does"),
)
ROWS: tuple[Row, ...] = (
    Row(
        "C.1", "Create/edit/deactivate/unblock accounts, reset password", "i ? S – – – – – – – – – –",
        ("user_groups.add", "user_groups.ask_remove", "user_groups.change", "user_groups.remove",
         "user_groups.show_new", "users.add", "users.change", "users.show_new", "user_accounts."),
        decided=NO_ACCOUNTS,
    ),
    Row(
        "C.1", "The tree and pages of groups and users", "i ? S – – – – – – – – – –",
        ("user_groups.show", "users.search", "users.show", "users.show_tree"), sample="/beheer/gebruikers",
        decided={"functioneel_beheerder": (True, "sets sessions (L-30), for which one chooses a user or group")},
    ),
    Row(
        "C.1", "View and change what groups and users may do and see (U-18)", "i – S – – – – – – – – – –",
        ("authorisations.change_group", "authorisations.change_user", "authorisations.show_group",
         "authorisations.show_user", "scopes."),
    ),
    Row(
        "C.1", "Give medical access", "S N N N N N N N N N N N N",
        ("authorisations.give_medical_rights", "authorisations.ask_take_medical",
         "authorisations.take_medical_rights"),
    ),
    Row(
        "C.1", "Ask to be admitted to the medical circle (U-10)", "a a a a a a a a a a a a a",
        ("admissions.ask_for_circle",), also=frozenset({"medisch"}),
    ),
    Row(
        "C.1", "Account session settings", "S i ? – – – – – – – – – –", ("session_settings.",),
        decided={"klantbeheer": (False, "compliance is for the two administrators (002 §2.1.2)")},
    ),
    Row(
        "C.1", "Create/publish employer, departments, contracts", "i i S – – – – – – – – – –",
        ("employer_administration.", "employer_agreements.show_all", "employer_contacts.", "employer_departments.",
         "employer_folders.", "employer_publishing.move", "employer_publishing.place", "employer_publishing.show",
         "employer_publishing.show_move", "employer_sites."),
    ),
    Row(
        "C.1", "Link arbodienst to employer/department", "a a a – – – – – – – – – –",
        ("employer_agreements.add", "employer_agreements.ask_removal", "employer_agreements.change",
         "employer_agreements.end", "employer_agreements.remove", "employer_agreements.show",
         "employer_agreements.show_end", "employer_agreements.show_new"),
        deviations={
            "superbeheerder": (True, "the separate authorisation is part of the preset, and can be taken from a group"),
            "klantbeheer": (True, "the separate authorisation is part of the preset, and can be taken from a group"),
        },
    ),
    Row(
        "C.1", "Set case manager on employer", "i – S N N N N N N N N N N",
        ("employer_publishing.assign", "employer_publishing.show_team"),
    ),
    Row(
        "C.1", "View employer master data / contacts", "S* S* S* S* S* S* S* S* S* S* S* S* S*", ("employers.",),
        also=frozenset({"ad"}),
    ),
    Row(
        "C.1", "Plaatsvervanging registreren", "a a a a a a a a a a a a a", ("substitution.",),
        deviations={"plaatsvervanging": (True, "the same add-on is there for users of an employer")},
    ),
    Row(
        "C.1", "Announcements on the start page (T-06)", "i i S – – – – – – – – – –", ("announcements.",),
        sample="/beheer/mededelingen",
    ),
    Row("C.1", "The way to all that is administered", "i i S – – – – – – – – – –", ("administration.show",), "/beheer"),
    Row(
        "C.1", "Start dialogue / participate", "i i i i i i i i i i i i i",
        ("message_settings.", "dialogues.", "conversations.", "dialogue_participants.", "dialogue_tabs.",
         "starting_dialogues.", "dialogue_files."),
        sample="/berichten", also=frozenset({"ad"}),
    ),
    Row(
        "C.1", "Start dialogue", "i i i i i i i i i i i i i", ("starting_dialogues.",), sample="/berichten/nieuw",
        also=frozenset({"ad"}),
    ),
    Row(
        "C.1", "Read non-medical dossier documents", "S* – S* S* S* S* S* S* S* S* S* S* ?",
        ("documents.", "document_pages.", "document_forms.download_word"), also=frozenset({"ad"}),
        decided={"medewerker_facturatie": (False, "billing needs no documents of people")},
    ),
    Row(
        "C.1", "Upload documents to a dossier (DOC-20)", "i – i i i i i i i i i i –", ("document_uploads.",),
        also=frozenset({"ad"}),
    ),
    Row(
        "C.1", "Name, label, version and removal of a document (DOC-05, DOC-12, DOC-13)",
        "i – i i i i i i i i – – –", ("document_changes.", *FORMS),
    ),
    Row("C.1", "Send a document by mail (DOC-14)", "i – i i i i i i i i – – –", ("document_mail.",)),
    Row(
        "C.1", "Start signing (G-03)", "i – i i i i i i i i – – –",
        ASKS,
    ),
    Row(
        "C.1", "Sign: whoever was asked and takes part in the dialogue (G-06)", "i i i i i i i i i i i i i",
        ("signing.", "signing_requests.finish", "signing_requests.show", "signing_results."), also=frozenset({"ad"}),
    ),
    Row(
        "C.1", "Standard texts of the organisation", "i – i – – – – – – – – – –", ("standard_texts.",),
        sample="/beheer/standaardteksten",
    ),
    Row(
        "C.1", "Labels of documents (DOC-18)", "i i i – – – – – – – – – –", ("document_labels.",),
        sample="/beheer/kenmerken",
    ),
    Row(
        "C.1", "Admit colleagues to the key of the service (design 2.1)", "i – S i – – – – – – – – –",
        ("admissions.show", "admissions.admit_member", "admissions.refuse_member", "recovery_sheets."),
        sample="/toelatingen",
    ),
    Row(
        "C.1", "Dossiers: the tree, search, a page", "S* S* S* S* S* S* S* S* S* S* S* S* S*",
        ("dossiers.search", "dossiers.search_advanced", "dossiers.show", "dossiers.show_advanced_search",
         "dossiers.show_search", "dossiers.show_tree", "admissions.ask", "requesting_shares.show_all"),
        sample="/dossiers", also=frozenset({"ad"}),
    ),
    Row(
        "C.1", "Take a person out of the vault: ask the employer to share", "– – – i i i ? – i i – – –",
        ("requesting_shares.ask", "requesting_shares.show_form", "requesting_shares.withdraw"),
        decided={"casemanager_administratief": (False, "prepares, and asks a case manager")},
    ),
    Row(
        "C.1", "Statistics and lists of people to a file", "S S S S S S S S S S S S S", ("exports.",), "/exporteren",
        deviations=NO_FILE,
    ),
    Row("C.1", "See BSN", "a a a a a a a a a a a a –", ("dossiers.show_bsn",), deviations=OTHER_SIDE),
    Row(
        "C.1", "Read the log of the service (LOG9)", "i – – – – – – – – – – – –", ("log.",), "/logboek",
        also=frozenset({"privacyfunctionaris"}),
    ),
    Row(
        "C.2", "See own organisation, master data (read only)", "S* S* S* S* S* ? S* S* S* i i i", ("employers.",),
        decided={"wg_inzage_specificaties": (False, "sees the specifications only")},
    ),
    Row(
        "C.2", "See employees in scope", "S* S* S* S* S* N S* S* i S S S",
        ("employees.search", "employees.search_advanced", "employees.show", "employees.show_advanced_search",
         "employees.show_search", "employees.show_tree"),
        sample="/werknemers",
    ),
    Row(
        "C.2", "Add / edit employee, employment, uit dienst", "S i i i N N S N ? – – –",
        ("employee_editing.", "employments.", "leaving.", "imports."),
        decided=EDITS, deviations=ADMINISTERS,
    ),
    Row(
        "C.2", "Verzuimcijfers, Werknemersbestand (to a file)", "i S S S i N ? ? i i – –", ("exports.",), "/exporteren",
        decided={
            "wg_verzuimmelder_met_mutaties": (False, "reports absence; a file of people is no part of that"),
            "wg_verzuimmelder_zonder_mutaties": (False, "reports absence; a file of people is no part of that"),
        },
        deviations={
            "leidinggevende": (False, "dept i: figures on the screen; a file of people is more than that"),
            "datakluisbeheerder": (True, "note 2: keeps the records of the vault, and can get them out (K-12)"),
        },
    ),
    Row(
        "C.2", "Share a dossier, answer a deelverzoek", "– – – – ? N – – ? – S S",
        ("sharing.share", "sharing.show_form", "share_requests."), sample="/deelverzoeken",
        decided={
            "wg_meekijken": (False, "only with the vault add-on"),
            "wg_salarisadministratie": (False, "only with the vault add-on"),
        },
    ),
    Row(
        "C.2", "See Deelgeschiedenis, withdraw share", "– – – – – N – – – – S S",
        ("sharing.show_history", "sharing.show_withdrawal", "sharing.withdraw"),
    ),
    Row(
        "C.2", "Let an employee see the own record (design 2.2)", "– – – – – – – – – – i i", ("own_data_links.",),
    ),
    Row(
        "C.2", "The own data, documents and who saw them (DE)", "– – – – – – – – – – – –",
        ("own_data.", "own_documents.", "own_log."), sample="/mijn-gegevens", also=frozenset({"werknemer"}),
    ),
    Row("C.2", "See NAW of unshared employees (vault)", "– – – – – N – – – – S S", ("admissions.ask_for_vault",)),
    Row(
        "C.2", "Approve / withdraw vault users, give administrator right", "N N N N N N N N N N S N",
        ("vault_management.", "recovery_sheets."), sample="/datakluis-beheer/autorisaties",
    ),
    Row(
        "C.2", "Register who signs the verwerkersovereenkomst, open the vault", "– – – – – – – – – – S –",
        ("agreements.",), sample="/datakluis/verwerkersovereenkomst",
    ),
    Row("C.2", "BSN column", "a a a a a – a a a – – –", ("employees.show_bsn",), deviations=OTHER_SIDE),
    Row(
        "C.2", "Read the log of the employer (LOG9)", "– – – – – – – – – – i –", ("log.",), "/logboek",
        also=frozenset({"privacyfunctionaris"}),
    ),
    Row(
        "C.2", "Users of the own employer (self-reliance, U-33)", "– – – – – – – – – – – –",
        ("administration.show", "user_groups.", "users.", "user_accounts.", "authorisations.change_group",
         "authorisations.change_user", "authorisations.show_group", "authorisations.show_user", "scopes."),
        sample="/beheer/gebruikers", also=frozenset({"gebruikersbeheer"}),
    ),
    Row(
        "C.2", "Start dialogue", "S S i i i – i i i i – –",
        ("message_settings.add", "message_settings.change", "message_settings.remove",
         "message_settings.save_signature", "message_settings.show_new", "message_settings.show_one",
         "message_settings.show_removal", "starting_dialogues.", "dialogues.search", "dialogues.show_search",
         "dialogue_participants.add", "dialogue_participants.close", "dialogue_participants.invite_anew",
         "dialogue_participants.remove",
         "dialogue_participants.reopen", "dialogue_participants.replace", "dialogue_participants.show_adding",
         "dialogue_participants.show_closing", "dialogue_participants.show_removal",
         "dialogue_participants.show_replacing", "dialogue_files.add_for_new", "dialogue_files.remove_new"),
        sample="/berichten/nieuw",
        deviations=TALKS,
    ),
    Row(
        "C.2", "Participate in a dialogue", "S S i i i – i i i i – –",
        ("message_settings.save_overview", "message_settings.show", "conversations.", "dialogue_tabs.",
         "dialogues.show_all", "dialogue_participants.admit_again", "dialogue_participants.leave_for_good",
         "dialogue_participants.show_leaving", "dialogue_participants.show_readmission",
         "dialogue_files.add", "dialogue_files.download", "dialogue_files.download_all", "dialogue_files.remove",
         "dialogue_files.show", "dialogue_files.show_all", "dialogue_files.show_page", "dialogue_files.show_picture"),
        sample="/berichten", deviations=TALKS, also=frozenset({"werknemer"}),
    ),
    Row(
        "C.2", "Generated documents, and all others that are for the employer", "S S S S S N ? ? N S – –",
        ("documents.", "document_pages.", "document_forms.download_word"),
        decided={
            "wg_verzuimmelder_met_mutaties": (False, "reports absence; documents are no part of that"),
            "wg_verzuimmelder_zonder_mutaties": (False, "reports absence; documents are no part of that"),
        },
    ),
    Row(
        "C.2", "Upload documents, notes in Overzicht voortgang", "S* S* S* S* – N ? ? – ? – –", ("document_uploads.",),
        decided={
            "wg_verzuimmelder_met_mutaties": (False, "reports absence; documents are no part of that"),
            "wg_verzuimmelder_zonder_mutaties": (False, "reports absence; documents are no part of that"),
            "leidinggevende": (False, "makes and signs what the conversations with the employee are about"),
        },
    ),
    Row(
        "C.2", "Edit a document (new version), start signing", "S S i i – – – – – S – –",
        ("document_changes.", *FORMS, *ASKS),
    ),
    Row(
        "C.2", "E-mail a document (with warning)", "S S i i – N – – – ? – –", ("document_mail.",),
        decided={"leidinggevende": (False, "makes and signs documents; whoever keeps the file sends them out")},
    ),
    Row(
        "C.2", "Sign", "S S i i – – – – – S – –",
        ("signing.", "signing_requests.finish", "signing_requests.show", "signing_results."),
        deviations={**TALKS, **SIGNS}, also=frozenset({"werknemer"}),
    ),
    Row(
        "C.2", "Standard texts of the organisation", "i – – – – – – – – – – –", ("standard_texts.",),
        sample="/beheer/standaardteksten",
    ),
    Row(
        "C.2", "The way to all that is administered", "i – – – – – – – – – – –", ("administration.show",), "/beheer",
        also=frozenset({"gebruikersbeheer"}),
    ),
    Row(
        "both", "Start page and own settings", "",
        ("start.", "confirmation.", "own_settings.", "recovery.", "security_settings.", "phone_settings.",
         "factor_settings.", "factor_checks.", "mail_settings.", "task_settings."),
        sample="/instellingen",
    ),
    Row("both", "Answer an invitation into a dialogue, which an own account is needed for (D-04)", "", ("joining.",)),
)  # fmt: skip
"""In two rows part C puts the vault add-on behind *with add-on* and *idem*: here a base role alone is –."""


def rows_of(endpoint: str) -> list[Row]:
    """The rows that a route serves."""
    return [
        row
        for row in ROWS
        if any(endpoint == route or (route.endswith(".") and endpoint.startswith(route)) for route in row.routes)
    ]
