"""Each switch is seen in the answer of the very request that docs/reference/behaviours.md names, value by value."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path

import pytest
from tests.conftest import RunningTenant, tenant_of
from tests.contract.asking_tenant import BY_SECRET, Answer, Asker, portrait

from localtenant.behaviours import BEHAVIOURS
from localtenant.contradictions import POINTS, page
from localtenant.sharepoint import library
from localtenant.store.records import Drawn
from localtenant.switches import Behaviour

ROOT = Path(__file__).parents[2]
NEVER, PLAIN = "never_visited", "plain"


@pytest.fixture(scope="module")
def one_tenant() -> Iterator[RunningTenant]:
    with tenant_of() as running:
        yield running


@pytest.fixture
def asker(one_tenant: RunningTenant) -> Iterator[Asker]:
    yield Asker(one_tenant)
    one_tenant.control.reset()


def is_picture(answer: Answer) -> bool:
    return answer.status == 200 and "placeholder" not in answer.headers["etag"]


def gate_hours(ask: Asker) -> object:
    person = ask.person(NEVER)
    etags = [ask.userphoto(person).headers["etag"]]
    ask.running.control.put_picture(person, "exchange", portrait(400))
    for _ in range(2):
        ask.running.control.advance(hours=30)
        etags.append(ask.userphoto(person).headers["etag"])
    return [etag != etags[0] for etag in etags[1:]]


def pull_trigger(ask: Asker) -> object:
    person, other = ask.person(NEVER), ask.person(PLAIN)
    asked = (ask.userphoto(person, "S", by=other), ask.userphoto(person, "M"), ask.userphoto(person, "L"))
    return [is_picture(answer) for answer in asked]


def large_px(ask: Asker) -> object:
    return ask.userphoto(ask.person(NEVER)).width_px


def upscaling(ask: Asker) -> object:
    ask.running.control.put_picture(ask.person(NEVER), "exchange", portrait(100))
    return ask.userphoto(ask.person(NEVER)).width_px


def file_prefix(ask: Asker) -> object:
    person = ask.person(NEVER)
    ask.userphoto(person)
    return ask.profile_property(person, "PictureURL").rpartition("/")[2].partition("_MThumb")[0] == person


def folder_name(ask: Asker) -> object:
    person = ask.person(NEVER)
    ask.userphoto(person)
    return ask.profile_property(person, "PictureURL").split("/")[-2]


def timestamp_zone(ask: Asker) -> object:
    person = ask.person(NEVER)
    ask.userphoto(person)
    since_year_one = ask.running.tenant.clock.now().timestamp() + 62_135_596_800
    return round((int(ask.profile_property(person, "SPS-PictureTimestamp")) - since_year_one) / 3600)


def placeholder_file(ask: Asker) -> object:
    person = ask.person(NEVER)
    ask.running.control.delete_picture(person, "exchange")
    ask.userphoto(person)
    return ask.sharepoint(f"/User%20Photos/Profile%20Pictures/{person}_LThumb.jpg").status


def picture_store(ask: Asker) -> object:
    person = ask.person("no_mailbox")
    ask.running.control.put_picture(person, "directory", portrait(200))
    return is_picture(ask.userphoto(person))


def graph_fallback(ask: Asker) -> object:
    person = ask.person("directory_only")
    return ask.graph(f"/users/{person}/photo").status


def small_thumbnail(ask: Asker) -> object:
    person = ask.person(NEVER)
    ask.running.control.put_picture(person, "directory", portrait(48, seed=2))
    return ask.ews(ask.upn(person), "HR48x48").body == portrait(48, seed=2)


def min_upload_px(ask: Asker) -> object:
    return ask.graph(f"/users/{ask.person(NEVER)}/photo/$value", "PUT", portrait(30)).status


def max_upload_mb(ask: Asker) -> object:
    large = portrait(200) + bytes(5_000_000)
    return ask.graph(f"/users/{ask.person(NEVER)}/photo/$value", "PUT", large).status


def put_status(ask: Asker) -> object:
    return ask.graph(f"/users/{ask.person(NEVER)}/photo/$value", "PUT", portrait(200)).status


def delta_pictures(ask: Asker) -> object:
    link = "/users/delta?$select=id"
    while True:
        told = ask.graph(link).json
        link = (told.get("@odata.nextLink") or told["@odata.deltaLink"]).partition("/v1.0")[2]
        if "@odata.deltaLink" in told:
            break
    ask.graph(f"/users/{ask.person(NEVER)}/photo/$value", "PUT", portrait(200))
    return len(ask.graph(link).json["value"])


def large_folder_listing(ask: Asker) -> object:
    folder = "/User Photos/Profile Pictures"
    for number in range(5001):
        library.put_file(ask.running.tenant, f"{folder}/many{number}.jpg", Drawn("any"))
    return ask.sharepoint(f"/_api/web/GetFolderByServerRelativeUrl('{folder.replace(' ', '%20')}')/Files?$top=1").status


def app_only_profile_writes(ask: Asker) -> object:
    value = {"accountName": ask.account(ask.person(NEVER)), "propertyName": "AboutMe", "propertyValue": "x"}
    path = "/_api/SP.UserProfiles.PeopleManager/SetSingleValueProfileProperty"
    return ask.sharepoint(path, "POST", value).status


def picture_concurrency(ask: Asker) -> object:
    control = ask.running.control
    control.json("PATCH", "/budgets", {"pictures_at_once": 4})
    held = control.post_fault(kind="hold_before", operation="photo", times=4)
    assert ask.graph("/users").status == 200  # so that the tenant's keys are made before several ask at once
    others = [user.id for user in ask.running.tenant.store.users if user.case == PLAIN][:5]
    with ThreadPoolExecutor() as threads:
        asking = [threads.submit(ask.graph, f"/users/{other}/photo") for other in others[:4]]
        while control.faults()[0]["holding"] < 4:
            time.sleep(0.01)
        status = ask.graph(f"/users/{others[4]}/photo").status
        control.delete_fault(held["id"])
    assert [one.result().status for one in asking].count(429) == 0
    return status


def over_the_minute(ask: Asker) -> Answer:
    ask.running.control.json("PATCH", "/budgets", {"sharepoint_app_minute": 1})
    assert ask.sharepoint("/_api/web").status == 200
    return ask.sharepoint("/_api/web")


def ratelimit_headers(ask: Asker) -> object:
    headers = over_the_minute(ask).headers
    return [headers.get(f"ratelimit-{name}") for name in ("limit", "remaining")]


def throttle_status(ask: Asker) -> object:
    answer = over_the_minute(ask)
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    return answer.status


def group_photo_app_only(ask: Asker) -> object:
    group = next(iter(ask.running.tenant.store.groups))
    return ask.graph(f"/groups/{group.id}/photo").status


ASKED: dict[str, Callable[[Asker], object]] = {
    "gate_hours": gate_hours,
    "pull_trigger": pull_trigger,
    "large_px": large_px,
    "upscaling": upscaling,
    "file_prefix": file_prefix,
    "userphoto_answer": lambda ask: ask.userphoto(ask.person(NEVER)).status,
    "missing_picture": lambda ask: ask.graph(f"/users/{ask.person('tombstoned')}/photo").status,
    "missing_code": lambda ask: ask.graph(f"/users/{ask.person('tombstoned')}/photo").json["error"]["code"],
    "metadata_id": lambda ask: ask.graph(f"/users/{ask.person(NEVER)}/photo").json["id"],
    "put_status": put_status,
    "max_upload_mb": max_upload_mb,
    "picture_store": picture_store,
    "graph_fallback": graph_fallback,
    "small_thumbnail": small_thumbnail,
    "ews_unknown_user": lambda ask: ask.ews("nobody@fjordlys.example").status,
    "app_only_profile_writes": app_only_profile_writes,
    "delta_pictures": delta_pictures,
    "min_upload_px": min_upload_px,
    "timestamp_zone": timestamp_zone,
    "placeholder_file": placeholder_file,
    "group_photo_app_only": lambda ask: (
        ask.graph(f"/groups/{next(iter(ask.running.tenant.store.groups)).id}/photo").status
    ),
    "picture_concurrency": picture_concurrency,
    "ratelimit_headers": ratelimit_headers,
    "throttle_status": throttle_status,
    "sharepoint_secrets": lambda ask: ask.sharepoint("/_api/web", proof=BY_SECRET).status,
    "large_folder_listing": large_folder_listing,
    "folder_name": folder_name,
}

EXPECTED: dict[str, list[object]] = {
    "gate_hours": [[True, True], [False, True], [False, False]],
    "pull_trigger": [[False, False, True], [False, True, True], [True, True, True]],
    "large_px": [300, 200, 240],
    "upscaling": [300, 100],
    "file_prefix": [True, False],
    "userphoto_answer": [200, 302],
    "missing_picture": [404, 200],
    "missing_code": ["ImageNotFound", "ErrorEntityNotFound", "ErrorItemNotFound"],
    "put_status": [200, 204],
    "max_upload_mb": [413, 200],
    "picture_store": [False, True],
    "graph_fallback": [200, 404],
    "small_thumbnail": [False, True],
    "ews_unknown_user": [404, 500],
    "app_only_profile_writes": [200, 403],
    "delta_pictures": [0, 1],
    "min_upload_px": [400, 200],
    "timestamp_zone": [0, -8],
    "placeholder_file": [200, 404],
    "group_photo_app_only": [404, 403],
    "sharepoint_secrets": [401, 200],
    "picture_concurrency": [200, 429],
    "ratelimit_headers": [["1", "0"], [None, None]],
    "throttle_status": [429, 503],
    "large_folder_listing": [500, 200],
    "folder_name": ["Profile%20Pictures", "Profilbilleder"],
}


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.name)
def test_the_named_request_answers_differently_under_each_value(asker: Asker, behaviour: Behaviour) -> None:
    answers = []
    for value in behaviour.values:
        asker.running.control.reset()
        asker.running.control.set_behaviours(**{behaviour.name: value})
        answers.append(ASKED[behaviour.name](asker))
        assert asker.running.control.count(operation=behaviour.operation) > 0
    assert all(one != other for one, other in combinations(answers, 2))
    assert answers == EXPECTED.get(behaviour.name, answers)


def test_a_description_is_named_after_the_pictures_size_or_default(asker: Asker) -> None:
    person = asker.person(NEVER)
    asker.running.control.put_picture(person, "exchange", portrait(240))
    assert ASKED["metadata_id"](asker) == "240x240"
    asker.running.control.set_behaviours(metadata_id="default")
    assert ASKED["metadata_id"](asker) == "default"


def test_every_point_is_settled_by_a_switch_or_says_why_nobody_can_notice() -> None:
    assert [point.number for point in POINTS] == list(range(1, 28))
    switched = {number for behaviour in BEHAVIOURS for number in behaviour.points}
    for point in POINTS:
        assert (point.number in switched) != bool(point.unseen), point
    assert all(len(behaviour.choices) > 1 for behaviour in BEHAVIOURS)
    assert all(choice.source for behaviour in BEHAVIOURS for choice in behaviour.choices)


def test_the_page_is_up_to_date() -> None:
    written = (ROOT / "docs/reference/behaviours.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m localtenant.contradictions > docs/reference/behaviours.md"


def test_the_command_prints_the_page() -> None:
    ran = subprocess.run([sys.executable, "-m", "localtenant.contradictions"], capture_output=True, check=True)
    assert ran.stdout.decode() == page()
