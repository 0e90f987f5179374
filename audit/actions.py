"""The words of the log: what can happen, and which details an entry of it has (NEN 7513 chapters 6 and 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from audit.errors import EventFieldError

LONGEST_DETAIL = 200

Detail: TypeAlias = str | int


class Action(StrEnum):
    """What happened, as ``resource:verb``: the thing in the singular, the verb in the imperative, both lower case.

    A share, a withdrawal or a request is written twice, in the log of each side, with the same action (design 3).
    """

    ACCESS_GRANT = "access:grant"
    ACCESS_REQUEST = "access:request"
    ACCESS_WITHDRAW = "access:withdraw"
    ADMISSION_GRANT = "admission:grant"
    ADMISSION_REFUSE = "admission:refuse"
    ADMISSION_REQUEST = "admission:request"
    AGREEMENT_REGISTER = "agreement:register"
    ANNOUNCEMENT_CREATE = "announcement:create"
    ANNOUNCEMENT_REMOVE = "announcement:remove"
    ANNOUNCEMENT_UPDATE = "announcement:update"
    ATTACHMENT_READ = "attachment:read"
    ATTACHMENT_REMOVE = "attachment:remove"
    ATTACHMENT_UPLOAD = "attachment:upload"
    AUTHENTICATOR_COUPLE = "authenticator:couple"
    AUTHENTICATOR_REMOVE = "authenticator:remove"
    BACKUP_CODE_MAKE = "backup_code:make"
    BACKUP_CODE_USE = "backup_code:use"
    BSN_READ = "bsn:read"
    CASE_MANAGER_ASSIGN = "case_manager:assign"
    CERTIFICATE_MAKE = "certificate:make"
    CERTIFICATE_RETIRE = "certificate:retire"
    CIRCLE_ADMIT = "circle:admit"
    CIRCLE_CREATE = "circle:create"
    CIRCLE_REFUSE = "circle:refuse"
    CIRCLE_REQUEST = "circle:request"
    CIRCLE_WITHDRAW = "circle:withdraw"
    COMMAND_RUN = "command:run"
    CONTACT_PERSON_CREATE = "contact_person:create"
    CONTACT_PERSON_REMOVE = "contact_person:remove"
    CONTACT_PERSON_UPDATE = "contact_person:update"
    DEPARTMENT_CREATE = "department:create"
    DEPARTMENT_REMOVE = "department:remove"
    DEPARTMENT_UPDATE = "department:update"
    DIALOGUE_CLOSE = "dialogue:close"
    DIALOGUE_EXPORT = "dialogue:export"
    DIALOGUE_INVITATION_SEND = "dialogue_invitation:send"
    DIALOGUE_INVITATION_USE = "dialogue_invitation:use"
    DIALOGUE_LEAVE = "dialogue:leave"
    DIALOGUE_LIST = "dialogue:list"
    DIALOGUE_POST = "dialogue:post"
    DIALOGUE_READ = "dialogue:read"
    DIALOGUE_REOPEN = "dialogue:reopen"
    DIALOGUE_SEARCH = "dialogue:search"
    DIALOGUE_START = "dialogue:start"
    DOCUMENT_GENERATE = "document:generate"
    DOCUMENT_HAND = "document:hand"
    DOCUMENT_LABEL_CREATE = "document_label:create"
    DOCUMENT_LABEL_REMOVE = "document_label:remove"
    DOCUMENT_LABEL_RESTORE = "document_label:restore"
    DOCUMENT_LABEL_UPDATE = "document_label:update"
    DOCUMENT_LIST = "document:list"
    DOCUMENT_MAIL = "document:mail"
    DOCUMENT_READ = "document:read"
    DOCUMENT_RELABEL = "document:relabel"
    DOCUMENT_REMOVE = "document:remove"
    DOCUMENT_RENAME = "document:rename"
    DOCUMENT_REPLACE = "document:replace"
    DOCUMENT_UPLOAD = "document:upload"
    EMPLOYEE_CREATE = "employee:create"
    EMPLOYEE_EXPORT = "employee:export"
    EMPLOYEE_LIST = "employee:list"
    EMPLOYEE_READ = "employee:read"
    EMPLOYEE_SEARCH = "employee:search"
    EMPLOYEE_UPDATE = "employee:update"
    EMPLOYER_MOVE = "employer:move"
    EMPLOYER_PUBLISH = "employer:publish"
    EMPLOYER_READ = "employer:read"
    EMPLOYER_UPDATE = "employer:update"
    EMPLOYMENT_CHANGE = "employment:change"
    EMPLOYMENT_CREATE = "employment:create"
    EMPLOYMENT_END = "employment:end"
    EMPLOYMENT_HISTORY = "employment:history"
    FACTOR_CONFIRM = "factor:confirm"
    FACTOR_PREFER = "factor:prefer"
    FOLDER_CREATE = "folder:create"
    FOLDER_REMOVE = "folder:remove"
    FOLDER_UPDATE = "folder:update"
    GROUP_PERMISSION_CHANGE = "group_permission:change"
    IMPORT_COLUMNS = "import:columns"
    IMPORT_COMPARE = "import:compare"
    IMPORT_CONFIRM = "import:confirm"
    IMPORT_DISCARD = "import:discard"
    IMPORT_EXPORT = "import:export"
    IMPORT_PREVIEW = "import:preview"
    IMPORT_UPLOAD = "import:upload"
    INDEX_WRITE = "index:write"
    INVITATION_SEND = "invitation:send"
    INVITATION_USE = "invitation:use"
    KEY_MAKE = "key:make"
    KEY_RENEW = "key:renew"
    KEY_REWRAP = "key:rewrap"
    LOGIN_ASK = "login:ask"
    LOGIN_FAIL = "login:fail"
    LOGIN_REMIND = "login:remind"
    LOGIN_SUCCEED = "login:succeed"
    LOGOUT_DO = "logout:do"
    LOG_READ = "log:read"
    ORGANISATION_CREATE = "organisation:create"
    OWN_DATA_EXPORT = "own_data:export"
    OWN_DATA_LINK = "own_data:link"
    OWN_DATA_LOG = "own_data:log"
    OWN_DATA_READ = "own_data:read"
    OWN_DATA_UNLINK = "own_data:unlink"
    PARTICIPANT_ADD = "participant:add"
    PARTICIPANT_CHANGE = "participant:change"
    PARTICIPANT_READMIT = "participant:readmit"
    PARTICIPANT_REMOVE = "participant:remove"
    PASSWORD_CONFIRM = "password:confirm"
    PASSWORD_RESET_SEND = "password_reset:send"
    PASSWORD_RESET_USE = "password_reset:use"
    PASSWORD_SET = "password:set"
    PEOPLE_SCOPE_CHANGE = "people_scope:change"
    PEOPLE_SCOPE_GIVE = "people_scope:give"
    PEOPLE_SCOPE_TAKE = "people_scope:take"
    PHONE_COUPLE = "phone:couple"
    PHONE_REMOVE = "phone:remove"
    RECOVERY_SHEET_CHECK = "recovery_sheet:check"
    RECOVERY_SHEET_MAKE = "recovery_sheet:make"
    RECOVERY_SHEET_PRINT = "recovery_sheet:print"
    RECOVERY_SHEET_USE = "recovery_sheet:use"
    RECOVERY_SHEET_VOID = "recovery_sheet:void"
    REQUEST_REFUSE = "request:refuse"
    ROLE_GIVE = "role:give"
    ROLE_TAKE = "role:take"
    SCOPE_CHANGE = "scope:change"
    SCOPE_GIVE = "scope:give"
    SCOPE_TAKE = "scope:take"
    SECURITY_KEY_ADD = "security_key:add"
    SECURITY_KEY_REMOVE = "security_key:remove"
    SECURITY_KEY_RENAME = "security_key:rename"
    SERVICE_AGREEMENT_END = "service_agreement:end"
    SERVICE_AGREEMENT_MAKE = "service_agreement:make"
    SERVICE_AGREEMENT_REMOVE = "service_agreement:remove"
    SERVICE_AGREEMENT_UPDATE = "service_agreement:update"
    SESSION_END = "session:end"
    SESSION_SETTING_CHANGE = "session_setting:change"
    SHARE_END = "share:end"
    SHARE_HISTORY = "share:history"
    SHARE_INTAKE = "share:intake"
    SHARE_LAPSE = "share:lapse"
    SHARE_MAKE = "share:make"
    SHARE_REQUEST_EXPIRE = "share_request:expire"
    SHARE_REQUEST_LAPSE = "share_request:lapse"
    SHARE_REQUEST_LIST = "share_request:list"
    SHARE_REQUEST_MAKE = "share_request:make"
    SHARE_REQUEST_READ = "share_request:read"
    SHARE_REQUEST_REFUSE = "share_request:refuse"
    SHARE_REQUEST_SHARE = "share_request:share"
    SHARE_REQUEST_WITHDRAW = "share_request:withdraw"
    SIGNING_AGREE = "signing:agree"
    SIGNING_ATTEST = "signing:attest"
    SIGNING_CLOSE = "signing:close"
    SIGNING_DECLINE = "signing:decline"
    SIGNING_EXPIRE = "signing:expire"
    SIGNING_INVITE = "signing:invite"
    SIGNING_READ = "signing:read"
    SIGNING_REMIND = "signing:remind"
    SIGNING_REPLACE = "signing:replace"
    SIGNING_REQUEST = "signing:request"
    SIGNING_SIGN = "signing:sign"
    SIGNING_VOID = "signing:void"
    SIGNING_WITHDRAW = "signing:withdraw"
    SITE_CREATE = "site:create"
    SITE_REMOVE = "site:remove"
    SITE_UPDATE = "site:update"
    SMS_CODE_SEND = "sms_code:send"
    STANDARD_TEXT_CREATE = "standard_text:create"
    STANDARD_TEXT_REMOVE = "standard_text:remove"
    STANDARD_TEXT_UPDATE = "standard_text:update"
    SUBSTITUTION_END = "substitution:end"
    SUBSTITUTION_KEY_HAND = "substitution_key:hand"
    SUBSTITUTION_LAPSE = "substitution:lapse"
    SUBSTITUTION_REGISTER = "substitution:register"
    TERMS_ACCEPT = "terms:accept"
    USER_ACTIVATE = "user:activate"
    USER_BLOCK = "user:block"
    USER_CREATE = "user:create"
    USER_DEACTIVATE = "user:deactivate"
    USER_GROUP_CREATE = "user_group:create"
    USER_GROUP_MOVE = "user_group:move"
    USER_GROUP_REMOVE = "user_group:remove"
    USER_GROUP_RENAME = "user_group:rename"
    USER_MOVE = "user:move"
    USER_READ = "user:read"
    USER_REMOVE = "user:remove"
    USER_UNBLOCK = "user:unblock"
    USER_UPDATE = "user:update"
    USER_VALIDITY = "user:validity"
    USER_WARN = "user:warn"
    VAULT_OPEN = "vault:open"


@dataclass(frozen=True)
class DetailNames:
    """The details that an entry must have, and those that it may have besides."""

    required: frozenset[str]
    optional: frozenset[str]


def _details(required: str = "", optional: str = "") -> DetailNames:
    return DetailNames(frozenset(required.split()), frozenset(optional.split()))


# Numbers, ids and words of the program only: what a person typed, is called or suffers from has no name here (LOG5).
REQUIRED_DETAILS: Mapping[Action, DetailNames] = {
    Action.ACCESS_GRANT: _details(optional="generation administrator"),
    Action.ACCESS_REQUEST: _details(optional="reason"),
    Action.ACCESS_WITHDRAW: _details(optional="generation sessions administrator"),
    Action.ADMISSION_GRANT: _details(optional="generation holder"),
    Action.ADMISSION_REFUSE: _details(optional="holder"),
    Action.ADMISSION_REQUEST: _details(optional="holder reason"),
    Action.AGREEMENT_REGISTER: _details("text_version"),
    Action.ANNOUNCEMENT_CREATE: _details("audience"),
    Action.ANNOUNCEMENT_REMOVE: _details("audience"),
    Action.ANNOUNCEMENT_UPDATE: _details("fields old new"),
    Action.ATTACHMENT_READ: _details(optional="page"),
    Action.ATTACHMENT_REMOVE: _details(),
    Action.ATTACHMENT_UPLOAD: _details("kind size"),
    Action.AUTHENTICATOR_COUPLE: _details(),
    Action.AUTHENTICATOR_REMOVE: _details(),
    Action.BACKUP_CODE_MAKE: _details(optional="reason"),
    Action.BACKUP_CODE_USE: _details(),
    Action.BSN_READ: _details(optional="version"),
    Action.CASE_MANAGER_ASSIGN: _details("before after"),
    Action.CERTIFICATE_MAKE: _details("purpose"),
    Action.CERTIFICATE_RETIRE: _details("purpose"),
    Action.CIRCLE_ADMIT: _details(),
    Action.CIRCLE_CREATE: _details(),
    Action.CIRCLE_REFUSE: _details(),
    Action.CIRCLE_REQUEST: _details(optional="reason"),
    Action.CIRCLE_WITHDRAW: _details(),
    Action.COMMAND_RUN: _details("command", "count"),
    Action.CONTACT_PERSON_CREATE: _details(),
    Action.CONTACT_PERSON_REMOVE: _details(),
    Action.CONTACT_PERSON_UPDATE: _details("fields"),
    Action.DEPARTMENT_CREATE: _details("count"),
    Action.DEPARTMENT_REMOVE: _details("scopes"),
    Action.DEPARTMENT_UPDATE: _details("field", "before after"),
    Action.DIALOGUE_CLOSE: _details(),
    Action.DIALOGUE_EXPORT: _details("count"),
    Action.DIALOGUE_INVITATION_SEND: _details(optional="again"),
    Action.DIALOGUE_INVITATION_USE: _details(optional="account reason"),
    Action.DIALOGUE_LEAVE: _details(),
    Action.DIALOGUE_LIST: _details("count", "filter page total"),
    Action.DIALOGUE_POST: _details("number", "attachments"),
    Action.DIALOGUE_READ: _details("count", "files first marked up_to"),
    Action.DIALOGUE_REOPEN: _details(),
    Action.DIALOGUE_SEARCH: _details("fields count"),
    Action.DIALOGUE_START: _details("participants", "replaces"),
    Action.DOCUMENT_GENERATE: _details("template version"),
    Action.DOCUMENT_HAND: _details("count"),
    Action.DOCUMENT_LABEL_CREATE: _details("audience"),
    Action.DOCUMENT_LABEL_REMOVE: _details("audience"),
    Action.DOCUMENT_LABEL_RESTORE: _details("audience"),
    Action.DOCUMENT_LABEL_UPDATE: _details("old new", "name"),
    Action.DOCUMENT_LIST: _details("count", "filter page total"),
    Action.DOCUMENT_MAIL: _details("recipients", "count"),
    Action.DOCUMENT_READ: _details("version", "page format"),
    Action.DOCUMENT_RELABEL: _details("old new"),
    Action.DOCUMENT_REMOVE: _details("versions"),
    Action.DOCUMENT_RENAME: _details(),
    Action.DOCUMENT_REPLACE: _details("version", "kind size"),
    Action.DOCUMENT_UPLOAD: _details("kind size", "label merged"),
    Action.EMPLOYEE_CREATE: _details(optional="version"),
    Action.EMPLOYEE_EXPORT: _details("count", "format part bsn former"),
    Action.EMPLOYEE_LIST: _details(optional="unit count page total shared purpose"),
    Action.EMPLOYEE_READ: _details(optional="version page side"),
    Action.EMPLOYEE_SEARCH: _details("fields count"),
    Action.EMPLOYEE_UPDATE: _details(optional="version parts new_key"),
    Action.EMPLOYER_MOVE: _details("before after"),
    Action.EMPLOYER_PUBLISH: _details("folder"),
    Action.EMPLOYER_READ: _details(),
    Action.EMPLOYER_UPDATE: _details("fields"),
    Action.EMPLOYMENT_CHANGE: _details("fields"),
    Action.EMPLOYMENT_CREATE: _details(optional="follows"),
    Action.EMPLOYMENT_END: _details(),
    Action.EMPLOYMENT_HISTORY: _details(optional="count"),
    Action.FACTOR_CONFIRM: _details("factor"),
    Action.FACTOR_PREFER: _details("old new"),
    Action.FOLDER_CREATE: _details(),
    Action.FOLDER_REMOVE: _details("scopes"),
    Action.FOLDER_UPDATE: _details(),
    Action.GROUP_PERMISSION_CHANGE: _details("permission old new"),
    Action.IMPORT_COLUMNS: _details(),
    Action.IMPORT_COMPARE: _details("count"),
    Action.IMPORT_CONFIRM: _details("count updated"),
    Action.IMPORT_DISCARD: _details(optional="reason"),
    Action.IMPORT_EXPORT: _details(),
    Action.IMPORT_PREVIEW: _details(),
    Action.IMPORT_UPLOAD: _details("kind size"),
    Action.INDEX_WRITE: _details("count"),
    Action.INVITATION_SEND: _details(optional="roles"),
    Action.INVITATION_USE: _details(optional="reason"),
    Action.KEY_MAKE: _details("generation", "kind reason"),
    Action.KEY_RENEW: _details("count"),
    Action.KEY_REWRAP: _details("count", "generation kind"),
    Action.LOGIN_ASK: _details("kind"),
    Action.LOGIN_FAIL: _details("reason"),
    Action.LOGIN_REMIND: _details(),
    Action.LOGIN_SUCCEED: _details(optional="factor"),
    Action.LOGOUT_DO: _details(optional="reason"),
    Action.LOG_READ: _details(optional="filter count page total"),
    Action.ORGANISATION_CREATE: _details("kind"),
    Action.OWN_DATA_EXPORT: _details("format"),
    Action.OWN_DATA_LINK: _details(optional="key_number"),
    Action.OWN_DATA_LOG: _details("count", "filter format page total"),
    Action.OWN_DATA_READ: _details(optional="version"),
    Action.OWN_DATA_UNLINK: _details(optional="reason"),
    Action.PARTICIPANT_ADD: _details("kind before"),
    Action.PARTICIPANT_CHANGE: _details("kind"),
    Action.PARTICIPANT_READMIT: _details("before"),
    Action.PARTICIPANT_REMOVE: _details("kind"),
    Action.PASSWORD_CONFIRM: _details(),
    Action.PASSWORD_RESET_SEND: _details("factors"),
    Action.PASSWORD_RESET_USE: _details("key factors"),
    Action.PASSWORD_SET: _details(optional="reason"),
    Action.PEOPLE_SCOPE_CHANGE: _details("old new"),
    Action.PEOPLE_SCOPE_GIVE: _details("target"),
    Action.PEOPLE_SCOPE_TAKE: _details("target"),
    Action.PHONE_COUPLE: _details(optional="reason"),
    Action.PHONE_REMOVE: _details(),
    Action.RECOVERY_SHEET_CHECK: _details(optional="reason"),
    Action.RECOVERY_SHEET_MAKE: _details(),
    Action.RECOVERY_SHEET_PRINT: _details(),
    Action.RECOVERY_SHEET_USE: _details(optional="reason"),
    Action.RECOVERY_SHEET_VOID: _details("reason"),
    Action.REQUEST_REFUSE: _details("endpoint", "permission status reason"),
    Action.ROLE_GIVE: _details("role"),
    Action.ROLE_TAKE: _details("role"),
    Action.SCOPE_CHANGE: _details("old new"),
    Action.SCOPE_GIVE: _details("unit"),
    Action.SCOPE_TAKE: _details("unit"),
    Action.SECURITY_KEY_ADD: _details(),
    Action.SECURITY_KEY_REMOVE: _details(),
    Action.SECURITY_KEY_RENAME: _details(),
    Action.SERVICE_AGREEMENT_END: _details("last_day"),
    Action.SERVICE_AGREEMENT_MAKE: _details("first_day", "last_day"),
    Action.SERVICE_AGREEMENT_REMOVE: _details("first_day"),
    Action.SERVICE_AGREEMENT_UPDATE: _details("fields"),
    Action.SESSION_END: _details("count"),
    Action.SESSION_SETTING_CHANGE: _details("old new"),
    Action.SHARE_END: _details(optional="key_number"),
    Action.SHARE_HISTORY: _details(optional="count"),
    Action.SHARE_INTAKE: _details("count"),
    Action.SHARE_LAPSE: _details("count"),
    Action.SHARE_MAKE: _details(optional="key_number"),
    Action.SHARE_REQUEST_EXPIRE: _details(),
    Action.SHARE_REQUEST_LAPSE: _details("count"),
    Action.SHARE_REQUEST_LIST: _details("count"),
    Action.SHARE_REQUEST_MAKE: _details(),
    Action.SHARE_REQUEST_READ: _details(),
    Action.SHARE_REQUEST_REFUSE: _details(),
    Action.SHARE_REQUEST_SHARE: _details(),
    Action.SHARE_REQUEST_WITHDRAW: _details(),
    Action.SIGNING_AGREE: _details("method", "reason"),
    Action.SIGNING_ATTEST: _details("signers"),
    Action.SIGNING_CLOSE: _details("events_head", "version"),
    Action.SIGNING_DECLINE: _details(),
    Action.SIGNING_EXPIRE: _details("count"),
    Action.SIGNING_INVITE: _details(optional="again"),
    Action.SIGNING_READ: _details(optional="page format"),
    Action.SIGNING_REMIND: _details("number"),
    Action.SIGNING_REPLACE: _details(),
    Action.SIGNING_REQUEST: _details("kind signers"),
    Action.SIGNING_SIGN: _details("method revision"),
    Action.SIGNING_VOID: _details("version"),
    Action.SIGNING_WITHDRAW: _details(),
    Action.SITE_CREATE: _details(),
    Action.SITE_REMOVE: _details("contacts"),
    Action.SITE_UPDATE: _details("fields"),
    Action.SMS_CODE_SEND: _details("purpose"),
    Action.STANDARD_TEXT_CREATE: _details(optional="shared"),
    Action.STANDARD_TEXT_REMOVE: _details(optional="shared"),
    Action.STANDARD_TEXT_UPDATE: _details(optional="shared"),
    Action.SUBSTITUTION_END: _details("absent first_day last_day"),
    Action.SUBSTITUTION_KEY_HAND: _details("absent first_day last_day"),
    Action.SUBSTITUTION_LAPSE: _details("absent first_day last_day"),
    Action.SUBSTITUTION_REGISTER: _details("absent first_day last_day"),
    Action.TERMS_ACCEPT: _details("version"),
    Action.USER_ACTIVATE: _details(),
    Action.USER_BLOCK: _details("reason"),
    Action.USER_CREATE: _details("role", "group"),
    Action.USER_DEACTIVATE: _details("reason", "sessions keys kept sheets requests substitutions contacts"),
    Action.USER_GROUP_CREATE: _details("role", "parent"),
    Action.USER_GROUP_MOVE: _details("from to"),
    Action.USER_GROUP_REMOVE: _details(),
    Action.USER_GROUP_RENAME: _details(),
    Action.USER_MOVE: _details("role_from role_to", "from to"),
    Action.USER_READ: _details(),
    Action.USER_REMOVE: _details(),
    Action.USER_UNBLOCK: _details("from"),
    Action.USER_UPDATE: _details("fields"),
    Action.USER_VALIDITY: _details("from to"),
    Action.USER_WARN: _details(),
    Action.VAULT_OPEN: _details(optional="generation"),
}


def check_details(action: Action, details: Mapping[str, Detail]) -> None:
    """Check the names, types and lengths of an entry's details. Raises `EventFieldError`, which names no value."""
    names = REQUIRED_DETAILS[action]
    missing = names.required - details.keys()
    unknown = details.keys() - names.required - names.optional
    if missing or unknown:
        raise EventFieldError(f"{action}: missing {sorted(missing)}, unknown {sorted(unknown)}")
    for name, value in details.items():
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise EventFieldError(f"{action}: the detail {name} is neither a text nor a whole number")
        if len(str(value)) > LONGEST_DETAIL or "\0" in str(value):
            raise EventFieldError(f"{action}: the detail {name} does not fit")
