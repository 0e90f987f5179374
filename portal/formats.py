"""How the screens write dates, times and numbers (screens.md, *Words*), as filters for the templates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import phonenumbers
from flask import Flask
from flask_babel import format_date, format_datetime, format_decimal, format_timedelta, gettext, ngettext
from markupsafe import Markup, escape

from portal.services import current_services


def short_date(value: date | None) -> str:
    """22-11-2026, for tables; nothing for None."""
    return format_date(value, "dd-MM-yyyy") if value else ""


def long_date(value: date | None) -> str:
    """22 november 2026, for text; nothing for None. A moment is told in the time of Amsterdam."""
    return format_date(value, "d MMMM yyyy") if value else ""


def date_and_time(value: datetime | None) -> str:
    """22-11-2026 om 15:32, in the time of Amsterdam; nothing for None."""
    if value is None:
        return ""
    return str(gettext("%(date)s om %(time)s", date=short_date(value), time=clock_time(value)))


def clock_time(value: datetime | None) -> str:
    """15:32, in the time of Amsterdam; nothing for None."""
    return format_datetime(value, "HH:mm") if value else ""


def ago(value: datetime | None) -> str:
    """3 maanden geleden, as K-11 shows the age of a request; nothing for None."""
    return format_timedelta(value - current_services().source.now(), add_direction=True) if value else ""


def age(birth_date: date | None) -> int | None:
    """Return the age in whole years today in Amsterdam; someone born on 29 February has a birthday on 1 March."""
    if birth_date is None:
        return None
    today = date.fromisoformat(format_datetime(current_services().source.now(), "yyyy-MM-dd"))
    had_birthday = (today.month, today.day) >= (birth_date.month, birth_date.day)
    return today.year - birth_date.year - (not had_birthday)


def spaced_bsn(value: str | None) -> str:
    """9999 90 019, in groups that can be read out."""
    return f"{value[:4]} {value[4:6]} {value[6:]}" if value else ""


def working_hours(value: Decimal | None) -> str:
    """36,00 uur, as the employment card shows hours a week (E-08); nothing for None."""
    return gettext("%(hours)s uur", hours=format_decimal(value, "0.00")) if value is not None else ""


def spaced_postcode(value: str | None) -> str:
    """3511 AB; a postcode of another country as it was written."""
    text = value or ""
    return f"{text[:4]} {text[4:]}" if len(text) == 6 and text[:4].isdecimal() and text[4:].isalpha() else text


def phone(value: str | None) -> str:
    """+31 30 123 4567, in groups that can be read out; nothing for None."""
    if not value:
        return ""
    number = phonenumbers.parse(value, None)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def anonymous(personnel_number: str) -> str:
    """Anoniem (Persnr: MS003): what an employee is called to whom the name is not open (K-19)."""
    return str(gettext("Anoniem (Persnr: %(number)s)", number=personnel_number))


def file_size(size: int) -> str:
    """1,2 MB, as people are used to read it: a kB has 1,024 bytes, and less than one is told in bytes."""
    if size < 1024:
        return str(ngettext("%(num)s byte", "%(num)s bytes", size))
    if size < 1024 * 1024:
        return str(gettext("%(size)s kB", size=format_decimal(Decimal(size) / 1024, "0")))
    return str(gettext("%(size)s MB", size=format_decimal(Decimal(size) / 1024 / 1024, "0.0")))


def breakable(name: str) -> Markup:
    """Werkhervattingsplan_Vries_20261127.pdf, which may go on at the next line after each underscore (G-14)."""
    return escape(name).replace("_", Markup("_<wbr>"))


def local_hour() -> int:
    """Return the hour of the day in Amsterdam, 0 to 23."""
    return int(format_datetime(current_services().source.now().astimezone(UTC), "H"))


def add_formats(app: Flask) -> None:
    """Give the templates of `app` these filters."""
    app.jinja_env.filters.update(
        date=short_date,
        long_date=long_date,
        datetime=date_and_time,
        time=clock_time,
        ago=ago,
        age=age,
        anonymous=anonymous,
        breakable=breakable,
        bsn=spaced_bsn,
        file_size=file_size,
        hours=working_hours,
        phone=phone,
        postcode=spaced_postcode,
    )
