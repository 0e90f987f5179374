"""What is typed in the form of a document is checked at once and kept in one shape (DOC-10, DOC-11)."""

from __future__ import annotations

import pytest

from documents.errors import FormRefused
from documents.filling_in import Answers, checked
from documents.templates import ACTION_PLAN, LONGEST_TEXT, MOST_ROWS, RETURN_PLAN, TEMPLATES, Field, FieldKind, Rows
from tests.documents.forms import action_plan, return_plan


def faults_of(template: str, typed: Answers) -> set[str]:
    """Where in a form something is wrong."""
    with pytest.raises(FormRefused) as refused:
        checked(TEMPLATES[template], typed)
    return set(refused.value.faults)


def test_answers_are_kept_in_one_shape() -> None:
    kept = checked(
        RETURN_PLAN, return_plan(first_day=" 2 maart 2026 ", contract_hours="22.5", work=" een\r\n\x00twee ")
    )
    assert kept.fields["first_day"] == "02-03-2026"
    assert kept.fields["contract_hours"] == "22,5"
    assert kept.fields["work"] == "een\ntwee"
    assert kept.fields["manager"] == ""
    assert [row["from_day"] for row in kept.rows["build_up"]] == ["01-04-2026", "01-05-2026"]
    assert Answers.from_bytes(kept.to_bytes()) == kept
    assert checked(RETURN_PLAN, kept) == kept
    assert "Çelik" not in repr(kept)


def test_empty_rows_are_left_out_and_their_faults_keep_their_place() -> None:
    typed = return_plan()
    build_up = [{}, {"from_day": "morgen", "hours": "200"}, {"from_day": " ", "hours": ""}]
    with pytest.raises(FormRefused) as refused:
        checked(RETURN_PLAN, Answers(typed.fields, {**typed.rows, "build_up": build_up}))
    faults = refused.value.faults
    assert set(faults) == {"build_up.1.from_day", "build_up.1.hours"}
    assert faults["build_up.1.from_day"].advice


def test_everything_that_is_wrong_is_told_at_once() -> None:
    required = {part.name for part in RETURN_PLAN.parts if isinstance(part, Field) and part.is_required}
    assert faults_of("werkhervattingsplan", Answers()) == required | {"agreements", "build_up"}
    assert {"employee", "case_manager", "first_day", "evaluation_day"} <= required
    wrong = action_plan(goal="Iets anders", first_day="31-02-2026", contract_hours="veel", contact="x" * 201)
    assert faults_of("plan_van_aanpak", wrong) == {"goal", "first_day", "contract_hours", "contact"}


def test_a_long_answer_has_a_limit_and_so_have_rows() -> None:
    assert checked(ACTION_PLAN, action_plan(possibilities="x" * LONGEST_TEXT))
    assert faults_of("plan_van_aanpak", action_plan(possibilities="x" * (LONGEST_TEXT + 1))) == {"possibilities"}
    row = {"who": "Werkgever", "what": "Belt", "when": "elke week"}
    typed = action_plan()
    assert checked(ACTION_PLAN, Answers(typed.fields, {"agreements": [row] * MOST_ROWS}))
    assert faults_of("plan_van_aanpak", Answers(typed.fields, {"agreements": [row] * (MOST_ROWS + 1)})) == {
        "agreements"
    }


def test_what_the_form_does_not_ask_is_not_kept() -> None:
    kept = checked(ACTION_PLAN, action_plan(diagnosis="geheim"))
    assert "geheim" not in kept.to_bytes().decode()


def test_forms_ask_what_law_asks_and_nothing_about_an_illness() -> None:
    """Regeling procesgang, art. 4: activities, goal and term, evaluations, and who guides; D-rule 39."""
    asked = {part.name for part in ACTION_PLAN.parts}
    assert {"goal", "goal_day", "agreements", "evaluation_day", "case_manager", "contact", "analysis_day"} <= asked
    for template in TEMPLATES.values():
        names = [part.name for part in template.parts]
        assert len(names) == len(set(names))
        for part in template.parts:
            if isinstance(part, Rows):
                assert all(column.kind is not FieldKind.TEXT for column in part.columns)
            elif part.kind is FieldKind.TEXT and part.name != "adjustments":
                assert "aard of de oorzaak" in (part.hint or ""), part.name
