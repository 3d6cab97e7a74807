"""What a device is called."""

import pytest

from webapp.people import devices

MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"


@pytest.mark.parametrize(
    ("agent", "browser", "system"),
    [
        (
            f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) {WEBKIT} Version/18.0 Safari/604.1",
            "Safari",
            "iPhone",
        ),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) {WEBKIT} CriOS/140.0 Safari/604.1", "Chrome", "iPhone"),
        (f"{MOZILLA} (Linux; Android 10; K) {CHROME} Mobile Safari/537.36", "Chrome", "Android"),
        (f"{MOZILLA} (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox", "Android"),
        (f"{MOZILLA} (Linux; Android 10; K) {CHROME} SamsungBrowser/27.0", "Samsung Internet", "Android"),
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/140.0.0.0", "Edge", "Windows"),
        (f"{MOZILLA} (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36", "Chrome", "Chromebook"),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/18.0 Safari/605.1.15", "Safari", "Mac"),
        (f"{MOZILLA} (X11; Linux x86_64) {CHROME} Safari/537.36 OPR/120.0", "Opera", "Linux"),
        ("curl/8.5.0", devices.UNKNOWN, devices.UNKNOWN),
        ("", devices.UNKNOWN, devices.UNKNOWN),
    ],
)
def test_a_device_is_called_as_its_person_calls_it(agent: str, browser: str, system: str) -> None:
    assert (devices.browser(agent), devices.system(agent)) == (browser, system)
