"""Look at the heat map."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.observing.rows import heard
from tests.promises import promise
from tests.world import World, sign_in
from webapp.culture.vocabulary import Trait

NOW = datetime.now(UTC)


def words(html: str) -> str:
    """The page's words, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&nbsp;", " ").split())


@pytest.fixture
def listened(db: Session, world: World) -> World:
    """Twenty listen-ins in the hallway, six in the library, two in the lounge."""
    ours = world.ours
    for number in range(20):
        at = NOW - timedelta(minutes=number)
        said = (Trait.EVIDENCE,) if number % 2 else ()
        heard(db, ours.school, ours.places[0], (ours.coach, ours.principal)[number % 2], at, *said)
    heard(db, ours.school, ours.places[2], ours.coach, NOW, Trait.ACTION, times=6)
    heard(db, ours.school, ours.places[1], ours.principal, NOW, times=2)
    return world


@promise("STATISTICS-4")
def test_it_shows_rate_and_n_of_every_cell_and_what_the_sample_is(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.ours.principal).get("/heatmap?period=30-days")
    said = words(page.text)
    assert page.status_code == 200
    assert "28 listen-ins by 2 people on" in said
    assert "50 % of 20 , Evidence, North hallway" in said
    assert "100 % of 6 , Action, Library" in said
    assert "2 of 5 , Evidence, Teachers’ lounge" in said


def test_few_are_hatched_some_are_pale_and_none_are_told_in_words(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.ours.coach).get("/heatmap?period=30-days").text
    table = page[page.index("<tbody") : page.index("</table>")]
    assert table.count("cell shade-5 pale") == 1
    assert len(re.findall(r'class="cell shade-3"|class="cell shade-2"', table)) == 1
    assert table.count("cell too-few") == 7
    assert words(table).count("Not listened") == 3


def test_a_cell_opens_its_figures_in_plain_words(client: FlaskClient, listened: World) -> None:
    ours = listened.ours
    sign_in(client, ours.principal)
    page = client.get("/heatmap?period=30-days").text
    link = next(
        found for found in re.findall(r'href="([^"]+)#figures"', page) if f"{ours.places[0].id},evidence" in found
    )
    opened = client.get(link.replace("&amp;", "&")).text
    said = words(opened[opened.index('id="figures"') :])
    assert "Heard in 10 of 20. That is 50 %." in said
    assert "likely lies between 30 and 70 %." in said
    assert opened.count('aria-current="true"') == page.count('aria-current="true"') + 1


def test_a_cell_of_few_says_that_they_are_too_few(client: FlaskClient, listened: World) -> None:
    ours = listened.ours
    page = sign_in(client, ours.principal).get(f"/heatmap?period=30-days&cell={ours.places[1].id},action")
    said = words(page.text)
    assert "Heard in 0 of 2." in said
    assert "Too few to say how it usually is." in said


@pytest.mark.parametrize("rows", ["place", "setting", "kind", "week", "weekday", "hour"])
def test_every_sort_of_row_is_a_page(client: FlaskClient, listened: World, rows: str) -> None:
    said = words(sign_in(client, listened.ours.coach).get(f"/heatmap?rows={rows}&period=30-days").text)
    assert "28 listen-ins by 2 people" in said
    assert ("When" if rows in {"week", "weekday", "hour"} else "Where") + " we hear it" in said


def test_it_warns_where_one_place_and_one_day_give_over_half(client: FlaskClient, db: Session, world: World) -> None:
    ours = world.ours
    for number in range(6):
        heard(db, ours.school, ours.places[number % 6], (ours.coach, ours.principal)[number % 2], NOW)
    sign_in(client, ours.coach)
    assert "More than half of this comes from one day," in words(client.get("/heatmap?period=30-days").text)
    heard(db, ours.school, ours.places[3], None, NOW - timedelta(days=3), times=20)
    said = words(client.get("/heatmap?period=30-days").text)
    assert "one place, Second-floor classrooms" in said


def test_the_one_place_that_was_asked_for_is_no_lopsided_sample(client: FlaskClient, world: World, db: Session) -> None:
    ours = world.ours
    for number in range(12):
        heard(
            db, ours.school, ours.places[2], ours.coach if number % 2 else ours.principal, NOW - timedelta(days=number)
        )
    db.commit()
    warned = "comes from one place, Library"
    asked = sign_in(client, ours.coach)
    assert warned in words(asked.get("/heatmap?period=30-days").text)
    assert warned not in words(asked.get("/heatmap?period=30-days&kind=library").text)


def test_before_the_first_listen_in_it_leads_to_listening(client: FlaskClient, world: World) -> None:
    page = sign_in(client, world.ours.coach).get("/heatmap").text
    assert "Nobody has listened in yet" in page
    assert re.search(r'href="/record[^"]*">\s*(<svg.*?</svg>)?\s*Listen in', page, re.S)
    assert "<table" not in page


def test_a_period_with_nothing_offers_a_wider_one(client: FlaskClient, db: Session, world: World) -> None:
    ours = world.ours
    heard(db, ours.school, ours.places[0], ours.coach, NOW - timedelta(days=50))
    sign_in(client, ours.coach)
    page = client.get("/heatmap?period=30-days").text
    assert "Nobody listened in then" in page
    wider = re.findall(r'class="button primary" href="([^"]+)"', page)[0]
    assert "1 listen-in by 1 person on 1 day" in words(client.get(wider.replace("&amp;", "&")).text)


@pytest.mark.parametrize("who", ["teacher", "director"])
def test_another_role_is_told_so(client: FlaskClient, listened: World, who: str) -> None:
    person = listened.director if who == "director" else listened.ours.teacher
    page = sign_in(client, person).get(f"/heatmap?school={listened.ours.school.id}")
    assert page.status_code == 403
    assert "Not for your role" in page.text
    assert "/heatmap" not in page.text


def test_another_school_looks_like_none(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.principal)
    theirs = client.get(f"/heatmap?school={world.neighbour.school.id}")
    none = client.get(f"/heatmap?school={world.ours.principal.id}")
    assert (theirs.status_code, theirs.data) == (404, none.data)


def test_the_neighbours_listen_ins_are_never_shown(client: FlaskClient, db: Session, world: World) -> None:
    theirs = world.neighbour
    heard(db, theirs.school, theirs.places[0], theirs.coach, NOW, times=9)
    assert "Nobody has listened in yet" in sign_in(client, world.ours.coach).get("/heatmap").text


@pytest.mark.one_database
def test_signed_out_it_leads_to_signing_in_and_back(client: FlaskClient, world: World) -> None:
    answer = client.get("/heatmap?rows=hour")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=%2Fheatmap%3Frows%3Dhour"


@pytest.mark.one_database
def test_another_method_is_refused(client: FlaskClient, world: World) -> None:
    assert sign_in(client, world.ours.principal).post("/heatmap").status_code == 405


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("rows=%3Cb%3Erooms", "The map cannot be drawn by “&lt;b&gt;rooms”."),
        ("rows=a%00b", "The map cannot be drawn by “ab”."),
        ("period=ever", "“ever” is no period."),
        ("cell=nothing", "This map has no such cell."),
        ("cell=x,evidence", "Nobody has listened there in this period."),
    ],
)
def test_a_word_that_is_not_known_is_told_and_the_first_view_shown(
    client: FlaskClient, listened: World, query: str, message: str
) -> None:
    page = sign_in(client, listened.ours.coach).get(f"/heatmap?{query}")
    assert page.status_code == 200
    assert message in page.text
    assert "28 listen-ins" in page.text


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("first", "last", "field", "message"),
    [
        ("2026-02-31", "2026-03-01", "from", "This is no day of the calendar."),
        ("", "2026-03-01", "from", "Say which day"),
        ("2026-03-01", '"><i>', "to", "This is no day of the calendar."),
        ("2026-03-02", "2026-03-01", "to", "The last day comes before the first."),
        ("2026-03-02", "1" * 3000, "to", "This is no day of the calendar."),
    ],
)
def test_a_day_that_is_none_is_told_at_its_field_and_kept(
    client: FlaskClient, listened: World, *, first: str, last: str, field: str, message: str
) -> None:
    sign_in(client, listened.ours.coach)
    page = client.get("/heatmap", query_string={"period": "dates", "from": first, "to": last}).text
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true" aria-describedby="{field}-problem"', page)
    told = re.search(rf'id="{field}-problem" role="alert">(.*?)</p>', page, re.S)
    assert told
    assert message in told[1]
    assert f'name="from" value="{first}"' in page
    assert "28 listen-ins" in page


def test_opened_twice_it_is_the_same(client: FlaskClient, listened: World) -> None:
    sign_in(client, listened.ours.coach)
    assert client.get("/heatmap").data == client.get("/heatmap").data


def test_another_period_and_other_rows_keep_what_was_chosen(client: FlaskClient, listened: World) -> None:
    sign_in(client, listened.ours.principal)
    kept = "setting=passing&floor=1&compare=year"
    for period in ("period=30-days", "from=2026-09-01&to=2099-01-01"):
        page = client.get(f"/heatmap?{period}&{kept}").text
        choosing = page[page.index('class="choosing"') : page.index('class="view-bar"')]
        pills = re.findall(r'class="pill" href="([^"]+)"', choosing.replace("&amp;", "&"))
        leading = [href for href in pills if href.count("=") >= len(kept.split("&")) + 3]
        # Seven sorts of rows and five periods; the pills of what is chosen each leave out their own.
        assert len([href for href in leading if all(part in href for part in kept.split("&"))]) == 12
        for form in re.findall(r"<form.*?</form>", choosing, flags=re.S):
            asked = re.findall(r'name="(\w+)"', form)
            assert len(asked) == len(set(asked))
            assert {"school", "rows", "period", "setting", "floor", "compare"} <= set(asked)


def test_where_nothing_is_of_what_was_chosen_it_says_so_and_leads_to_all(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.ours.principal).get("/heatmap?period=30-days&setting=one_to_one&compare=year").text
    assert "None of these were heard then" in words(page)
    [more] = re.findall(r'href="([^"]+)"[^>]*>[^<]*(?:<[^>]+>)*\s*Show all', page.replace("&amp;", "&"))
    assert "setting=" not in more
    assert "compare=year" in more
    assert "28 listen-ins" in words(client.get(more).text)


def test_what_was_chosen_goes_along_to_the_building_over_time_and_back(client: FlaskClient, listened: World) -> None:
    sign_in(client, listened.ours.principal)

    def leads(page: str, label: str) -> dict[str, str]:
        href = re.search(rf'class="pill" href="([^"]+)"[^>]*>{label}<', client.get(page).text)
        assert href is not None
        return {name: word for name, word in parse_qsl(urlsplit(unescape(href[1])).query) if name != "school"}

    chosen = {"period": "year", "floor": "1"}
    asked = urlencode(chosen)
    assert leads(f"/heatmap?{asked}", "Building") == chosen
    assert leads(f"/heatmap?{asked}", "Over time") == chosen
    assert leads(f"/heatmap?{asked}", "Coverage") == {"of": "year"}
    assert leads(f"/heatmap/building?{asked}&trait=action&at=2", "Over time") == chosen
    assert leads(f"/heatmap/building?{asked}", "Places") == {"rows": "place", **chosen}
    assert leads(f"/heatmap/change?{asked}&every=month", "Building") == chosen
    assert leads("/heatmap/coverage?of=year", "Building") == {"period": "year"}
    # The same days stand behind each pill, also those that charts begin with.
    assert leads("/heatmap/change?floor=1", "Places") == {"rows": "place", **chosen}
    assert leads("/heatmap/change?floor=1", "Building") == chosen


def test_a_floor_and_a_kind_that_no_place_has_are_called_what_they_are(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.ours.principal).get("/heatmap/building?floor=77&kind=other").text
    chosen = words(page.partition('class="narrowed pills"')[2].partition("</ul>")[0])
    assert "Floor 77" in chosen
    assert "Another kind of place" in chosen
