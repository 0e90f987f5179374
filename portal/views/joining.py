"""Answering an invitation into a dialogue: the link, the choice, and the five steps of signing up (D-04, D-05, G-11).

The link's secret stands behind its #, which no browser sends: a script of the page posts it, or somebody pastes it.
Nothing is used up, and there is no account, before the code by SMS was right (D-rule 32).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from accounts.actor import Actor
from accounts.credentials import password_salt
from accounts.errors import (
    InvitationError,
    InvitationExpired,
    InvitationUsed,
    LoginNameTaken,
    MalformedNumber,
    TooManyTries,
    WeakPassword,
    WrongCode,
)
from accounts.login import SecondFactor
from accounts.passwords import check_new_password
from accounts.permissions import Permission
from accounts.second_factors import Factor
from accounts.sessions import FIRST_STEPS
from crypto.passwords import split, stretch
from delivery.errors import TooManySms
from dialogs.asking_anew import ask_anew as ask_for_another
from dialogs.codes import check_code, send_code, waiting_number
from dialogs.errors import AlreadyTakesPart, CodeMissing, InvitedToClosed, NumberMissing
from dialogs.invitations import OpenInvitation, open_invitation
from dialogs.joining import address_and_number, has_account, sign_up_and_join
from dialogs.joining import join as join_dialogue
from organisation.employee_accounts import NewAccount
from organisation.models import EMPLOYEES_ID
from portal import joining
from portal.arrival import NEXT, access_point, arrive
from portal.authorisation import SETTING_UP, public, requires
from portal.forms.base import typed
from portal.forms.joining import LinkForm, OwnNameForm
from portal.forms.login import NewPasswordForm, PhoneForm, SmsCodeForm
from portal.languages import language_of_request
from portal.login_words import too_many, too_many_sms
from portal.new_passwords import refused_as
from portal.services import current_services
from portal.session import current_session, enter_password_stage
from portal.terms import current_terms
from portal.transactions import database, release
from portal.views.onboarding import SIGNING_UP

blueprint = Blueprint("joining", __name__, url_prefix="/berichten/uitnodiging")

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


@blueprint.get("")
@public
def show_link() -> ResponseReturnValue:
    """Let the script of the page post what stands behind the #, or somebody paste it; of the link nothing is known."""
    return _link_page(LinkForm())


@blueprint.post("")
@public
def open_link() -> ResponseReturnValue:
    """Keep the secret of the link in the session; that uses nothing up."""
    form = LinkForm()
    if not form.validate_on_submit():
        return _link_page(form)
    try:
        open_invitation(database(), form.token)
    except InvitationExpired:
        # The page says so, and lets a new one be asked for with this one.
        pass
    except (InvitationUsed, InvitedToClosed) as error:
        return _unusable_page(error)
    except InvitationError:
        form.link.errors = [_("Deze link kennen wij niet. Neem hem helemaal over uit de e-mail.")]
        return _link_page(form)
    joining.begin(form.token)
    return redirect(url_for("joining.show_choice"), 303)


def invited(*needed: str) -> Callable[[View], View]:
    """Let only those use a view who have opened a link that is good; it gets the `invitation`.

    `needed` are the earlier steps of signing up; who has not done one of them is led there.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def with_invitation(*arguments: Any, **values: Any) -> ResponseReturnValue:
            if not joining.token_in_session():
                return redirect(url_for("joining.show_link"), 303)
            try:
                invitation = open_invitation(database(), joining.token_in_session())
                missing = next((name for name in needed if not _DONE[name]()), None)
                if missing is not None:
                    return redirect(url_for(_PAGES[missing]), 303)
                return view(*arguments, invitation=invitation, **values)
            except InvitationError as error:
                return _unusable_page(error)

        return with_invitation  # type: ignore[return-value]

    return declare


@blueprint.get("/welkom")
@public
@invited()
def show_choice(*, invitation: OpenInvitation) -> ResponseReturnValue:
    """Say who invites, and ask whether there is an account already; the server does not say it."""
    return render_template("joining/choice.html", invitation=invitation, is_signed_in=current_user.is_authenticated)


@blueprint.post("/opnieuw")
@public
def ask_anew() -> ResponseReturnValue:
    """Ask for a new invitation where one has expired; the answer is always the same (L-04)."""
    ask_for_another(database(), joining.token_in_session())
    joining.forget()
    flash(
        _(
            "Staat uw uitnodiging nog open? Dan krijgt u een nieuwe e-mail zodra iemand uit de dialoog weer in "
            "Datakluis is. Duurt dat te lang? Vraag dan degene die u uitnodigde om hulp."
        ),
        "info",
    )
    return redirect(url_for("joining.show_link"), 303)


@blueprint.get("/voorwaarden")
@public
@invited()
def show_terms(*, invitation: OpenInvitation) -> ResponseReturnValue:
    """Show the terms of use, the first step (L-33)."""
    terms = current_terms()
    return render_template("joining/terms.html", version=terms.version, paragraphs=terms.paragraphs)


@blueprint.post("/voorwaarden")
@public
@invited()
def accept_terms(*, invitation: OpenInvitation) -> ResponseReturnValue:
    """Go on with the terms that were shown; other terms by now are shown first."""
    version = current_terms().version
    if request.form.get("version") != version:
        return redirect(url_for("joining.show_terms"), 303)
    joining.keep(**{joining.TERMS: version})
    return redirect(url_for("joining.show_password"), 303)


@blueprint.get("/wachtwoord")
@public
@invited("terms")
def show_password(*, invitation: OpenInvitation) -> ResponseReturnValue:
    """Ask for a password, the second step."""
    return _password_page(NewPasswordForm())


@blueprint.post("/wachtwoord")
@public
@invited("terms")
def choose_password(*, invitation: OpenInvitation) -> ResponseReturnValue:
    """Keep what the password is stretched to, sealed in the session: there is no account that has it yet."""
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return _password_page(form)
    services = current_services()
    person_id = services.source.new_id()
    # Guessing at a password and stretching it take long; nobody has to wait for that.
    release()
    try:
        check_new_password(typed(form.password), [invitation.organisation_name])
    except WeakPassword as refusal:
        form.password.errors = [refused_as(refusal)]
        return _password_page(form)
    salt = password_salt(services.salt_key, person_id)
    joining.keep_password(person_id, stretch(typed(form.password), salt, services.argon2), services.argon2)
    return redirect(url_for("joining.show_number"), 303)


@blueprint.get("/nummer")
@public
@invited("account")
def show_number(*, invitation: OpenInvitation) -> ResponseReturnValue:
    """Say to which number the code goes, or ask for one where the sender gave none (signing.md 7.2)."""
    return _number_page(PhoneForm(), invitation)


@blueprint.post("/nummer")
@public
@invited("account")
def send_sms(*, invitation: OpenInvitation) -> ResponseReturnValue:
    """Send a code; the one before is worth nothing any more."""
    form = PhoneForm()
    given = typed(form.number).strip() or None
    try:
        send_code(
            database(),
            joining.token_in_session(),
            given_number=given,
            access_point=access_point(),
            rules=current_services().sms_rules,
            language=language_of_request(),
        )
    except NumberMissing:
        form.number.errors = [_("Vul uw mobiele nummer in, zoals 06 12345678")]
    except MalformedNumber:
        form.number.errors = [_("Dit is geen mobiel nummer. Vul het in zoals 06 12345678 of +32 470 12 34 56.")]
    except TooManySms as refusal:
        form.number.errors = [too_many_sms(refusal)]
    else:
        return redirect(url_for("joining.show_code"), 303)
    return _number_page(form, invitation)


@blueprint.get("/code")
@public
@invited("account")
def show_code(*, invitation: OpenInvitation) -> ResponseReturnValue:
    """Ask for the code of the SMS, the third step."""
    return _code_page(SmsCodeForm())


@blueprint.post("/code")
@public
@invited("account")
def show_right_code(*, invitation: OpenInvitation) -> ResponseReturnValue:
    """Go on once the code was right: with the account that there is, or to the last two steps."""
    form = SmsCodeForm()
    if not form.validate_on_submit():
        return _code_page(form)
    token = joining.token_in_session()
    try:
        proof = check_code(database(), token, typed(form.code), access_point=access_point())
    except WrongCode:
        form.code.errors = [_("Deze code klopt niet, is al gebruikt of is verlopen. Neem de code uit de laatste sms.")]
        return _code_page(form)
    except TooManyTries as refusal:
        form.code.errors = [too_many(refusal)]
        return _code_page(form)
    joining.keep(**{joining.PROOF: str(proof)})
    return redirect(url_for("joining.show_join" if current_user.is_authenticated else "joining.show_name"), 303)


@blueprint.get("/naam")
@public
@invited("terms", "password", "code")
def show_name(*, invitation: OpenInvitation) -> ResponseReturnValue:
    """Ask how somebody is called, the fourth step; who has an account is asked to log in."""
    return _name_page(OwnNameForm())


@blueprint.post("/naam")
@public
@invited("terms", "password", "code")
def sign_up(*, invitation: OpenInvitation) -> ResponseReturnValue:
    """Make the account and let its owner take part, in one transaction; go on with second factors and back-up code."""
    form = OwnNameForm()
    kept, proof = joining.password_in_session(), joining.proof_in_session()
    if kept is None or proof is None or not form.validate_on_submit():
        return _name_page(form)
    person_id, stretched, parameters = kept
    token = joining.token_in_session()
    try:
        email, phone = address_and_number(database(), token, proof)
        new = NewAccount(
            person_id=person_id,
            email=email,
            phone=phone,
            initials=typed(form.initials).strip(),
            given_name=typed(form.given_name).strip(),
            infix=typed(form.infix).strip() or None,
            last_name=typed(form.last_name).strip(),
            terms_version=joining.state()[joining.TERMS],
            language=language_of_request(),
        )
        person, participant = sign_up_and_join(
            database(), token, proof, new, stretched, parameters, access_point=access_point()
        )
    except (CodeMissing, LoginNameTaken):
        return _name_page(form)
    dialogue = _address_of(participant.dialogue_id)
    joining.forget()
    enter_password_stage(person.id, split(stretched).key, FIRST_STEPS)
    response = arrive(SecondFactor(person.id, Factor.SMS), to=url_for("onboarding_factors.show"))
    current_session().update({SETTING_UP: True, SIGNING_UP: True, NEXT: dialogue})
    return response


@blueprint.get("/deelnemen")
@requires(Permission.START_SEE)
@invited()
def show_join(*, invitation: OpenInvitation, actor: Actor) -> ResponseReturnValue:
    """Let who has logged in take part with that account, once the code was shown."""
    return _join_page(invitation, actor)


@blueprint.post("/deelnemen")
@requires(Permission.START_SEE)
@invited()
def join(*, invitation: OpenInvitation, actor: Actor) -> ResponseReturnValue:
    """Take part with the account that is there."""
    proof = joining.proof_in_session()
    if proof is None or actor.organisation_id != EMPLOYEES_ID:
        return _join_page(invitation, actor)
    try:
        join_dialogue(database(), joining.token_in_session(), proof, actor)
    except CodeMissing:
        return redirect(url_for("joining.show_number"), 303)
    except AlreadyTakesPart:
        flash(_("U doet al mee aan deze dialoog."), "info")
    else:
        flash(_("U doet nu mee aan de dialoog."), "success")
    joining.forget()
    return redirect(_address_of(invitation.dialogue_id), 303)


def _address_of(dialogue_id: UUID) -> str:
    return url_for("conversations.show", dialogue_id=dialogue_id)


def _has_proof() -> bool:
    return joining.proof_in_session() is not None


def _has_account_or_password() -> bool:
    """Whoever has logged in has an account; whoever signs up has chosen a password by now."""
    return bool(current_user.is_authenticated) or joining.password_in_session() is not None


_DONE: dict[str, Callable[[], bool]] = {
    "terms": lambda: joining.TERMS in joining.state(),
    "password": lambda: joining.password_in_session() is not None,
    "account": _has_account_or_password,
    "code": _has_proof,
}
_PAGES = {
    "terms": "joining.show_terms",
    "password": "joining.show_password",
    "account": "joining.show_terms",
    "code": "joining.show_number",
}


def _link_page(form: LinkForm) -> ResponseReturnValue:
    return render_template("joining/link.html", form=form), 422 if form.errors else 200


def _password_page(form: NewPasswordForm) -> ResponseReturnValue:
    return render_template("joining/password.html", form=form), 422 if form.errors else 200


def _number_page(form: PhoneForm, invitation: OpenInvitation) -> ResponseReturnValue:
    page = render_template(
        "joining/number.html",
        form=form,
        number=invitation.masked_number,
        is_signed_in=current_user.is_authenticated,
    )
    return page, 422 if form.errors else 200


def _code_page(form: SmsCodeForm) -> ResponseReturnValue:
    number = waiting_number(database(), joining.token_in_session())
    if number is None:
        return redirect(url_for("joining.show_number"), 303)
    page = render_template("joining/code.html", form=form, number=number, is_signed_in=current_user.is_authenticated)
    return page, 422 if form.errors else 200


def _name_page(form: OwnNameForm) -> ResponseReturnValue:
    proof = joining.proof_in_session()
    try:
        if proof is None:
            raise CodeMissing
        if has_account(database(), joining.token_in_session(), proof):
            return render_template("joining/known.html")
    except CodeMissing:
        flash(_("De code is te lang geleden ingevuld. Vraag een nieuwe aan."), "info")
        return redirect(url_for("joining.show_number"), 303)
    return render_template("joining/name.html", form=form), 422 if form.errors else 200


def _join_page(invitation: OpenInvitation, actor: Actor) -> ResponseReturnValue:
    has_own_account = actor.organisation_id == EMPLOYEES_ID
    if has_own_account and not _has_proof():
        return redirect(url_for("joining.show_number"), 303)
    return render_template("joining/join.html", invitation=invitation, actor=actor, has_own_account=has_own_account)


def _unusable_page(error: InvitationError) -> ResponseReturnValue:
    reasons = {InvitationExpired: "expired", InvitationUsed: "used", InvitedToClosed: "closed"}
    return render_template("joining/unusable.html", reason=reasons.get(type(error), "unknown")), 404
