"""Charts as inline SVG: shapes and classes only, so that the strict policy holds.

Unknown values are gaps, never zeros. Each chart says in words what it shows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT, EDGE = 320.0, 96.0, 6.0
SMALL_WIDTH, SMALL_HEIGHT = 120.0, 32.0


@dataclass(frozen=True, slots=True)
class Point:
    """One reading: where it stands on the axis, its value, and how both are read."""

    when: str
    value: float | None
    words: str


@dataclass(frozen=True, slots=True)
class Frame:
    width: float
    height: float
    low: float
    high: float

    def x(self, index: int, count: int) -> float:
        return EDGE + (self.width - 2 * EDGE) * (index / max(count - 1, 1))

    def y(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return self.height - EDGE - (self.height - 2 * EDGE) * share


def sparkline(points: Sequence[Point], *, title: str, key: str) -> Markup:
    """A small trend beside a number; `key` is unique on its page."""
    frame = _frame(points, SMALL_WIDTH, SMALL_HEIGHT, None)
    return _svg(points, frame, title=title, key=key, kind="sparkline")


def trend(
    points: Sequence[Point], *, title: str, key: str, limit: float | None = None
) -> Markup:
    """A trend with its limit as a dashed line, if there is one."""
    frame = _frame(points, WIDTH, HEIGHT, limit)
    line = Markup()
    if limit is not None:
        y = round(frame.y(limit), 1)
        line = Markup(
            '<line class="chart-limit" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        ).format(EDGE, frame.width - EDGE, y, y)
    return _svg(points, frame, title=title, key=key, kind="trend", beneath=line)


def _frame(
    points: Sequence[Point], width: float, height: float, limit: float | None
) -> Frame:
    values = [point.value for point in points if point.value is not None]
    if limit is not None:
        values.append(limit)
    return Frame(width, height, min(0.0, *values, 0.0), max(0.0, *values, 0.0))


def _svg(
    points: Sequence[Point],
    frame: Frame,
    *,
    title: str,
    key: str,
    kind: str,
    beneath: Markup | str = "",
) -> Markup:
    return Markup(
        '<svg class="chart chart-{}" viewBox="0 0 {} {}" role="img" dir="ltr" '
        'aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}{}</svg>'
    ).format(
        kind,
        f"{frame.width:g}",
        f"{frame.height:g}",
        key,
        key,
        key,
        title,
        key,
        _in_words(points),
        beneath,
        Markup().join(_shapes(points, frame)),
    )


def _in_words(points: Sequence[Point]) -> str:
    if not points:
        return "—"
    ends = points if len(points) == 1 else (points[0], points[-1])
    return " → ".join(f"{point.when}: {point.words}" for point in ends)


def _shapes(points: Sequence[Point], frame: Frame) -> Iterator[Markup]:
    """A line through each unbroken run, and a dot on the newest value."""
    for run in _runs(points, frame):
        if len(run) > 1:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
            yield Markup('<polyline class="chart-line" points="{}"/>').format(path)
        else:
            yield _dot(run[0], "chart-line-dot")
    known = [at for run in _runs(points, frame) for at in run]
    if known:
        yield _dot(known[-1], "chart-dot")


def _dot(at: tuple[float, float], name: str) -> Markup:
    return Markup('<circle class="{}" cx="{}" cy="{}" r="3"/>').format(
        name, f"{at[0]:.1f}", f"{at[1]:.1f}"
    )


def _runs(points: Sequence[Point], frame: Frame) -> Iterator[list[tuple[float, float]]]:
    run: list[tuple[float, float]] = []
    for index, point in enumerate(points):
        if point.value is not None:
            run.append((frame.x(index, len(points)), frame.y(point.value)))
        elif run:
            yield run
            run = []
    if run:
        yield run
