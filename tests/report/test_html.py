"""The report in HTML: whole, harmless, and as a real browser shows it, with nothing fetched."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
import zlib
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.episode.reader import SessionFile
from noc_tui.report.facts import facts_of
from noc_tui.report.html import html_report
from noc_tui.report.markup import Markup, element, joined
from noc_tui.review.model import Verdict
from tests.episode.builders import endless, eventful, path_of
from tests.report.samples import begin, made_review, named, poisoned, recorded

if TYPE_CHECKING:
    from pathlib import Path

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
VERDICTS = [Verdict.BEST, Verdict.MISTAKE, Verdict.GOOD, Verdict.NONE]


def report(path: Path, verdicts: list[Verdict] | None = None) -> str:
    with SessionFile.open(path) as session:
        return html_report(facts_of(session, made_review(session, verdicts) if verdicts else None))


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_it_is_whole_and_says_what_the_facts_say(tmp_path: Path) -> None:
    text = report(recorded(tmp_path), VERDICTS)
    page = Page(text)
    assert text.startswith("<!doctype html>\n<html")
    assert page.all("html") == [{"lang": "en"}]
    assert [attributes["id"] for attributes in page.all("h2")] == [
        "summary",
        "impact",
        "course",
        "timeline",
        "what-worked",
        "what-was-wasted",
        "review-of-every-move",
        "about-this-report",
    ]
    for words in ("CPU overload", "Resolved after 4 steps", "Time to restore (MTTR)", "[RESOLVED]", "? Mistake"):
        assert words in page.text


def test_six_charts_have_a_text_a_threshold_actions_and_verdicts(tmp_path: Path) -> None:
    text = report(recorded(tmp_path), VERDICTS)
    charts = [ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL)]  # noqa: S314  (our own)
    assert len(charts) == 6
    for chart in charts:
        assert chart.get("role") == "img"
        named = {node.get("id"): node.text for node in chart.iter() if node.get("id")}
        assert all(named[name] for name in str(chart.get("aria-labelledby")).split())
        classes = [node.get("class") for node in chart.iter()]
        assert classes.count("threshold") == 1
        assert classes.count("act") == 2  # the two throttles
        assert classes.count("ghost") == 1
        assert {"course", "course before", "mark fine", "mark mistake", "mark none"} <= set(classes)
        for line in chart.iter("polyline"):
            for point in str(line.get("points")).split():
                x, y = map(float, point.split(","))
                assert 0 <= x <= 520
                assert 0 <= y <= 130
    assert len({chart.get("viewBox") for chart in charts}) == 1


def test_the_course_is_drawn_as_it_was(tmp_path: Path) -> None:
    path = recorded(tmp_path)
    line = re.findall(r'<polyline points="([^"]*)" class="course">', report(path))[0]
    heights = [float(point.split(",")[1]) for point in line.split()]
    with SessionFile.open(path) as session:
        values = [session.header.initial.cpu_usage, *(record.after.cpu_usage for record in session.records())]
    assert heights == pytest.approx([130 - 120 * value for value in values], abs=0.06)


def test_of_a_very_long_session_as_much_is_drawn_as_can_be_seen(tmp_path: Path) -> None:
    episode = begin(tmp_path, incident=endless(1500))
    while not episode.done:
        episode.act("do_nothing")
    episode.close()
    text = report(path_of(tmp_path, episode))
    for line in re.findall(r'points="([^"]*)"', text):
        assert len(line.split()) < 720
    assert 'class="mark' not in text


def test_tables_have_captions_and_heads(tmp_path: Path) -> None:
    page = Page(report(eventful(tmp_path), [Verdict.BEST] * 4))
    assert len(page.all("table")) == len(page.all("caption")) == len(page.all("thead")) == 4
    assert all(head["scope"] in {"col", "row"} for head in page.all("th"))


def test_nothing_is_fetched_and_no_script_runs(tmp_path: Path) -> None:
    text = report(poisoned(eventful(tmp_path)), [Verdict.BEST] * 4)
    page = Page(text)
    names = {name for name, _ in page.elements}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "audio", "video", "use"}
    for name, attributes in page.elements:
        assert not {
            key for key in attributes if key.startswith("on") or key in {"src", "style", "srcset", "xlink:href"}
        }
        if href := attributes.get("href"):
            assert name == "a"
            assert href.startswith(("https://", "http://"))
            assert attributes["rel"] == "noopener noreferrer"
    style = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert len(style) == 1
    assert "url(" not in style[0]
    assert "@import" not in style[0]
    (policy,) = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_texts_of_strangers_are_text(tmp_path: Path) -> None:
    text = report(poisoned(eventful(tmp_path)))
    assert "onerror=alert(1)> ![x]" in Page(text).text
    assert "<img" not in text
    assert not set(text) & {"\x1b", "\x9b", "\u202e", "\x7f"}


def test_what_a_blind_session_is_about_is_not_told_before_its_end(tmp_path: Path) -> None:
    text = report(eventful(tmp_path, blind=True))
    assert "Blind incident" in text
    assert named(text) == []


@given(st.text(max_size=30))
def test_whatever_stands_in_an_element_comes_out_again(text: str) -> None:
    text = text.replace("\r", "").replace("\x00", "")  # which a parser changes
    page = Page(element("p", element("b", text, title=text), text))
    assert page.text == text * 2
    assert page.all("b") == [{"title": text}]


def test_markup_is_not_escaped_twice() -> None:
    assert element("p", Markup("<b>x</b>"), "&", class_="a", stroke_width=1.26, width=None) == (
        '<p class="a" stroke-width="1.3"><b>x</b>&amp;</p>'
    )
    assert joined("<", Markup("<br>")) == "&lt;<br>"


# --- in a browser


def browse(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Open `report.html` of the folder as a person would who has just saved it, and log every request."""
    assert BROWSER is not None
    return subprocess.run(
        [
            BROWSER,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            f"--user-data-dir={folder / 'profile'}",
            "--virtual-time-budget=2000",
            *options,
            f"file://{folder / 'report.html'}",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_a_browser_shows_it_and_asks_nobody_for_anything(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(report(poisoned(eventful(tmp_path)), [Verdict.BEST] * 4))
    log = tmp_path / "net.json"
    dom = browse(tmp_path, "--dump-dom", f"--log-net-log={log}", "--enable-logging=stderr")
    page = Page(dom.stdout)
    assert len(page.all("svg")) == 6
    assert "Review of every move" in page.text
    assert "evil.example" in page.text
    assert "Content Security Policy" not in dom.stderr  # nothing had to be refused: nothing was tried
    assert "evil.example" not in log.read_text()


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_it_follows_the_colour_scheme_of_the_reader(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(report(recorded(tmp_path), VERDICTS))
    grounds = []
    for scheme in ("1", "0"):  # light, dark
        picture = tmp_path / f"{scheme}.png"
        browse(
            tmp_path,
            f"--screenshot={picture}",
            "--window-size=400,300",
            f"--blink-settings=preferredColorScheme={scheme}",
        )
        grounds.append(first_pixel(picture))
    assert grounds == [(255, 255, 255), (11, 15, 20)]


def first_pixel(png: Path) -> tuple[int, int, int]:
    """The colour in the upper left corner, where every filter of a PNG's first row stores the value itself."""
    content, position, packed = png.read_bytes(), 8, b""
    while position < len(content):
        length = int.from_bytes(content[position : position + 4])
        if content[position + 4 : position + 8] == b"IDAT":
            packed += content[position + 8 : position + 8 + length]
        position += 12 + length
    rows = zlib.decompress(packed)
    return rows[1], rows[2], rows[3]
