"""People see their picture in each system, bring it everywhere, go back to an earlier one, and undo."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.portal.running import Guest, Portal, portal_of
from tests.portal.sending import face, same, send

from samepic.config.load import load
from samepic.wiring import assembled, giving

ROUTE = "exchange-to-sharepoint"


def forms(guest: Guest, action: str) -> list[dict[str, str]]:
    """The fields of every form of the past that leads to an address."""
    seen = guest.ask("/my/past")
    return [
        {str(i["name"]): str(i.get("value", "")) for i in form.select("input[name]")}
        for form in seen.soup.select(f"form[action='{action}']")
    ]


def test_every_system_is_shown_once_with_what_it_shows(portal: Portal) -> None:
    guest = portal.visit(portal.somebody())
    seen = guest.ask("/my/now")
    assert [one.text for one in seen.soup.select(".systems strong")] == ["Outlook and Teams", "SharePoint and OneDrive"]
    assert len(seen.soup.select(".systems img.face")) == 1 and "No picture" in seen.text
    guest.post("/my/everywhere")
    seen = guest.ask("/my/now")
    assert len(seen.soup.select(".systems img.face")) == 2 and "The same picture" in seen.text
    assert seen.soup.select("time"), "each says how old it is"


def test_one_system_that_fails_is_told_and_keeps_the_page(portal: Portal) -> None:
    person = portal.somebody(number=1)
    guest = portal.visit(person)
    portal.at.control.post_fault(kind="status", api="sharepoint", status=401, times=None)
    try:
        seen, brought = guest.ask("/my/now"), guest.post(f"/tiles/{ROUTE}")
        done = guest.post("/my/everywhere")
    finally:
        portal.at.control.clear_faults()
    assert seen.status == 200 and "Does not answer" in seen.text
    assert brought.status == 200 and "could not be brought" in brought.text
    assert "no answer from SharePoint and OneDrive" in brought.text
    assert done.status == 200 and "could not be brought" in done.text
    assert portal.at.control.picture(person, "sharepoint-l") is None


SILENT = [
    ({"api": "sharepoint", "status": 401}, "SharePoint and OneDrive"),
    ({"api": "graph", "path": "/photo", "status": 403}, "Outlook and Teams"),
]


@pytest.mark.parametrize(("fault", "silent"), SILENT)
def test_each_system_stands_by_itself(portal: Portal, fault: dict[str, object], silent: str) -> None:
    guest = portal.visit(portal.somebody(case="changed_since_pull"))
    before = guest.ask("/my/now")
    assert len(before.soup.select(".systems img.face")) == 2, before.text
    portal.at.control.post_fault(kind="status", times=None, **fault)
    try:
        seen = guest.ask("/my/now")
        [shown] = seen.soup.select(".systems img.face")
        picture = guest.ask(str(shown["src"]))
    finally:
        portal.at.control.clear_faults()
    told = {one.select("strong")[0].text: one.text for one in seen.soup.select(".systems li")}
    assert [name for name, words in told.items() if "Does not answer" in words] == [silent], told
    assert picture.status == 200 and picture.headers["content-type"] == "image/jpeg", "its picture comes too"


@pytest.mark.parametrize(("fault", "silent"), SILENT)
def test_the_tile_and_the_doctor_show_each_system_by_itself(
    portal: Portal, fault: dict[str, object], silent: str
) -> None:
    pages = (f"/tiles/{ROUTE}", f"/my/why/{ROUTE}")
    guest = portal.visit(portal.somebody(case="changed_since_pull"))
    before = [guest.ask(page) for page in pages]
    assert [len(one.soup.select("main img.face")) for one in before] == [2, 2], before[0].text
    portal.at.control.post_fault(kind="status", times=None, **fault)
    try:
        seen = [guest.ask(page) for page in pages]
        pictures = [guest.ask(str(one["src"])) for page in seen for one in page.soup.select("main img.face")]
    finally:
        portal.at.control.clear_faults()
    assert [one.status for one in (*seen, *pictures)] == [200] * 4, "one of the two shows its picture on each page"
    for page in seen:
        said = [one.text for one in page.soup.select("main [role=status] .problem")]
        assert said == [f"There is no answer from {silent} at the moment."], "and no other"
        assert "Nothing was changed" in page.text
    assert not seen[0].soup.select("main form button"), "nothing is brought into the dark"
    assert "It stops here" not in seen[1].text and "Your picture arrives" not in seen[1].text


@pytest.mark.parametrize("language", ["nb", "lv"])
def test_a_silent_directory_is_named_in_the_visitors_language(portal: Portal, language: str) -> None:
    names = {"nb": "Microsoft Entra ID svarer ikke akkurat nå.", "lv": "Microsoft Entra ID pašlaik neatbild."}
    guest = portal.visit(portal.somebody(case="changed_since_pull"), language)
    portal.at.control.post_fault(kind="status", times=None, api="graph", path="/users", status=403)
    try:
        seen = [guest.ask(page) for page in (f"/tiles/{ROUTE}", f"/my/why/{ROUTE}")]
    finally:
        portal.at.control.clear_faults()
    for page in seen:
        assert page.status == 200
        assert [one.text for one in page.soup.select("main [role=status] .problem")] == [names[language]], page.text


def test_an_upload_is_everywhere_and_undo_brings_back_what_was(portal: Portal) -> None:
    person = portal.somebody(case="changed_since_pull")
    before = portal.at.control.picture(person, "exchange")
    guest = portal.visit(person)
    seen = send(guest, face(7))
    assert seen.status == 200 and "brought" in seen.text, seen.text
    given = portal.at.control.picture(person, "exchange")
    assert given not in (None, before) and portal.at.control.picture(person, "sharepoint-l") is not None
    [undo] = forms(guest, "/my/undo")
    assert guest.ask("/my/undo", undo, Origin=portal.url).status == 200
    again = portal.at.control.picture(person, "exchange")
    assert again is not None and again != given
    assert guest.ask("/my/undo", undo, Origin=portal.url).status == 409, "the form's change is undone already"
    assert portal.at.control.picture(person, "exchange") == again


def test_back_to_an_earlier_picture_of_ones_own_and_of_nobody_elses(portal: Portal) -> None:
    person, stranger = portal.somebody(case="changed_since_pull"), portal.somebody(number=3)
    guest, other = portal.visit(person), portal.visit(stranger)
    send(guest, face(8))
    send(guest, face(9))
    shown = {str(one["src"]): guest.ask(str(one["src"])) for one in guest.ask("/my/past").soup.select(".past img")}
    assert {one.headers["content-type"] for one in shown.values()} == {"image/jpeg"}
    assert [same(one.body, face(n)) for n in (8, 9) for one in shown.values()].count(True) == 1, "what shows no more"
    assert {other.ask(address).status for address in shown} == {404}, "nobody else's, whatever the address"
    [earlier] = [address for address, one in shown.items() if same(one.body, face(8))]
    fields = {"picture": earlier.rsplit("/", 1)[1]}
    before = portal.at.control.picture(stranger, "exchange")
    assert other.post("/my/back", **fields).status == 409
    assert portal.at.control.picture(stranger, "exchange") == before
    for _ in range(2):  # a double click
        assert guest.post("/my/back", **fields).status == 200
        assert same(portal.at.control.picture(person, "sharepoint-l"), face(8))
        assert same(portal.at.control.picture(person, "exchange"), face(8))


def test_what_people_gave_is_let_go_of_as_all_other_pictures_are(portal: Portal, tmp_path: Path) -> None:
    with portal_of(portal.at, tmp_path) as own:
        person = own.somebody(case="changed_since_pull")
        for number in (11, 12):
            send(own.visit(person), face(number))
    file = tmp_path / "samepic.toml"
    configuration = load(_keeping_none(file))

    async def swept() -> list[str]:
        [route] = configuration.settings.routes
        async with assembled(configuration, route) as one, giving(configuration, route) as given:
            assert (await one.engine.sync()).stopped is None
            past = await given.engine.keeper.past(person)
            return [kept.sha256 for kept in past.kept]

    assert len(asyncio.run(swept())) == 1, "only what shows"


def _keeping_none(file: Path) -> Path:
    text = file.read_text()
    assert "# keep_each = 10" in text
    file.write_text(text.replace("# keep_each = 10", "keep_each = 0"))
    return file
