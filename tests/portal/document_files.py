"""Documents of dossiers through the real routes, with files as a form sends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from werkzeug.test import TestResponse

from documents.models import Document, DocumentLabel
from organisation.circles import enter_circle, name_first_member
from tests.pages import Page, Visitor, checked
from tests.portal.company import Company
from tests.world import OPERATOR

BORDER = "grens"
TEXT = b"Kanarie in het document, alleen voor wie een sleutel heeft."

Files = Sequence[tuple[str, bytes]]


def add_doctor(company: Company) -> None:
    """Let Sanne make the key of Noord's medical circle, and Cor upload medical documents without being in it."""
    with company.preparing() as world:
        sanne = world.hire_arbo("Sanne", roles=("superbeheerder", "medisch", "medische_documenten_uploaden"))
        name_first_member(world.session, world.service, sanne.id, OPERATOR)
        enter_circle(world.session, world.actor("Sanne"))
        world.hire_arbo("Cor", roles=("casemanager_arbo", "medische_documenten_uploaden"))
    company.portal.people = company.world.people


def label(company: Company, name: str, *, of_employer: bool = False) -> str:
    """The id of a label that came along."""
    with company.portal.session() as session:
        statement = select(DocumentLabel.id).where(DocumentLabel.name == name, DocumentLabel.of_employer == of_employer)
        return str(session.scalars(statement).one())


def documents(company: Company) -> list[UUID]:
    """The documents that there are, the oldest first."""
    with company.portal.session() as session:
        return list(session.scalars(select(Document.id).order_by(Document.created_at, Document.id)))


def multipart(values: Mapping[str, str], files: Files) -> tuple[bytes, dict[str, str]]:
    """A form with files, byte for byte, since the test client would spool a large one."""
    body = b""
    for name, value in values.items():
        body += f'--{BORDER}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    for name, data in files:
        head = f'--{BORDER}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
        body += head.encode() + data + b"\r\n"
    headers = {"Content-Type": f"multipart/form-data; boundary={BORDER}"}
    return body + f"--{BORDER}--\r\n".encode(), headers


def send(company: Company, visitor: Visitor, url: str, values: Mapping[str, str], files: Files) -> TestResponse:
    """Send a form with files, and return the answer itself."""
    data, headers = multipart({"csrf_token": company.token(visitor), **values}, files)
    return visitor.client.post(
        url, data=data, headers=headers, environ_overrides=visitor.environment, base_url=visitor.base_url
    )


def upload_url(company: Company, employee: str | None = "Eva") -> str:
    """Where files go to the dossier of an employee, or of the bakery itself."""
    if employee is None:
        return f"/documenten/uploaden/werkgever/{company.world.employer.id}"
    return f"/documenten/uploaden/werknemer/{company.employees[employee]}"


def upload(
    company: Company,
    by: str,
    employee: str | None = "Eva",
    *,
    files: Files = (("verslag.txt", TEXT),),
    into: str = "Algemeen",
    status: int = 303,
    **values: str,
) -> Page | None:
    """Let somebody upload files; return the page where they are refused."""
    url = upload_url(company, employee)
    visitor = company.visitor(by, url)
    typed = {"label": label(company, into, of_employer=employee is None), "save_as": "los", **values}
    response = send(company, visitor, url, typed, files)
    assert response.status_code == status, response.status_code
    return checked(response) if status != 303 else None
