import pytest
from django.test import Client

from juncture.web.access.errors import InTheWay, Invalid, NotAllowed
from juncture.web.access.operations import new_token
from juncture.web.access.selectors import viewer_of
from juncture.web.incidents.operations import declare
from juncture.web.journal.models import Change
from juncture.web.people import catalogue, identities, owning, services, teams
from juncture.web.people.models import Service, Team, User
from juncture.web.people.services import ServiceChange

FILE = """\
/services/checkout/  @ana-s billing@example.org @shop/payments @stranger
/search/             nobody
"""


@pytest.fixture
def administrator(person):
    return person("administrator")


@pytest.fixture
def boss(administrator):
    return viewer_of(administrator)


@pytest.fixture
def admin_api(api, administrator):
    token = new_token(administrator, scope="admin", days=1)
    return lambda method, path, body=None: api(method, path, body, token=token)


def signed(user):
    client = Client()
    client.force_login(user)
    return client


def test_a_team_is_made_filled_renamed_and_dissolved(boss, author):
    team = teams.add_team(boss, "Payments")
    teams.change_team(boss, team.slug, name="Payments and refunds", members=[author.pk])
    seen = catalogue.team(boss, "payments")
    assert (seen.name, [member.name for member in seen.members]) == ("Payments and refunds", ["Author Sample"])
    teams.dissolve_team(boss, "payments")
    assert not Team.objects.exists()
    assert list(Change.objects.filter(object_kind__contains="team").values_list("action", flat=True)) == [
        "add", "rename", "change", "remove"]  # fmt: skip


def test_a_team_that_an_incident_names_stays(boss, viewer):
    declare(viewer, title="x", visibility="team", team="Payments")
    with pytest.raises(InTheWay):
        teams.dissolve_team(boss, "payments")
    assert not Change.objects.filter(object_kind="team", action="remove").exists()


def test_no_two_teams_or_services_have_one_name(boss):
    teams.add_team(boss, "Payments")
    with pytest.raises(InTheWay):
        teams.add_team(boss, " PAYMENTS ")
    services.add_service(boss, ServiceChange(name="checkout"))
    with pytest.raises(InTheWay):
        services.add_service(boss, ServiceChange(name="Checkout"))


@pytest.mark.parametrize("role", ["viewer", "author", "facilitator"])
def test_only_administrators_change_teams_and_services(person, role, boss):
    asking = viewer_of(person(role))
    teams.add_team(boss, "Payments")
    for attempt in (
        lambda: teams.add_team(asking, "x"),
        lambda: teams.change_team(asking, "payments", name="x"),
        lambda: teams.dissolve_team(asking, "payments"),
        lambda: services.add_service(asking, ServiceChange(name="x")),
        lambda: owning.apply_owners(asking, FILE),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_who_leaves_a_team_no_longer_sees_its_incidents(boss, author, viewer, person):
    other = person("author", "other@example.org")
    declare(viewer, title="zzTEAM", visibility="team", team="Payments")
    teams.change_team(boss, "payments", members=[author.pk, other.pk])
    assert "zzTEAM" in signed(other).get("/incidents/").content.decode()
    teams.change_team(boss, "payments", members=[author.pk])
    assert "zzTEAM" not in signed(other).get("/incidents/").content.decode()


def test_a_service_is_kept_with_team_owners_and_paths(boss, author):
    teams.add_team(boss, "Payments")
    change = ServiceChange(
        name=" checkout ", description="Takes  money", team="payments", owners=[author.pk], paths=["/services/checkout/", ""]
    )
    row = services.add_service(boss, change)
    seen = catalogue.service(boss, row.pk)
    assert (seen.name, seen.description, seen.team, seen.paths) == (
        "checkout",
        "Takes money",
        "payments",
        ("/services/checkout/",),
    )
    services.change_service(boss, row.pk, ServiceChange(team=None, owners=[]))
    seen = catalogue.service(boss, row.pk)
    assert (seen.team, seen.owners, seen.description) == (None, (), "Takes money")


def test_owners_are_proposed_from_a_file_and_taken_when_told_to(boss, administrator, author, person):
    billing = person("author", "billing@example.org")
    identities.add_identity(boss, author.pk, kind="github", value="Ana-S")
    teams.add_team(boss, "Payments")
    row = services.add_service(boss, ServiceChange(name="checkout", paths=["/services/checkout/"]))
    services.add_service(boss, ServiceChange(name="search", owners=[author.pk]))
    client = signed(administrator)
    page = client.post("/settings/services/owners/", {"text": FILE}).content.decode()
    assert all(words in page for words in ("1 service would change", "@stranger", "Author Sample", "Line 2"))
    assert not row.owners.exists()
    client.post("/settings/services/owners/", {"text": FILE, "what": "apply"})
    assert set(row.owners.values_list("user_id", flat=True)) == {author.pk, billing.pk}
    assert Service.objects.get(name="checkout").team.slug == "payments"
    assert Service.objects.get(name="search").owners.get().user == author
    assert "Nothing would change" in client.post("/settings/services/owners/", {"text": FILE}).content.decode()


def test_a_service_without_paths_is_found_by_a_folder_of_its_name(boss, author):
    identities.add_identity(boss, author.pk, kind="github", value="ana-s")
    services.add_service(boss, ServiceChange(name="Checkout"))
    (found,) = owning.propose_owners(boss, "* @nobody\n/services/checkout/* @ana-s").services
    assert (found.paths, found.owners) == (("/services/checkout/*",), ("Author Sample",))


@pytest.mark.parametrize("text", ["", "# only a comment", "\x00"])
def test_a_file_without_rules_is_refused_in_a_sentence(administrator, boss, text):
    services.add_service(boss, ServiceChange(name="x"))
    answer = signed(administrator).post("/settings/services/owners/", {"text": text})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_bad_values_of_services_are_refused(boss):
    for change in (
        ServiceChange(name=" "),
        ServiceChange(name="x" * 201),
        ServiceChange(name="x", team="none"),
        ServiceChange(name="x", owners=[99999]),
        ServiceChange(name="x", paths=["x" * 301]),
        ServiceChange(name="x", description="x" * 501),
    ):
        with pytest.raises(Invalid):
            services.add_service(boss, change)
    assert not Service.objects.exists()


def test_the_api_reads_for_all_and_changes_for_administrators(api, admin_api, author):
    assert api("GET", "me").json() == {"id": author.pk, "name": "Author Sample", "role": "author"} | {
        "email": "author@example.org", "zone": "UTC",
    }  # fmt: skip
    assert api("GET", "people").json()["items"][0]["name"] == "Author Sample"
    assert "email" not in api("GET", "people").content.decode()
    assert api("POST", "teams", {"name": "Payments"}).status_code == 403
    assert admin_api("POST", "teams", {"name": "Payments", "members": [author.pk]}).status_code == 201
    assert api("GET", "teams/payments").json()["members"][0]["id"] == author.pk
    made = admin_api("POST", "services", {"name": "checkout", "team": "payments"}).json()
    assert admin_api("PATCH", f"services/{made['id']}", {"description": "Takes money"}).json()["team"] == "payments"
    assert admin_api("PATCH", f"services/{made['id']}", {"owner": 1}).status_code == 422
    assert admin_api("DELETE", f"services/{made['id']}").status_code == 200
    assert admin_api("DELETE", f"services/{made['id']}").status_code == 404
    assert admin_api("GET", "services/99999999999999999999").status_code == 404
    assert admin_api("POST", "services", {"name": "x", "owners": [10**30]}).status_code in {400, 422}


def test_lists_of_people_go_on_by_cursor(api, author):
    User.objects.bulk_create(User(email=f"p{n}@example.org", name=f"P{n}") for n in range(5))
    first = api("GET", "people?limit=4").json()
    second = api("GET", f"people?limit=4&cursor={first['next']}").json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (4, 2, None)


def test_pages_of_the_catalogue_take_few_queries(administrator, boss, django_assert_max_num_queries):
    people = User.objects.bulk_create(User(email=f"p{n}@example.org", name=f"P{n}") for n in range(30))
    for number in range(30):
        team = Team.objects.create(name=f"T{number}", slug=f"t{number}")
        team.members.bulk_create(team.members.model(team=team, user=user) for user in people[:5])
        row = Service.objects.create(name=f"S{number}", team=team)
        row.owners.bulk_create(row.owners.model(service=row, user=user) for user in people[:5])
    client = signed(administrator)
    for path in ("/settings/teams/", "/settings/services/", "/settings/teams/t1/", f"/settings/services/{row.pk}/"):
        with django_assert_max_num_queries(9):
            assert client.get(path).status_code == 200
