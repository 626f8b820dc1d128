"""What a person sees where the registry fails: a sentence, and the reference that the log knows it by."""

import dash_bootstrap_components as dbc
from dash import html

PLACE = "failure"


def place() -> html.Div:
    """Return the place of it on every page, empty while all is well."""
    return html.Div(id=PLACE, className="failure", role="alert")


def said(sentence: str, reference: str = "") -> dbc.Alert:
    """Return the notice; it stays until somebody closes it.

    Args:
        reference: names the failure in the log; empty where the sentence is all there is to say.
    """
    more = [" The log has it as ", html.Code(reference), "."] if reference else []
    return dbc.Alert([sentence, *more], dismissable=True, className="notice is-refusal")


def unforeseen(reference: str) -> dbc.Alert:
    """Return the notice of what nobody foresaw."""
    words = "The registry failed here: what you see may be old or unfinished, so look before you do it again."
    return said(words, reference)
