"""Lambert-93 (EPSG 2154) to longitude and latitude, by the closed formula.

Source: IGN, service de géodésie, « Projection cartographique conique conforme de Lambert », NTG 71 (January
1995), algorithms ALG0002 (latitude from isometric latitude) and ALG0004 (Lambert to geographic), with the
constants of Lambert-93 (RGF93, ellipsoid IAG GRS 1980).
"""

from math import atan, atan2, degrees, exp, hypot, log, pi, radians, sin

EXCENTRICITY = 0.08181919104281579
N = 0.7256077650532670
C = 11754255.4261
X_S, Y_S = 700000.0, 12655612.0499
CENTRAL_MERIDIAN = radians(3)

# The projected square that holds metropolitan France and Corsica, in metres.
X_RANGE, Y_RANGE = (0.0, 1_300_000.0), (6_000_000.0, 7_200_000.0)


def to_lon_lat(x: float, y: float) -> tuple[float, float] | None:
    """Return (longitude, latitude) in degrees, to 6 decimals; None for a point that lies outside France.

    Units: x (easting) and y (northing) in metres.
    """
    if not (X_RANGE[0] <= x <= X_RANGE[1] and Y_RANGE[0] <= y <= Y_RANGE[1]):
        return None
    distance = hypot(x - X_S, y - Y_S)
    angle = atan2(x - X_S, Y_S - y)
    longitude = CENTRAL_MERIDIAN + angle / N
    latitude = _latitude(-log(distance / C) / N)
    return round(degrees(longitude), 6), round(degrees(latitude), 6)


def _latitude(isometric: float) -> float:
    latitude = 2 * atan(exp(isometric)) - pi / 2
    while True:
        e_sin = EXCENTRICITY * sin(latitude)
        better = 2 * atan(((1 + e_sin) / (1 - e_sin)) ** (EXCENTRICITY / 2) * exp(isometric)) - pi / 2
        if abs(better - latitude) < 1e-11:
            return better
        latitude = better
