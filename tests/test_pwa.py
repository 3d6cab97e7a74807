"""What makes the site an app: the worker, the manifest, the page for no network."""

import json
import re
import struct
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from tests.world import World, sign_in
from webapp.settings import STATIC

pytestmark = pytest.mark.one_database
LARGEST_SCREENSHOT = 100 * 1024
SHORTEST_SIDE, LONGEST_SIDE = 320, 3840


@pytest.fixture
def manifest(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.get("/manifest.webmanifest").text)
    return found


def file_of(picture: dict[str, Any]) -> Path:
    return STATIC / str(picture["src"]).removeprefix("/static/")


def size_of(file: Path) -> str:
    """Width and height as a manifest says them, from the picture itself."""
    content = file.read_bytes()
    if file.suffix == ".png":
        width, height = struct.unpack(">II", content[16:24])
        return f"{width}x{height}"
    if file.suffix == ".webp":
        if content[12:16] == b"VP8X":
            width, height = (1 + int.from_bytes(content[at : at + 3], "little") for at in (24, 27))
        else:
            width, height = struct.unpack("<HH", content[26:30])
        return f"{width}x{height}"
    assert ElementTree.fromstring(content).get("viewBox")
    return "any"


def test_the_worker_is_served_for_the_whole_site_and_never_from_a_cache(client: FlaskClient) -> None:
    answer = client.get("/sw.js")
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert "__WB_MANIFEST" not in answer.text


def test_the_worker_keeps_what_recording_needs_and_nothing_of_anyone(client: FlaskClient) -> None:
    text = client.get("/sw.js").text
    for file in ("shell/record.en.html", "shell/record.es.html", "shell/offline.en.html", "shell/outbox.en.html"):
        assert f"/static/{file}" in text
    kept = re.findall(r'"url":\s*"([^"]+)"|\burl:\s*"([^"]+)"', text)
    assert kept != []
    assert [address for each in kept if not (address := "".join(each)).startswith("/static/")] == []


def test_an_unchanged_worker_is_not_sent_again(client: FlaskClient) -> None:
    etag = client.get("/sw.js").headers["ETag"]
    assert client.get("/sw.js", headers={"If-None-Match": etag}).status_code == 304


def test_every_file_that_the_worker_keeps_is_there(client: FlaskClient) -> None:
    text = client.get("/sw.js").text
    kept = {part.split('"')[0] for part in text.split('"/static/')[1:]}
    assert len(kept) > len(("record", "outbox", "offline"))
    assert [name for name in kept if "{" not in name and not (STATIC / name).is_file()] == []


def test_the_manifest_says_what_a_phone_needs_to_install_the_app(client: FlaskClient, manifest: dict[str, Any]) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert (manifest["id"], manifest["start_url"], manifest["scope"]) == ("/", "/record", "/")
    assert len(manifest["short_name"]) <= len("twelve chars")
    assert manifest["display"] == "standalone"
    assert "standalone" in manifest["display_override"]
    assert manifest["launch_handler"]["client_mode"]
    for name in ("name", "description", "categories", "theme_color", "background_color", "dir"):
        assert manifest[name]


def test_the_manifest_speaks_the_language_of_who_asks(client: FlaskClient, world: World) -> None:
    def said(**headers: str) -> str:
        answer = client.get("/manifest.webmanifest", headers=headers)
        assert "Accept-Language" in answer.headers["Vary"]
        return str(json.loads(answer.text)["lang"])

    assert said(**{"Accept-Language": "es-MX,es;q=0.9"}) == "es"
    assert said(**{"Accept-Language": "de"}) == "en"
    world.ours.coach.language = "es"
    sign_in(client, world.ours.coach)
    assert said(**{"Accept-Language": "en"}) == "es"


def test_icons_are_there_in_the_sizes_they_say(manifest: dict[str, Any]) -> None:
    icons = manifest["icons"]
    assert {(icon["sizes"], icon["purpose"]) for icon in icons} >= {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
        ("any", "any"),
    }
    shortcuts = [icon for shortcut in manifest["shortcuts"] for icon in shortcut["icons"]]
    assert [icon for icon in (*icons, *shortcuts) if size_of(file_of(icon)) != icon["sizes"]] == []
    any_512, maskable = (file_of(icon).read_bytes() for icon in icons if icon["sizes"] == "512x512")
    assert any_512 != maskable


def test_screenshots_are_there_narrow_and_wide_in_the_sizes_they_say(manifest: dict[str, Any]) -> None:
    shots = manifest["screenshots"]
    assert {shot["form_factor"] for shot in shots} == {"narrow", "wide"}
    for shot in shots:
        file = file_of(shot)
        assert size_of(file) == shot["sizes"]
        assert file.stat().st_size <= LARGEST_SCREENSHOT
        width, height = sorted(map(int, shot["sizes"].split("x")))
        assert SHORTEST_SIDE <= width <= height <= min(LONGEST_SIDE, 2.3 * width)
        assert shot["label"]


def test_every_shortcut_leads_to_a_page(client: FlaskClient, world: World, manifest: dict[str, Any]) -> None:
    sign_in(client, world.ours.coach)
    assert len(manifest["shortcuts"]) > 1
    for shortcut in manifest["shortcuts"]:
        assert urlsplit(shortcut["url"]).path.startswith(manifest["scope"])
        assert client.get(shortcut["url"]).status_code == 200
        assert shortcut["name"]


def test_a_shortcut_chooses_the_setting(client: FlaskClient, world: World, manifest: dict[str, Any]) -> None:
    sign_in(client, world.ours.coach)
    for url in (shortcut["url"] for shortcut in manifest["shortcuts"] if "setting=" in shortcut["url"]):
        word = url.partition("setting=")[2]
        assert f'value="{word}" checked' in client.get(url).text


def test_pages_name_the_manifest_and_what_phones_look_for(client: FlaskClient) -> None:
    text = client.get("/about").text
    for part in (
        'rel="manifest" href="/manifest.webmanifest"',
        'rel="apple-touch-icon"',
        'name="color-scheme"',
        "viewport-fit=cover",
        '(prefers-color-scheme: dark)" content="#14191a"',
    ):
        assert part in text


def test_the_page_for_no_network_knows_no_one(client: FlaskClient, world: World) -> None:
    before = client.get("/offline").text
    sign_in(client, world.ours.coach)
    assert client.get("/offline").text == before
    assert "No network here" in before
    assert 'href="/record"' in before


@pytest.mark.parametrize("address", ["/sw.js", "/manifest.webmanifest", "/offline"])
def test_they_are_only_read(client: FlaskClient, address: str) -> None:
    assert client.post(address).status_code == 405
