"""Checking a signed document: nothing of it is kept and nobody of this portal is shown, so that there is no entry."""

from __future__ import annotations

from tests.portal.company import Company
from tests.refusals.catalogue import Ask, filled_in, see, silent

URL = "/ondertekening-controleren"


@silent("signing_check.show", "an empty form")
def the_form_for_a_document(company: Company) -> Ask:
    return see(company.portal.visitor(), URL)


@silent("signing_check.check", "what is in the file that the visitor sent, which is not kept", status=422)
def a_check_without_a_file(company: Company) -> Ask:
    visitor = company.portal.visitor()
    visitor.get(URL)
    return filled_in(visitor, {}, URL)
