"""What a browser sends of a file that was chosen or dropped."""

import base64
import binascii

from model.bulk.rows import MOST_BYTES
from model.errors import Invalid


def dropped(contents: str) -> bytes:
    """Return the bytes of a file as a browser sends it.

    Raises:
        Invalid: it was not sent whole, or is too long.
    """
    try:
        data = base64.b64decode(contents.partition(",")[2], validate=True)
    except binascii.Error as error:
        raise Invalid("The file did not arrive whole; try again.") from error
    if len(data) > MOST_BYTES:
        raise Invalid(f"The file is too long: it has {len(data):,} bytes, at most {MOST_BYTES:,} are read.")
    return data
