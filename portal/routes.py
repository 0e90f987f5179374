"""Every route of the portal."""

from __future__ import annotations

from flask import Flask

from portal.services import current_services
from portal.views import (
    administration,
    admissions,
    agreements,
    announcements,
    authorisations,
    confirmation,
    demo_accounts,
    demo_mailbox,
    dossiers,
    employee_editing,
    employees,
    employer_administration,
    employer_agreements,
    employer_contacts,
    employer_departments,
    employer_folders,
    employer_publishing,
    employer_sites,
    employers,
    employments,
    exports,
    forgotten,
    health,
    imports,
    invitations,
    languages,
    leaving,
    log,
    login,
    login_factors,
    onboarding,
    onboarding_factors,
    own_settings,
    recovery,
    recovery_sheets,
    requesting_shares,
    resetting,
    scopes,
    session_settings,
    share_requests,
    sharing,
    start,
    substitution,
    user_accounts,
    user_groups,
    users,
    vault_management,
)

VIEWS = (
    administration,
    admissions,
    agreements,
    announcements,
    authorisations,
    confirmation,
    dossiers,
    employee_editing,
    employees,
    employer_administration,
    employer_agreements,
    employer_contacts,
    employer_departments,
    employer_folders,
    employer_publishing,
    employer_sites,
    employers,
    employments,
    exports,
    forgotten,
    health,
    imports,
    invitations,
    languages,
    leaving,
    log,
    login,
    login_factors,
    onboarding,
    onboarding_factors,
    own_settings,
    recovery,
    recovery_sheets,
    requesting_shares,
    resetting,
    scopes,
    session_settings,
    share_requests,
    sharing,
    start,
    substitution,
    user_accounts,
    user_groups,
    users,
    vault_management,
)


def add_routes(app: Flask) -> None:
    """Add the routes of every view to `app`; those of the demo only where the demo runs."""
    for view in VIEWS:
        app.register_blueprint(view.blueprint)
    with app.app_context():
        if current_services().settings.demo:
            app.register_blueprint(demo_accounts.blueprint)
            app.register_blueprint(demo_mailbox.blueprint)
