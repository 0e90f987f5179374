"""Where sealed values lie and what each is bound to, written out once more by somebody who has only read the docs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from crypto.sealing import Context

Row = Mapping[str, Any]

IN_THE_OPEN = {("holder_generation", "public_key")}
"""Begins with the marker of what is sealed to it."""


def id_of(value: Any) -> UUID:
    """Return the id in a column, which SQLite keeps as hexadecimal text."""
    return UUID(value) if isinstance(value, str) else UUID(bytes=value)


def _id_or_none(value: Any) -> UUID | None:
    return None if value is None else id_of(value)


def _own(table: str, column: str) -> Callable[[Row], list[Context]]:
    return lambda row: [Context(table, id_of(row["id"]), column)]


def _credential(column: str) -> Callable[[Row], list[Context]]:
    def place(row: Row) -> list[Context]:
        person = id_of(row["person_id"])
        return [Context("credential", person, column, holder=person, generation=row["key_generation"])]

    return place


def _login_session(column: str) -> Callable[[Row], list[Context]]:
    def place(row: Row) -> list[Context]:
        person, generation = _id_or_none(row["person_id"]), row["key_generation"] or 0
        name = bytes(row["id_hash"]).hex()
        stages = ("visitor", "password", "complete")
        return [
            Context("login_session", name, f"{column}/{stage}", holder=holder, generation=number)
            for stage in stages
            for holder, number in {(person, generation), (None, 0)}
        ]

    return place


def _grant(row: Row) -> list[Context]:
    return [
        Context(
            "key_grant",
            id_of(row["id"]),
            "sealed",
            version=row["recipient_generation"],
            holder=id_of(row["holder_id"]),
            generation=row["generation"],
            recipient=id_of(row["recipient_id"]),
        )
    ]


def _previous(row: Row) -> list[Context]:
    holder, number = id_of(row["holder_id"]), row["number"]
    return [
        Context("holder_generation", holder, "previous_sealed", version=number, holder=holder, generation=number - 1)
    ]


def _index(row: Row) -> list[Context]:
    holder = id_of(row["holder_id"])
    return [Context("holder_generation", holder, "index_sealed", holder=holder, generation=row["number"])]


def _half(row: Row) -> list[Context]:
    return [
        Context(
            "recovery_sheet",
            id_of(row["id"]),
            "half_sealed",
            version=row["named_generation"],
            holder=id_of(row["for_holder_id"]),
            recipient=id_of(row["named_person_id"]),
        )
    ]


def _record_key(row: Row) -> list[Context]:
    return [
        Context(
            "record_key",
            id_of(row["employee_id"]),
            f"{row['form']} since {row['since_generation']}",
            version=row["key_number"],
            holder=id_of(row["holder_id"]),
            generation=row["generation"],
        )
    ]


def _record_part(row: Row) -> list[Context]:
    employee = id_of(row["employee_id"])
    return [Context("record_part", employee, row["part"], version=row["version"], generation=row["key_number"])]


def _reason(row: Row) -> list[Context]:
    employee = id_of(row["employee_id"])
    return [Context("share", id_of(row["id"]), "reason_sealed", generation=row["generation"], recipient=employee)]


def _service_reason(row: Row) -> list[Context]:
    return [
        Context(
            "share",
            id_of(row["id"]),
            "service_reason_sealed",
            holder=id_of(row["service_id"]),
            generation=row["service_generation"],
            recipient=id_of(row["employee_id"]),
        )
    ]


def _request(column: str, generation: str) -> Callable[[Row], list[Context]]:
    side = "service_id" if column.startswith("service_") else "organisation_id"

    def places(row: Row) -> list[Context]:
        return [
            Context(
                "share_request",
                id_of(row["id"]),
                column,
                holder=id_of(row[side]),
                generation=row[generation],
                recipient=id_of(row["employee_id"]),
            )
        ]

    return places


def _file_key(row: Row) -> list[Context]:
    holder, generation = id_of(row["holder_id"]), row["generation"]
    return [Context("employee_import", id_of(row["id"]), "file_key_sealed", holder=holder, generation=generation)]


def _mapping(row: Row) -> list[Context]:
    owner, holder = id_of(row["organisation_id"]), id_of(row["holder_id"])
    return [Context("import_mapping", owner, "sealed", holder=holder, generation=row["generation"])]


def _piece(row: Row) -> list[Context]:
    owner = id_of(row["import_id"])
    return [Context("import_chunk", owner, part, version=row["number"]) for part in ("piece", "last")]


def _roster(row: Row) -> list[Context]:
    dialogue, holder = id_of(row["dialogue_id"]), id_of(row["holder_id"])
    version, number = row["roster_version"], row["number"]
    return [Context("dialogue_epoch", dialogue, "roster_sealed", version=version, holder=holder, generation=number)]


def _message(row: Row) -> list[Context]:
    return [
        Context(
            "dialogue_message",
            id_of(row["id"]),
            "sealed",
            version=row["number"],
            holder=id_of(row["dialogue_id"]),
            generation=row["epoch_number"],
            recipient=id_of(row["participant_id"]),
        )
    ]


def _draft(row: Row) -> list[Context]:
    dialogue, writer = id_of(row["dialogue_id"]), id_of(row["person_id"])
    return [Context("dialogue_draft", dialogue, "sealed", holder=writer, generation=row["generation"])]


def _key_of_file(row: Row) -> list[Context]:
    file, holder = id_of(row["file_id"]), id_of(row["holder_id"])
    part = "sealed" if row["form"] == "wrapped" else "sealed as sent"
    return [Context("file_key", file, part, holder=holder, generation=row["generation"])]


def _form(row: Row) -> list[Context]:
    document, file = id_of(row["document_id"]), id_of(row["file_id"])
    return [Context("document_version", document, "form_sealed", version=row["number"], recipient=file)]


def _attached(row: Row) -> list[Context]:
    return [Context("mail_attachment", id_of(row["message_id"]), "sealed", version=row["number"])]


def _request_key(row: Row) -> list[Context]:
    request, holder = id_of(row["request_id"]), id_of(row["holder_id"])
    number, generation = row["key_number"], row["generation"]
    return [Context("signing_request_key", request, "sealed", version=number, holder=holder, generation=generation)]


def _in_request(column: str) -> Callable[[Row], list[Context]]:
    return lambda row: [Context("signing_request", id_of(row["id"]), column, version=row["key_number"])]


def _in_signer(column: str) -> Callable[[Row], list[Context]]:
    def places(row: Row) -> list[Context]:
        request = id_of(row["request_id"])
        return [Context("signer", id_of(row["id"]), column, version=row["key_number"], holder=request)]

    return places


PLACES: Mapping[tuple[str, str], Callable[[Row], list[Context]]] = {
    ("authenticator", "secret_sealed"): lambda row: [
        Context("authenticator", id_of(row["id"]), "secret_sealed", holder=id_of(row["person_id"]))
    ],
    ("contact_person", "sealed"): _own("contact_person", "sealed"),
    ("credential", "backup_sealed"): _credential("backup_sealed"),
    ("credential", "password_sealed"): _credential("password_sealed"),
    ("dialogue_draft", "sealed"): _draft,
    ("dialogue_epoch", "roster_sealed"): _roster,
    ("dialogue_invitation_code", "number_sealed"): lambda row: [
        Context("dialogue_invitation_code", id_of(row["id"]), "number_sealed", holder=id_of(row["invitation_id"]))
    ],
    ("dialogue_message", "sealed"): _message,
    ("dialogue_participant", "email_sealed"): _own("dialogue_participant", "email_sealed"),
    ("dialogue_participant", "phone_sealed"): _own("dialogue_participant", "phone_sealed"),
    ("document_version", "form_sealed"): _form,
    ("employee_import", "choice_sealed"): _own("employee_import", "choice_sealed"),
    ("employee_import", "file_key_sealed"): _file_key,
    ("file_key", "sealed"): _key_of_file,
    ("holder_generation", "index_sealed"): _index,
    ("holder_generation", "previous_sealed"): _previous,
    ("import_chunk", "sealed"): _piece,
    ("import_mapping", "sealed"): _mapping,
    ("key_grant", "sealed"): _grant,
    ("login_session", "data_sealed"): _login_session("data_sealed"),
    ("login_session", "secret_sealed"): _login_session("secret_sealed"),
    ("mail_attachment", "sealed"): _attached,
    ("message_signature", "sealed"): lambda row: [Context("message_signature", id_of(row["person_id"]), "sealed")],
    ("outgoing_message", "sealed"): _own("outgoing_message", "sealed"),
    ("person", "email_sealed"): _own("person", "email_sealed"),
    ("person", "phone_sealed"): _own("person", "phone_sealed"),
    ("processing_agreement", "signatory_sealed"): _own("processing_agreement", "signatory_sealed"),
    ("record_key", "sealed"): _record_key,
    ("record_part", "sealed"): _record_part,
    ("recovery_sheet", "half_sealed"): _half,
    ("share", "reason_sealed"): _reason,
    ("share", "service_reason_sealed"): _service_reason,
    ("share_request", "reason_sealed"): _request("reason_sealed", "generation"),
    ("share_request", "service_reason_sealed"): _request("service_reason_sealed", "service_generation"),
    ("share_request", "refusal_sealed"): _request("refusal_sealed", "refusal_generation"),
    ("share_request", "service_refusal_sealed"): _request("service_refusal_sealed", "service_refusal_generation"),
    ("signer", "drawing_sealed"): _in_signer("drawing_sealed"),
    ("signer", "entry_sealed"): _in_signer("entry_sealed"),
    ("signer", "phone_sealed"): _own("signer", "phone_sealed"),
    ("signer", "refusal_sealed"): _in_signer("refusal_sealed"),
    ("signing_certificate", "key_sealed"): _own("signing_certificate", "key_sealed"),
    ("signing_request", "base_key_sealed"): _in_request("base_key_sealed"),
    ("signing_request", "latest_key_sealed"): _in_request("latest_key_sealed"),
    ("signing_request", "reason_sealed"): _in_request("reason_sealed"),
    ("signing_request", "title_sealed"): _in_request("title_sealed"),
    ("signing_request_key", "sealed"): _request_key,
    ("forgotten_request", "typed_sealed"): _own("forgotten_request", "typed_sealed"),
    ("sms_code", "number_sealed"): lambda row: [
        Context("sms_code", id_of(row["id"]), "number_sealed", holder=id_of(row["person_id"]))
    ],
    ("standard_text", "sealed"): _own("standard_text", "sealed"),
    ("stored_file", "about_sealed"): _own("stored_file", "about_sealed"),
    # A key that waits for its batch is bound to the place that it will have.
    ("staged_record_key", "sealed"): _record_key,
}
"""Every column with a sealed value, and to which places its values may be bound."""

SECRETS = {
    ("authenticator", "secret_sealed"),
    ("credential", "backup_sealed"),
    ("credential", "password_sealed"),
    ("employee_import", "file_key_sealed"),
    ("file_key", "sealed"),
    ("holder_generation", "index_sealed"),
    ("holder_generation", "previous_sealed"),
    ("key_grant", "sealed"),
    ("login_session", "secret_sealed"),
    ("record_key", "sealed"),
    ("recovery_sheet", "half_sealed"),
    ("signing_request", "base_key_sealed"),
    ("signing_request", "latest_key_sealed"),
    ("signing_request_key", "sealed"),
    ("staged_record_key", "sealed"),
}
"""Those that hold a key: random bytes, which only their tag tells from others."""
