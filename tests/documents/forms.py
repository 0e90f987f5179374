"""Forms of documents as somebody fills them in."""

from __future__ import annotations

from documents.filling_in import Answers

ABOUT = {
    "employee": "Ünal Çelik",
    "personnel_number": "MS001",
    "function": "Bakker",
    "employer": "Bakkerij Mulder",
    "case_manager": "Đặng Nguyễn",
    "first_day": "02-03-2026",
}


def return_plan(**changed: str) -> Answers:
    """A *Werkhervattingsplan*."""
    fields = {
        **ABOUT,
        "advice_day": "27-03-2026",
        "work": "Deeg maken en kassa.\n\nNiet tillen.",
        "evaluation_day": "01-05-2026",
    }
    rows = {
        "build_up": [
            {"from_day": "1-4-2026", "hours": "8", "tasks": "maandag en woensdag"},
            {"from_day": "1-5-2026", "hours": "16", "tasks": ""},
        ],
        "agreements": [{"who": "Werkgever", "what": "Regelt een hoge stoel", "when": "voor 1 april"}],
    }
    return Answers({**fields, **changed}, rows)


def action_plan(**changed: str) -> Answers:
    """A *Plan van aanpak*."""
    fields = {
        **ABOUT,
        "analysis_day": "10-04-2026",
        "possibilities": "Kan vier uur per dag zittend werk doen.",
        "goal": "Terug in het eigen werk, met aanpassingen",
        "contact": "Elke maandag een telefoontje",
        "evaluation_day": "22-05-2026",
    }
    rows = {"agreements": [{"who": "Werknemer", "what": "Bouwt op volgens schema", "when": "vanaf 1 mei"}]}
    return Answers({**fields, **changed}, rows)
