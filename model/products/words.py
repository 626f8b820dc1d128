"""Products in words, the same on the page, in the feed and to webhooks."""

from model.products.products import Product


def summary(each: Product) -> str:
    """Return what a product holds, in one sentence."""
    said = each.manifest
    recorded = said["recorded_invpb"]
    source = said["luminosity_source"]
    lumi = f"{recorded:,.3f} pb⁻¹ ({source})" if recorded is not None else f"no luminosity of {source}"
    held = f"{said['runs']:,} runs, {said['lumisections']:,} lumisections, {lumi}"
    took = f" It supersedes {each.previous}." if each.previous and each.official else ""
    return f"{held}, SHA-256 {each.sha256[:12]}….{took}"
