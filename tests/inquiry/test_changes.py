from juncture.inquiry.changes import changes_before


def words(change):
    return " | ".join(change.reasons)


def test_the_migration_ranks_before_the_change_of_a_text_and_every_change_is_cited(story):
    found = changes_before(story.checkout_lock().timeline())
    assert [one.what for one in found] == [
        "Deploy of checkout 412: Add a gift note to orders",
        "Deploy of checkout 411: Shorten the checkout button",
    ]
    assert "database schema" in words(found[0])
    assert "wording or looks" in words(found[1])
    assert all(one.citations and one.event for one in found)
    assert [one.rank for one in found] == [1, 2]
    assert {one.by for one in found} == {"Change author 1", "Change author 2"}


def test_a_roll_back_that_was_refused_undid_nothing(story):
    (first, _) = changes_before(story.checkout_lock().timeline())
    assert "undone" not in words(first)
    assert "speaks of “migration”" in words(first)


def late_setting(story):
    incident = story.Story()
    incident.commit("13:40", "aaaaaaa1111", "Lower the token refresh", files=("config/payments.toml",))
    incident.deploy("13:50", "7.1", service="payments", revision="aaaaaaa1111")
    incident.commit("13:55", "bbbbbbb2222", "Fix a typo in the empty orders text", files=("shop/texts.py",))
    incident.deploy("13:58", "7.2", service="payments", revision="bbbbbbb2222")
    alert = incident.alert("14:05", "PaymentErrors", service="payments", summary="token expired, refresh refused")
    incident.say("14:07", "Ana Kovac", "rolling back 7.2")
    incident.rollback("14:08", "7.1", previous="7.2", service="payments")
    incident.say("14:10", "Ana Kovac", "no change, still failing")
    incident.say("14:14", "Ana Kovac", "rolling back 7.1 as well")
    incident.rollback("14:15", "7.0", previous="7.1", service="payments")
    end = incident.say("14:16", "Ana Kovac", "errors are falling")
    incident.reached("started", "14:04")
    incident.reached("detected", "14:05", alert)
    incident.reached("mitigated", "14:16", end)
    return incident


def test_the_setting_that_bit_late_ranks_before_the_innocent_change_after_it(story):
    found = changes_before(late_setting(story).timeline())
    assert [one.what.split(":")[0] for one in found] == ["Deploy of payments 7.1", "Deploy of payments 7.2"]
    assert "it was undone at 14:14:00 UTC and users recovered" in words(found[0])
    assert "it was undone at 14:07:00 UTC and the effect went on" in words(found[1])


def test_changes_after_the_start_are_not_before_it(story):
    incident = late_setting(story)
    incident.deploy("14:09", "9.9", service="web")
    assert "9.9" not in " ".join(one.what for one in changes_before(incident.timeline()))


def test_without_a_start_nothing_is_before_it(story):
    incident = story.Story()
    incident.deploy("13:50", "7.1")
    assert changes_before(incident.timeline()) == ()


def test_commits_count_where_nothing_shows_what_was_shipped(story):
    incident = story.Story()
    incident.commit("13:40", "aaaaaaa1111", "Lower the pool size", files=("config/web.toml",))
    incident.say("14:00", "Ana Kovac", "checkout is down")
    incident.reached("started", "14:00")
    (found,) = changes_before(incident.timeline())
    assert found.what == "Lower the pool size"
    assert "changed a setting" in words(found)


def test_what_people_only_said_that_they_shipped_is_a_change(story):
    incident = story.Story()
    incident.say("13:55", "Ana Kovac", "deploying checkout 412 to prod")
    incident.say("14:00", "Wei Zhang", "checkout is down")
    incident.reached("started", "14:00")
    (found,) = changes_before(incident.timeline())
    assert found.seconds_before == 300
    assert "412" in found.what


def test_the_steps_of_one_deployment_and_its_command_are_one_change(story):
    incident = story.Story()
    incident.command("13:49:50", "./deploy.sh deploy payments 7.1")
    incident.deploy("13:50", "7.1", service="payments", state="started")
    incident.deploy("13:51", "7.1", service="payments", state="finished")
    incident.say("14:00", "Ana Kovac", "payments fail")
    incident.reached("started", "14:00")
    (found,) = changes_before(incident.timeline())
    assert found.at == story.at("13:50")
