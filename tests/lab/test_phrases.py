"""Words by seed."""

import random
from collections import Counter
from pathlib import Path

import pytest
from lab.faults import FAULTS
from lab.faults.habits import ROLES
from lab.people import KEEP, Style, cast, slip, write
from lab.phrases import FOLDER, SLOT, MissingPhrase, Phrases, expand, read_forms

PLAIN = Style(lower=True, typos=0.0, short=False, ending="", apostrophes=True)


def every_form() -> list[tuple[str, str]]:
    return [
        (intent, form) for path in sorted(FOLDER.glob("*.toml")) for intent, forms in read_forms(path).items() for form in forms
    ]


@pytest.mark.parametrize(("intent", "form"), every_form())
def test_every_form_expands_to_words(intent: str, form: str) -> None:
    for seed in range(20):
        text = expand(form, random.Random(seed))
        assert text.strip(), intent
        assert not set("[]|") & set(text), text


def test_nested_options_expand_and_an_open_bracket_is_refused() -> None:
    seen = {expand("a[b[c|d]|e]", random.Random(seed)) for seed in range(50)}
    assert seen == {"abc", "abd", "ae"}
    with pytest.raises(ValueError, match="unclosed"):
        expand("a[b", random.Random(1))


def test_the_same_seed_says_the_same_and_another_something_else() -> None:
    def words(seed: int) -> list[str]:
        phrases = Phrases(random.Random(seed), ("common", "checkout_lock"))
        slots = dict.fromkeys((slot for _, form in every_form() for slot in SLOT.findall(form)), "x")
        return [phrases.choose(intent, slots) for intent in phrases.intents()]

    assert words(1) == words(1)
    assert words(1) != words(2)


def test_acknowledgements_are_said_in_many_ways() -> None:
    said = Counter(Phrases(random.Random(seed), ("common",)).choose("ack", {}) for seed in range(400))
    assert len(said) > 25
    assert max(said.values()) < 100


def test_a_form_whose_slots_are_unknown_is_not_chosen(tmp_path: Path) -> None:
    (tmp_path / "few.toml").write_text('hello = ["hi {name}"]\n')
    phrases = Phrases(random.Random(1), ("few",), tmp_path)
    assert phrases.choose("hello", {"name": "Ana"}) == "hi Ana"
    with pytest.raises(MissingPhrase):
        phrases.choose("hello", {})


def test_people_write_in_their_way_and_never_touch_code_links_or_numbers() -> None:
    careless = Style(lower=True, typos=1.0, short=True, ending="", apostrophes=False)
    text = "I can't see `SELECT Something` in <https://x.example/Abcdefgh> because orders_total fell 41.7%"
    written = write(text, careless, random.Random(1))
    for kept in ("`SELECT Something`", "<https://x.example/Abcdefgh>", "orders_total", "41.7%"):
        assert kept in written
    assert written.startswith("i cant")
    assert KEEP.split(text)[1] == "`SELECT Something`"


def test_a_slip_changes_one_word() -> None:
    before = "rolling back the migration"
    after = slip(before, random.Random(3))
    assert sum(one != other for one, other in zip(before.split(), after.split(), strict=True)) <= 1
    assert slip("`code only here`", random.Random(3)) == "`code only here`"


def test_a_cast_has_one_person_for_each_role_and_no_name_twice() -> None:
    people = cast(random.Random(9), ROLES)
    assert set(people) == set(ROLES)
    assert len({person.name for person in people.values()}) == len(ROLES)


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_seed_decides_the_scene(fault: str) -> None:
    first, again, other = (FAULTS[fault].build(random.Random(seed)) for seed in ("1", "1", "2"))
    assert first.scene == again.scene
    assert first.plan == again.plan
    assert first.scene != other.scene
