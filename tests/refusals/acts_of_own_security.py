"""What people do about their own ways in, each request with the log and without it."""

from __future__ import annotations

from tests.portal.company import Company
from tests.refusals.catalogue import Ask, act, filled_in, see, silent

TRIES = ("failed_tries",)
"""A try is counted before it is known whether it is right, and the right one is forgotten afterwards."""


@silent("confirmation.show", "an empty form, or the way to where one was going", status=303)
def the_page_that_asks_for_the_password_again(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/wachtwoord-bevestigen?next=/instellingen")


@act("confirmation.confirm", "password:confirm", keeps=TRIES)
def giving_the_password_again(company: Company) -> Ask:
    visitor = company.visitor("Anna")
    company.portal.let_password_age(visitor)
    visitor.get("/herstelblad/00000000-0000-4000-8000-000000000000/vervallen")
    return filled_in(visitor, {"confirmed_password": company.portal.people["Anna"].password})
