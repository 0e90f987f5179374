"""The component macros and the frames, rendered as a view would (screens.md), and what the strict CSP asks of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template, render_template_string
from wtforms import EmailField, Form, PasswordField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired

from portal.formats import add_formats

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "portal" / "static"
ERROR_PAGES = sorted(path.stem for path in (TEMPLATES / "errors").glob("[45]*.html"))


class ShareForm(Form):
    name = StringField("Achternaam", [InputRequired("Vul een achternaam in")])
    address = EmailField("E-mailadres")
    password = PasswordField("Wachtwoord")
    # The stubs still ask for pairs, which WTForms itself no longer wants.
    kind = RadioField("Soort zorgvraag", [InputRequired("Kies een soort")], choices=["spreekuur"])  # type: ignore[list-item]
    reason = TextAreaField("Toelichting")


@pytest.fixture
def app() -> Iterator[Flask]:
    app = Flask("components", template_folder=str(TEMPLATES), static_folder=str(STATIC), static_url_path="/static")
    app.secret_key = "only for this test"
    app.jinja_env.add_extension("jinja2.ext.i18n")
    add_formats(app)
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals.update(csrf_token=lambda: "token-of-this-form", csp_nonce=lambda: "nonce-of-this-page")
    with app.test_request_context():
        yield app


def shown(source: str, **context: object) -> str:
    return re.sub(r"\s+", " ", render_template_string(source, **context))


def wrongly_filled_form() -> ShareForm:
    form = ShareForm()
    form.validate()
    return form


@pytest.mark.usefixtures("app")
def test_a_field_ties_its_hint_and_its_error_to_the_control() -> None:
    source = "{% from 'components/forms.html' import field %}{{ field(form.name, hint='Zoals in het paspoort') }}"

    html = shown(source, form=wrongly_filled_form())

    assert 'aria-describedby="name-hint name-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="name-hint">Zoals in het paspoort' in html
    assert re.search(r'id="name-error">.*Vul een achternaam in', html)
    assert '<label class="form-label" for="name">Achternaam</label>' in html
    assert "verplicht" in html


@pytest.mark.usefixtures("app")
def test_a_field_without_hint_and_error_promises_neither() -> None:
    html = shown("{% from 'components/forms.html' import field %}{{ field(form.address) }}", form=ShareForm())

    assert "aria-describedby" not in html
    assert "aria-invalid" not in html
    assert "verplicht" not in html


@pytest.mark.usefixtures("app")
def test_the_error_summary_links_to_each_field_that_needs_mending_and_to_no_other() -> None:
    source = "{% from 'components/forms.html' import error_summary %}{{ error_summary(form) }}"

    html = shown(source, form=wrongly_filled_form())

    assert re.findall(r'href="#(\w+)"', html) == ["name", "kind"]
    assert shown(source, form=ShareForm()).strip() == ""


@pytest.mark.usefixtures("app")
def test_the_error_summary_puts_no_colon_behind_a_question() -> None:
    class AskingForm(Form):
        what = StringField("Wat wilt u doen?", [InputRequired("Kies wat u wilt doen.")])

    form = AskingForm()
    form.validate()

    html = shown("{% from 'components/forms.html' import error_summary %}{{ error_summary(form) }}", form=form)

    assert ">Wat wilt u doen? Kies wat u wilt doen.</a>" in html


@pytest.mark.usefixtures("app")
def test_a_password_is_never_sent_back_into_the_page() -> None:
    form = ShareForm(data={"password": "wat ik typte"})

    html = shown("{% from 'components/forms.html' import password %}{{ password(form.password) }}", form=form)

    assert "wat ik typte" not in html


@pytest.mark.usefixtures("app")
def test_a_button_that_does_something_carries_the_csrf_token() -> None:
    html = shown(
        "{% from 'components/buttons.html' import post_button, actions_menu %}"
        "{{ post_button('Akkoord', '/akkoord') }}{{ actions_menu([{'label': 'Akkoord', 'url': '/a', 'post': true}]) }}"
    )

    assert html.count('method="post"') == 2
    assert html.count('name="csrf_token" value="token-of-this-form"') == 2


@pytest.mark.usefixtures("app")
def test_what_a_person_typed_is_text_in_every_component() -> None:
    html = shown(
        "{% from 'components/panels.html' import description_list, who_can_open, secret_text %}"
        "{% from 'components/tree.html' import tree %}{% from 'components/banners.html' import notice %}"
        "{{ description_list([('Naam', typed)]) }}{{ who_can_open([{'who': typed, 'since': typed}]) }}"
        "{{ tree([{'id': '1', 'label': typed, 'url': '/'}]) }}{{ notice('info', typed) }}{{ secret_text(typed) }}",
        typed="<img src=x>",
    )

    assert "<img" not in html
    assert html.count("&lt;img") == 6


@pytest.mark.usefixtures("app")
def test_a_secret_stands_in_groups_of_four() -> None:
    source = "{% from 'components/panels.html' import secret_text %}{{ secret_text('JBSWY3DPEHPK3P')|striptags }}"

    assert shown(source).strip() == "JBSW Y3DP EHPK 3P"


@pytest.mark.usefixtures("app")
def test_a_row_of_a_list_repeats_its_heads_for_a_phone() -> None:
    html = shown(
        "{% from 'components/tables.html' import data_table %}"
        "{% call(row, column) data_table('Werknemers', columns, rows) %}"
        "{{ row[column.key] }}{% endcall %}",
        columns=[{"key": "name", "label": "Naam"}, {"key": "hours", "label": "Uren", "numeric": True}],
        rows=[{"name": "Anna", "hours": 32}],
    )

    assert re.search(r'<th scope="row" role="rowheader">Anna</th>', html)
    assert re.search(r'<td role="cell" data-label="Uren" class="dk-numeric"><div>32</div>', html)


@pytest.mark.usefixtures("app")
def test_an_empty_card_says_what_will_come_instead_of_a_count() -> None:
    html = shown(
        "{% from 'components/cards.html' import start_card %}"
        "{{ start_card('Deelverzoeken', 0, link='/', link_label='Alle', empty_text='Hier komen',"
        " link_when_empty=false) }}"
    )

    assert "Hier komen" in html
    assert "(0)" not in html
    assert "href" not in html


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("code", ERROR_PAGES)
def test_an_error_page_needs_nothing_of_the_session(code: str) -> None:
    """No actor, no menu, no nonce: the page must stand whatever has failed."""
    html = render_template(f"errors/{code}.html")

    assert html.count("<h1>") == 1
    assert "<script" not in html
    assert code not in re.sub(r"<[^>]*>", "", html)
    assert 'href="/"' in html


def own_templates() -> dict[str, str]:
    paths = [path for path in TEMPLATES.rglob("*.html") if path.parent.name != "mail"]
    return {str(path.relative_to(TEMPLATES)): path.read_text(encoding="utf-8") for path in paths}


def test_no_template_has_styles_or_scripts_in_line() -> None:
    """The CSP refuses them; they would only work on the machine of whoever forgets it. Mails have no CSP."""
    forbidden = re.compile(r"\sstyle=|<style|\son[a-z]+=\"|javascript:|<script(?![^>]*nonce=)")

    assert {name for name, text in own_templates().items() if forbidden.search(text)} == set()


def test_every_icon_that_a_template_names_exists() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (STATIC / "icons" / "icons.svg").read_text(encoding="utf-8")))
    named: set[str] = set()
    for text in own_templates().values():
        named |= set(re.findall(r'(?:icon\(|icon_name=|"icon": )"([a-z0-9-]+)"', text))

    assert named
    assert named - drawn == set()


def test_every_file_that_the_stylesheet_asks_for_is_there() -> None:
    asked = re.findall(r'url\("([^"?]+)', (STATIC / "datakluis.css").read_text(encoding="utf-8"))

    assert asked
    assert [name for name in asked if not (STATIC / name).is_file()] == []


def test_what_is_taken_over_has_its_licence_beside_it() -> None:
    assert [folder for folder in ("bootstrap", "fonts", "icons") if not (STATIC / folder / "LICENSE").is_file()] == []
