"""Charts: shapes without style, gaps for the unknown, words for those who listen."""

import re
from xml.etree import ElementTree

from erp.web.frame.charts import Point, sparkline, trend

POINTS = [
    Point("Mar 1", 5.0, "5 %"),
    Point("Mar 2", None, "—"),
    Point("Mar 3", 8.0, "8 %"),
    Point("Mar 4", 10.0, "10 %"),
]


def test_it_says_in_words_what_it_shows():
    svg = trend(POINTS, title="Late <hand-over>", key="late")
    root = ElementTree.fromstring(svg)
    assert root.attrib["aria-labelledby"] == "late-title late-desc"
    assert root.find("title").text == "Late <hand-over>"
    assert root.find("desc").text == "Mar 1: 5 % → Mar 4: 10 %"


def test_it_has_no_style_and_no_script():
    svg = trend(POINTS, title="x", key="k", limit=8)
    assert not re.search(r"style=|<script|\son\w+=", svg)


def test_the_unknown_is_a_gap_and_not_a_zero():
    root = ElementTree.fromstring(trend(POINTS, title="x", key="k"))
    lines = root.findall("polyline")
    assert [len(line.attrib["points"].split()) for line in lines] == [2]
    lone = root.find("circle[@class='chart-line-dot']")
    assert lone is not None


def test_a_limit_stands_where_its_value_would():
    flat = [Point("a", 8.0, "8"), Point("b", 8.0, "8")]
    root = ElementTree.fromstring(trend(flat, title="x", key="k", limit=8))
    line_y = root.find("polyline").attrib["points"].split()[0].split(",")[1]
    assert root.find("line").attrib["y1"] == line_y


def test_nothing_at_all_is_drawn_without_readings():
    for points in ([], [Point("a", None, "—")]):
        root = ElementTree.fromstring(sparkline(points, title="x", key="k"))
        assert [child.tag for child in root] == ["title", "desc"]
