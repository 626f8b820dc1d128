"""Amounts as screens write them."""

from components.amounts import invpb


def test_small_luminosity_is_not_written_as_none() -> None:
    assert invpb(0.001) == "< 0.01"
    assert invpb(0.000_12, 3) == "< 0.001"
    assert invpb(0.0) == "0.00"
    assert invpb(None) == "unknown"
    assert invpb(29_384.434, 1) == "29,384.4"
