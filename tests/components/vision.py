"""How far apart two colours are, and what eyes with other cones make of them.

Sources: Machado, Oliveira & Fernandes, IEEE TVCG 15 (2009) 1291, matrices of severity 1.0, on linear RGB;
Sharma, Wu & Dalal, Color Res. Appl. 30 (2005) 21, for CIEDE2000; IEC 61966-2-1 for sRGB, white point D65.
"""

import math
import re
from collections.abc import Sequence
from pathlib import Path

from components import era_map_legend
from model.era_map.era_map import Line
from model.era_map.telling import Group

TOKENS = Path(__file__).parents[2] / "assets" / "tokens.css"
STATUSES = ("good", "bad", "standby", "excluded", "notset", "empty")
Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]

_SAME: Matrix = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
EYES: dict[str, Matrix] = {
    "three cones": _SAME,
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
_XYZ: Matrix = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_WHITE: Vector = (0.95047, 1.0, 1.08883)


def tokens(theme: str) -> dict[str, str]:
    """Return the colours of a theme as the stylesheet has them."""
    block = re.search(rf':root\[data-bs-theme="{theme}"\] \{{(.*?)\}}', TOKENS.read_text(), re.S)
    assert block
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block[1]))


def _times(matrix: Matrix, v: Vector) -> Vector:
    x, y, z = (sum(a * b for a, b in zip(row, v, strict=True)) for row in matrix)
    return x, y, z


def linear(colour: str) -> Vector:
    """Return `#rrggbb` as light, each channel 0 to 1."""
    r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (r, g, b))
    return r, g, b


def seen_by(eye: str, colour: str) -> Vector:
    """Return a colour as L*, a*, b* for an eye; light that a screen cannot show is cut."""
    r, g, b = (min(1.0, max(0.0, v)) for v in _times(EYES[eye], linear(colour)))
    x, y, z = (
        v ** (1 / 3) if v > (6 / 29) ** 3 else v / (3 * (6 / 29) ** 2) + 4 / 29
        for v in (part / white for part, white in zip(_times(_XYZ, (r, g, b)), _WHITE, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(one: Vector, other: Vector) -> float:
    """Return how different two colours look; about 1 is what an eye just sees."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    grey = 0.5 * (1 - math.sqrt(mean**7 / (mean**7 + 25**7)))
    a1, a2 = a1 * (1 + grey), a2 * (1 + grey)
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    is_grey = c1 * c2 == 0
    turn = 0.0 if is_grey else (h2 - h1 + 180) % 360 - 180
    hue = h1 + h2 if is_grey else h1 + turn / 2
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * math.cos(math.radians(hue - 30))
        + 0.24 * math.cos(math.radians(2 * hue))
        + 0.32 * math.cos(math.radians(3 * hue + 6))
        - 0.20 * math.cos(math.radians(4 * hue - 63))
    )
    s_l = 1 + 0.015 * (lightness - 50) ** 2 / math.sqrt(20 + (lightness - 50) ** 2)
    s_c, s_h = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    bent = 60 * math.exp(-((((hue % 360) - 275) / 25) ** 2))
    r_t = -2 * math.sqrt(chroma**7 / (chroma**7 + 25**7)) * math.sin(math.radians(bent))
    d_l, d_c = (l2 - l1) / s_l, (c2 - c1) / s_c
    d_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2)) / s_h
    return math.sqrt(d_l**2 + d_c**2 + d_h**2 + r_t * d_c * d_h)


def nearest(colours: dict[str, str], eye: str) -> tuple[float, str, str]:
    """Return the smallest distance between two of the colours, and which two."""
    names = sorted(colours)
    return min(
        (ciede2000(seen_by(eye, colours[a]), seen_by(eye, colours[b])), a, b)
        for i, a in enumerate(names)
        for b in names[i + 1 :]
    )


def fills(name: str, tint: str) -> dict[str, str]:
    """Return the fill of each status; EMPTY has one, whoever is silent."""
    token = tokens(name)
    return {status: token.get(f"{status}{tint}", token[status]) for status in STATUSES}


def drawn(looks: Sequence[str]) -> list[str]:
    """Return the fills in which the era map draws lumisections of these looks, most severe first."""
    lines = [Line(Group(look, str(n), ""), 1, 0.0) for n, look in enumerate(looks)]
    return [era_map_legend.look_of(place, line)[0] for place, line in enumerate(lines)]
