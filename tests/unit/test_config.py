"""The configuration: everything wrong is told at once, with its line; secrets stay out of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from samepic.config.load import BadConfiguration, load
from samepic.config.secrets import MissingSecret, SecretSource
from samepic.config.settings import RouteSettings, ServiceSettings, Settings
from samepic.config.template import Found, render
from samepic.model.timing import Starts, Timing

GOOD = """\
[microsoft365]
tenant_id = "contoso.onmicrosoft.com"
client_id = "app"
secret = { env = "SAMEPIC_TEST_SECRET" }

[[routes]]
name = "main"
source = "exchange_online"
target = "sharepoint_online"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "samepic.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_loads_with_its_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "s3cret\n")
    configuration = load(written(tmp_path, GOOD))
    assert configuration.secret == "s3cret"
    assert configuration.state_folder == tmp_path / "samepic-state"
    assert "s3cret" not in repr(configuration)
    assert "s3cret" not in repr(configuration.settings)


@pytest.mark.parametrize(
    "content", [b"", b"not PEM", b"-----BEGIN CERTIFICATE-----\nMII!\n-----END CERTIFICATE-----\n"]
)
def test_a_file_of_authorities_that_holds_none_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "s3cret")
    (tmp_path / "ca.pem").write_bytes(content)
    with pytest.raises(BadConfiguration) as caught:
        load(written(tmp_path, GOOD.replace("\n[[routes]]", 'ca_file = "ca.pem"\n\n[[routes]]')))
    [fault] = caught.value.faults
    assert (fault.line, fault.key) == (5, "microsoft365.ca_file") and "holds no certificate in PEM" in fault.words


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = """\
[microsoft365]
cloud = "globl"
tenant_id = 3
clientid = "x"
secret = { env = "SAMEPIC_NO_SUCH_SECRET" }

[[routes]]
name = "a"
source = "exchange_online"
target = "sharepoint_online"
[routes.hold]
share = 2

[[routes]]
name = "b b"
source = "exchange_online"
target = "sharepoint_online"
"""
    with pytest.raises(BadConfiguration) as caught:
        load(written(tmp_path, text))
    told = {(fault.line, fault.key) for fault in caught.value.faults}
    assert told == {
        (2, "microsoft365.cloud"),
        (3, "microsoft365.tenant_id"),
        (1, "microsoft365.client_id"),
        (4, "microsoft365.clientid"),
        (5, "microsoft365.secret"),
        (12, "routes[1].hold.share"),
        (15, "routes[2].name"),
    }
    assert "there are: cloud, tenant_id, client_id" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[microsoft365\n", "is not TOML"),
        ('[microsoft365]\ntenant_id="t"\nclient_id="c"\nsecret="hunter2"\n', "a secret is not written in this file"),
        (GOOD.replace('name = "main"', 'name = "main"\nopted_out_file = "nobody.txt"'), "cannot be read"),
        (GOOD.replace('secret = { env = "SAMEPIC_TEST_SECRET" }\n', ""), "the app needs a credential"),
        (GOOD.replace('secret = { env = "SAMEPIC_TEST_SECRET" }', 'certificate = "gone.pem"'), "there is no file"),
        (GOOD.replace("[microsoft365]", '[microsoft365]\ncloud = "custom"'), "url goes with"),
        ("routes = []\n" + GOOD.split("[[routes]]")[0], "at least one route is needed"),
    ],
)
def test_what_cannot_work_is_refused_with_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: str
) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "s")
    with pytest.raises(BadConfiguration, match=words) as caught:
        load(written(tmp_path, text))
    assert "hunter2" not in str(caught.value)


def test_a_missing_file_names_the_way_to_one(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="samepic init"):
        load(tmp_path / "samepic.toml")


def test_the_directory_is_no_source_for_sharepoint_unless_asked_for_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "s")
    text = GOOD.replace("exchange_online", "entra_id")
    with pytest.raises(BadConfiguration, match="from Exchange Online only, never from the directory"):
        load(written(tmp_path, text))
    load(written(tmp_path, text + "allow_directory_to_sharepoint = true\n"))


def test_opted_out_people_come_from_the_list_and_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "s")
    (tmp_path / "out.txt").write_text("Kari@Contoso.com  # asked on 3 May\n\n", encoding="utf-8")
    configuration = load(written(tmp_path, GOOD + 'opted_out = ["Ola@contoso.com"]\nopted_out_file = "out.txt"\n'))
    assert configuration.opted_out["main"] == {"ola@contoso.com", "kari@contoso.com"}


def test_nobody_who_opted_out_is_lost_to_how_the_file_was_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "s")
    first, guest, apart = "kari@contoso.com", "jane_x.com#EXT#@contoso.com", "zoe\u0308@contoso.com"
    (tmp_path / "out.txt").write_text(
        f"\ufeff{first}\r\n{guest} # a guest\r\n#{guest}\r\n{apart}\r\n", encoding="utf-8"
    )
    configuration = load(written(tmp_path, GOOD + 'opted_out_file = "out.txt"\n'))
    assert configuration.opted_out["main"] == {first, guest.casefold(), "zo\u00eb@contoso.com"}


def test_secrets_come_from_file_and_command(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("from-file\n")
    assert SecretSource(file=Path("s")).value(tmp_path) == "from-file"
    assert SecretSource(command="printf from-command").value(tmp_path) == "from-command"


@pytest.mark.parametrize(
    "command", ["false", "no-such-program-here", "sh -c 'printf leak; printf ed; exit 3'", "true", ""]
)
def test_a_command_that_gives_no_secret_says_so_without_its_output(tmp_path: Path, command: str) -> None:
    with pytest.raises(MissingSecret) as caught:
        SecretSource(command=command).value(tmp_path)
    assert "leaked" not in str(caught.value)


def test_the_file_that_init_writes_holds_and_names_every_key(tmp_path: Path) -> None:
    (tmp_path / "tenant.pem").write_text("")
    text = render(Found("t", 'a"b\\c', cloud="custom", url="http://127.0.0.1:1", certificate=Path("tenant.pem")))
    configuration = load(written(tmp_path, text))
    assert configuration.settings.microsoft365.client_id == 'a"b\\c'
    for key in {*RouteSettings.model_fields, *Settings.model_fields} - {"census"}:
        assert key in text, key


def test_the_comments_that_init_writes_are_settings_too(tmp_path: Path) -> None:
    """Uncommenting a line of the file must not be a fault, and the defaults it shows are the real ones."""
    (tmp_path / "tenant.pem").write_text("")
    (tmp_path / "opted-out.txt").write_text("")
    text = render(Found("t", "c", certificate=Path("tenant.pem")))
    shown = [line[2:] for line in text.splitlines() if line.startswith("# ") and " = " in line]
    route_lines = [line for line in shown if line.split(" =")[0] in RouteSettings.model_fields]
    assert len(route_lines) >= 10
    loaded = load(written(tmp_path, text.replace("\n[routes.hold]", "\n".join(["", *route_lines, "[routes.hold]"]))))
    route = loaded.settings.routes[0]
    defaults = RouteSettings(name="x", source="exchange_online", target="sharepoint_online")
    for key in ("when_removed", "drifted", "clash", "first_meeting", "background", "guests", "disabled", "hold"):
        assert getattr(route, key) == getattr(defaults, key), key


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('runs = "both"', 'runs = "both" needs a schedule'),
        ('schedule = "0 2 * * *"', 'schedule goes with runs = "on_schedule" or "both"'),
        ('runs = "both"\nschedule = "0 2 * *"', "cron has five fields"),
        ('runs = "both"\nschedule = "0 0 2 * * *"', "cron has five fields"),
        ('runs = "both"\nschedule = "0 25 * * *"', "is no cron: bad hour"),
        ('runs = "both"\nschedule = "0 0 31 2 *"', "is no cron: bad day-of-month"),
        ('runs = "both"\nschedule = "0 2 * * *"\ntime_zone = "Oslo"', "no time zone is called 'Oslo'"),
        ('runs = "both"\nschedule = "0 2 * * *"\ntime_zone = "../../etc/passwd"', "no time zone is called"),
        ('runs = "both"\nschedule = "0 2 * * *"\njitter_minutes = -1', "greater than or equal to 0"),
        ('runs = "sometimes"', "on_request"),
    ],
)
def test_a_schedule_that_cannot_work_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str, words: str
) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "s")
    with pytest.raises(BadConfiguration, match=words):
        load(written(tmp_path, GOOD + lines))


@pytest.mark.parametrize("background", ["white", "#fff", "#12345g", "#1234567", "123456", ""])
def test_a_background_is_a_colour_of_six_digits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, background: str
) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "s")
    with pytest.raises(BadConfiguration, match="background"):
        load(written(tmp_path, f'{GOOD}background = "{background}"\n'))


def test_a_background_reaches_the_policy_and_is_white_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "s")
    for lines, expected in (('background = "#F3f2f1"\n', "#F3f2f1"), ("", "#ffffff")):
        route = load(written(tmp_path, GOOD + lines)).settings.routes[0]
        assert route.policy(frozenset()).background == expected


def test_a_schedule_is_told_in_the_services_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "s")
    lines = 'runs = "both"\nschedule = "30 2 * * 1-5"\ntime_zone = "Europe/Oslo"\njitter_minutes = 30\n'
    timing = load(written(tmp_path, GOOD + lines)).settings.routes[0].timing()
    assert timing == Timing(Starts.BOTH, "30 2 * * 1-5", "Europe/Oslo", timedelta(minutes=30))
    assert load(written(tmp_path, GOOD)).settings.routes[0].timing() == Timing()


@pytest.mark.parametrize("listen", ["9464", "localhost", "127.0.0.1:", ":9464", "127.0.0.1:70000", "127.0.0.1:x"])
def test_a_service_listens_at_an_address_and_a_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listen: str
) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "s")
    with pytest.raises(BadConfiguration, match="is an address and a port"):
        load(written(tmp_path, f'{GOOD}[service]\nlisten = "{listen}"\n'))


@pytest.mark.parametrize(
    ("listen", "address"), [("127.0.0.1:9464", ("127.0.0.1", 9464)), ("[::1]:0", ("::1", 0)), ("off", None)]
)
def test_where_a_service_listens(listen: str, address: object) -> None:
    assert ServiceSettings(listen=listen).address() == address


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('url = "http://chat.example/hook"\nsecret = { env = "X" }', "starts with https://"),
        ('url = "https://"\nsecret = { env = "X" }', "starts with https://"),
        ('url = "https://chat.example/hook"', "secret: is missing"),
        ('url = "https://chat.example/hook"\nsecret = "hunter2"', "a secret is not written in this file"),
    ],
)
def test_a_webhook_is_over_tls_and_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str, words: str
) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "s")
    with pytest.raises(BadConfiguration, match=words) as caught:
        load(written(tmp_path, f"{GOOD}[service.webhook]\n{lines}\n"))
    assert "hunter2" not in str(caught.value)
