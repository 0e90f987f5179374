"""The folder that gets each SMS as a file, for the mailbox of the demo and for trying out."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from delivery.errors import DeliveryFailed, Reason
from delivery.gateways import Sms

_FILE_NAME = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{32}")


@dataclass(frozen=True)
class FolderGateway:
    """Puts each SMS in `folder` as ``<moment>-<reference>.sms``, readable by this user only; a repeat replaces it."""

    folder: Path

    def send(self, sms: Sms) -> None:
        """Store one, whole or not at all. Raises `DeliveryFailed` when the folder cannot be written."""
        target = self.folder / f"{sms.date.astimezone(UTC):%Y%m%dT%H%M%S%fZ}-{sms.reference}.sms"
        unfinished = target.with_suffix(".part")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                json.dump({"to": sms.to, "text": sms.text, "date": sms.date.isoformat()}, file)
            unfinished.replace(target)
        except OSError:
            raise DeliveryFailed(Reason.UNREACHABLE) from None


def list_sms(folder: Path) -> list[Sms]:
    """Return the text messages in `folder`, the newest first; none when there is no such folder."""
    paths = sorted((path for path in folder.glob("*.sms") if _FILE_NAME.fullmatch(path.stem)), reverse=True)
    return [_read_sms(path) for path in paths]


def _read_sms(path: Path) -> Sms:
    content = json.loads(path.read_text(encoding="utf-8"))
    reference = path.stem.rpartition("-")[2]
    return Sms(content["to"], content["text"], reference, datetime.fromisoformat(content["date"]))
