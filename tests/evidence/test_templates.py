import random
import string

from hypothesis import given
from hypothesis import strategies as st

from juncture.evidence.templates import TEMPLATES_LIMIT, Miner


class Count:
    def __init__(self):
        self.lines = 0


def add_up(kept, other):
    kept.lines += other.lines


def mine(messages, **options):
    miner = Miner(Count, add_up, **options)
    for message in messages:
        miner.add(message).state.lines += 1
    return miner


def counts(messages):
    return {template.text: template.state.lines for template in mine(messages).templates()}


def words(rng, number):
    return ["".join(rng.choices(string.ascii_lowercase, k=6)) for _ in range(number)]


def test_numbers_ids_addresses_and_times_are_parameters_at_once():
    lines = [
        "request 17 of customer c-31 from 192.0.2.7:5432 took 3 ms",
        "request 18 of customer c-9 from 2001:db8::7 took 12.5 ms",
        "request 7f3a9c of customer 5f0c1a2b-77aa-4e1d-8f00-0123456789ab from 192.0.2.8:1 took 1 ms",
    ]
    assert counts(lines) == {"request <*> of customer <*> from <*> took <*> ms": 3}


def test_a_word_that_takes_many_values_becomes_a_parameter_and_early_lines_count_for_it():
    rng = random.Random(1)
    users, things = words(rng, 200), words(rng, 100)
    assert counts([f"user {rng.choice(users)} logged in" for _ in range(2000)]) == {"user <*> logged in": 2000}
    assert counts([f"{rng.choice(users)} logged in" for _ in range(2000)]) == {"<*> logged in": 2000}
    both = [f"{rng.choice(users)} bought {rng.choice(things)} today" for _ in range(4000)]
    assert counts(both) == {"<*> bought <*> today": 4000}


def test_several_words_that_never_come_again_are_parameters_together():
    rng = random.Random(2)

    def line(number):
        one, two, three = words(rng, 3)
        return f"processed {one} for {two} in {number} ms user={three} path=/{one}/{number}"

    found = counts([line(number) for number in range(2000)])
    assert found == {"processed <*> for <*> in <*> ms user=<*> path=<*>": 2000}


def test_a_quotation_is_one_value_of_however_many_words():
    rng = random.Random(3)
    found = counts([f'search for "{" ".join(words(rng, 1 + number % 5))}" gave {number} hits' for number in range(1000)])
    assert found == {"search for <*> gave <*> hits": 1000}


def test_words_that_take_few_values_tell_templates_apart():
    lines = ["connection lost", "connection restored", "starting nginx", "stopping nginx"]
    assert counts(lines * 50) == dict.fromkeys(lines, 50)


def test_a_status_is_no_parameter():
    found = counts([f"GET /orders/{n} status={200 if n % 3 else 503}" for n in range(30)])
    assert found == {"GET /orders/<*> status=200": 20, "GET /orders/<*> status=503": 10}


def test_levels_never_share_a_template():
    miner = Miner(Count, add_up)
    assert miner.add("disk 1 is slow", "warning") is not miner.add("disk 2 is slow", "error")


def test_memory_is_bounded_and_what_made_room_is_handed_over():
    rng = random.Random(2)
    vocabulary = words(rng, 400)
    miner = mine(" ".join(rng.choices(vocabulary, k=rng.randint(1, 12))) for _ in range(6000))
    held, gone = miner.templates(), miner.evicted
    assert len(held) <= TEMPLATES_LIMIT
    assert sum(template.state.lines for template in (*held, *gone)) == 6000


@given(st.lists(st.text(st.sampled_from("ab1 =\"'/:<*>\n"), max_size=30), max_size=120), st.integers(1, 20))
def test_every_message_is_counted_once_whatever_it_says(messages, limit):
    miner = mine(messages, limit=limit)
    everywhere = {id(template): template for template in (*miner.templates(), *miner.evicted)}
    assert sum(template.state.lines for template in everywhere.values()) == len(messages)
    assert all(template.into is None for template in everywhere.values())
