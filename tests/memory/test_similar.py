"""Which earlier postmortems are near, and the reasons that are given for it."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from tests.document import sample

from juncture.memory.similar import ranked
from juncture.memory.traits import Trait, TraitKind, mitigation_of, traits_of, traits_of_words, words_of
from juncture.model.record import Factor, FactorRole, Postmortem, Section


def traits(**terms: str) -> frozenset[Trait]:
    return frozenset(Trait(TraitKind(kind), term) for kind, said in terms.items() for term in said.split())


LOCKS = traits(service="checkout orders", alert="CheckoutErrors", factor="lock timeout migration", word="queue")


def test_each_says_why_it_is_near_and_what_shares_nothing_is_left_out():
    candidates = {
        "words": traits(service="checkout", factor="lock timeout"),
        "alert": traits(alert="CheckoutErrors"),
        "nothing": traits(service="search", factor="cache", word="index"),
    }
    found = ranked(LOCKS, candidates, most=5)
    assert {each.key for each in found} == {"words", "alert"}
    reasons = {each.key: each.reasons for each in found}
    assert reasons["alert"] == ("both: alert CheckoutErrors",)
    assert reasons["words"] == ("both: service checkout", "factor words: lock, timeout")


def test_a_rare_trait_says_more_than_a_common_one():
    common = {f"c{n}": traits(service="checkout orders") for n in range(20)}
    found = ranked(LOCKS, {**common, "rare": traits(service="checkout", factor="lock")}, most=3)
    assert found[0].key == "rare"


def test_common_words_are_not_enough_and_a_service_alone_is():
    words = {f"w{n}": traits(word="queue", factor="lock timeout") for n in range(40)}
    found = ranked(LOCKS, {"service": traits(service="checkout"), **words}, most=5)
    assert [(each.key, each.reasons) for each in found] == [("service", ("both: service checkout",))]


def test_words_alone_are_not_enough_without_one_of_a_factor():
    subject = traits(word="queue report table wait")
    assert ranked(subject, {"x": traits(word="queue report table")}, most=5) == []


def test_three_rare_words_are_enough_without_a_service():
    assert ranked(LOCKS, {"x": traits(factor="lock timeout", word="queue")}, most=5)[0].reasons == (
        "factor words: lock, timeout",
        "words: queue",
    )


@given(st.dictionaries(st.integers(), st.frozensets(st.sampled_from(sorted(LOCKS))), max_size=8), st.integers(1, 4))
def test_no_more_than_asked_for_in_order_of_score_and_always_with_a_reason(candidates, most):
    found = ranked(LOCKS, candidates, most=most)
    assert len(found) <= most
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert all(each.reasons for each in found)


def test_traits_of_a_record_are_its_services_alerts_metrics_and_what_went_wrong():
    found = traits_of(sample.postmortem())
    assert Trait(TraitKind.SERVICE, "checkout") in found
    assert Trait(TraitKind.ALERT, "CheckoutErrorRateHigh") in found
    assert Trait(TraitKind.METRIC, "pool in use") in found
    assert Trait(TraitKind.FACTOR, "lock") in found
    assert Trait(TraitKind.WORD, "report") in found


def test_words_that_every_postmortem_has_tell_nothing():
    assert words_of(["The migrations waited for the locks.[^e1] An incident, at 14:07 UTC."]) == ["migration", "waited", "lock"]


def test_a_name_in_the_prose_of_one_is_the_alert_of_the_other():
    told = Postmortem(title="x", sections=(Section("Summary", "The alert CheckoutErrorRateHigh named the wrong team."),))
    found = ranked(traits_of(sample.postmortem()), {"told": traits_of(told)}, most=1)
    assert found[0].reasons[0] == "both name CheckoutErrorRateHigh"


def test_prompts_quotes_and_code_marks_are_no_words_of_the_author():
    record = Postmortem(
        title="x",
        factors=(Factor(id="F1", title='A `lock_timeout` of "never mind this"', role=FactorRole.ENABLER),),
        sections=(Section("Summary", "*To write: zebra*"),),
    )
    assert {trait.term for trait in traits_of(record)} == {"lock_timeout"}


def test_what_mitigated_it_is_the_last_choice_before_users_no_longer_felt_it():
    record = sample.postmortem()
    assert mitigation_of(record) == ("Cancel the migration",)
    incident = msgspec.structs.replace(record.incident, mitigated_at=None)
    assert mitigation_of(msgspec.structs.replace(record, milestones=(), incident=incident)) == ()


def test_an_incident_without_a_postmortem_is_compared_by_title_and_services():
    found = traits_of_words("Checkout waits for a lock", ("orders",))
    assert Trait(TraitKind.SERVICE, "orders") in found
    assert Trait(TraitKind.WORD, "lock") in found
