"""What differs between two versions of a field, as the history and the desk show it."""

from hypothesis import given
from hypothesis import strategies as st

from codes.differing import lines

TEXTS = st.text(alphabet="ab .\n", max_size=60)
LISTS = st.lists(st.text(alphabet="abc ", min_size=1, max_size=8), max_size=6)


def shown(before, after) -> list[str]:
    """Each line as one string: [-gone-] and {+new+}."""
    marks = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    return ["".join(marks[kind].format(words) for kind, words in line.parts) for line in lines(before, after)]


def test_a_changed_word_is_marked_within_its_line():
    assert shown("A visit of low difficulty.", "A visit of high difficulty.") == [
        "A visit of [-low -]{+high +}difficulty."
    ]


def test_a_text_of_many_lines_shows_what_changed_and_a_line_around_it():
    before = "\n".join(f"Line {letter} stays as it is." for letter in "abcdefgh")
    after = before.replace("Line d stays", "Line d goes")
    assert shown(before, after) == [
        "2 unchanged", "Line c stays as it is.", "Line d [-stays -]{+goes +}as it is.", "Line e stays as it is.", "3 unchanged",
    ]  # fmt: skip


def test_lists_differ_item_by_item():
    assert shown(["TKA", "knee swap"], ["TKA", "new knee", "knee swap"]) == ["TKA", "{+new knee+}", "knee swap"]
    assert shown(["TKA", "knee swap"], ["knee swap"]) == ["[-TKA-]", "knee swap"]


def test_a_question_is_one_item_with_its_answer():
    faq = [["Does it hurt?", "A little."], ["How long?", "An hour."]]
    assert shown(faq, [["Does it hurt?", "A lot."], faq[1]]) == [
        "Does it hurt? — A [-little-]{+lot+}.",
        "How long? — An hour.",
    ]


def test_what_comes_or_goes_whole():
    assert (
        shown("", "New.") == ["{+New.+}"]
        and shown(None, 5) == ["{+5+}"]
        and shown("Old text.", "") == ["[-Old text.-]"]
    )
    assert shown("Entirely other", "words here") == ["[-Entirely other-]", "{+words here+}"]


@given(TEXTS | LISTS, TEXTS | LISTS)
def test_nothing_is_invented_and_nothing_but_the_unchanged_is_left_out(before, after):
    old, new = (value.splitlines() if isinstance(value, str) else value for value in (before, after))
    found = [line for line in lines(before, after) if line.kind != "left-out"]
    sides = {
        side: [
            "".join(words for kind, words in line.parts if kind in ("same", side))
            for line in found
            if line.kind in kinds
        ]
        for side, kinds in (("gone", ("same", "gone", "changed")), ("new", ("same", "new", "changed")))
    }
    for side, whole in (("gone", old), ("new", new)):
        assert all(item in whole for item in sides[side])
        assert len(whole) - len(sides[side]) == sum(
            int(line.parts[0][1].split()[0]) for line in lines(before, after) if line.kind == "left-out"
        )
