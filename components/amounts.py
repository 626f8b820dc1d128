"""Amounts as every screen writes them: the same digits for the same thing."""


def invpb(value: float | None, decimals: int = 2) -> str:
    """Return a luminosity in pb⁻¹; what is not nothing is never shown as nothing."""
    if value is None:
        return "unknown"
    least = 10.0**-decimals
    return f"< {least:.{decimals}f}" if 0 < value < least / 2 else f"{value:,.{decimals}f}"
