"""The value forms of wire.md as annotated types: what msgspec checks and what /schema shows.

Patterns end in `$(?!\\n)`: Python's `$` alone would let a line feed pass.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app.domain.chain import INT_MAX

END = r"$(?!\n)"
UUID7 = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}" + END
ROW_ID = r"^[A-Za-z0-9:_.-]{1,64}" + END
PLACE_ID = r"^[a-z0-9][a-z0-9_-]{0,31}" + END
PHONE = r"^\+[1-9][0-9]{4,14}" + END
DATE = r"^(1[89][0-9]{2}|[2-8][0-9]{3}|9[0-8][0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])" + END
CODE = r"^[a-z0-9_]{1,32}" + END
INCARNATION = r"^[A-Za-z0-9_.-]{1,64}" + END
HEX64 = r"^[0-9a-f]{64}" + END
HEX16 = r"^[0-9a-f]{16}" + END
PERCENT = r"^[0-9]{1,3}(\.[0-9]{1,6})?" + END
BUCKET = r"^(chain|region:[a-z0-9][a-z0-9_-]{0,31}:[0-9]{2}|store:[a-z0-9][a-z0-9_-]{0,31}|till:[0-9a-f-]{36})" + END
PLAIN = r"^[^\x00-\x1f\x7f]*" + END
"""Text that becomes a column or a key: no control characters; PostgreSQL keeps no NUL."""
OUTCOME = r"^(applied|adjusted|parked|duplicate)" + END
STANDING = r"^(applied|adjusted|parked|written_off)" + END
BASE64 = r"^[A-Za-z0-9+/]+={0,2}" + END

Id = Annotated[str, Meta(pattern=UUID7)]
RowId = Annotated[str, Meta(pattern=ROW_ID)]
PlaceId = Annotated[str, Meta(pattern=PLACE_ID)]
Phone = Annotated[str, Meta(pattern=PHONE)]
Day = Annotated[str, Meta(pattern=DATE)]
Code = Annotated[str, Meta(pattern=CODE)]
Hash = Annotated[str, Meta(pattern=HEX64)]
Checksum = Annotated[str, Meta(pattern=HEX16)]
Key = Annotated[str, Meta(pattern=HEX64)]
Percent = Annotated[str, Meta(pattern=PERCENT)]
Bucket = Annotated[str, Meta(pattern=BUCKET)]
Outcome = Annotated[str, Meta(pattern=OUTCOME)]
Standing = Annotated[str, Meta(pattern=STANDING)]
IncarnationId = Annotated[str, Meta(pattern=INCARNATION)]
Base64 = Annotated[str, Meta(pattern=BASE64, max_length=4096)]
Name = Annotated[str, Meta(pattern=PLAIN, min_length=1, max_length=64)]
Text = Annotated[str, Meta(max_length=200)]

Int = Annotated[int, Meta(ge=0, le=INT_MAX)]
Signed = Annotated[int, Meta(ge=-INT_MAX, le=INT_MAX)]
Counted = Annotated[int, Meta(ge=1, le=INT_MAX)]
AT_MS_MAX = 253_370_764_800_000
"""9999-01-01: later than that no calendar reckons."""
AtMs = Annotated[int, Meta(ge=0, le=AT_MS_MAX)]

AMOUNT_MAX = 10**12
"""No single amount is larger: ten billion yuan, or a thousand billion points. Sums of them stay ints of the wire."""
Amount = Annotated[int, Meta(ge=0, le=AMOUNT_MAX)]
SignedAmount = Annotated[int, Meta(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]
Quantity = Annotated[int, Meta(ge=1, le=1_000_000)]
