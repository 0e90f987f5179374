"""Every table of every package, for what looks at the whole database: migrations, classification, backup."""

from __future__ import annotations

from types import ModuleType

from sqlalchemy import MetaData

import accounts.models
import audit.models
import delivery.models
import dialogs.models
import documents.models
import keys.models
import organisation.employer_models
import organisation.models
import signing.models
import vault.models
from database.base import Base

# Importing a module of models adds its tables to the metadata.
MODULES: tuple[ModuleType, ...] = (
    accounts.models,
    audit.models,
    delivery.models,
    dialogs.models,
    documents.models,
    keys.models,
    organisation.employer_models,
    organisation.models,
    signing.models,
    vault.models,
)

metadata: MetaData = Base.metadata
