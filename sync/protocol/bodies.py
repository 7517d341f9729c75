"""Bodies as sent: zstd of one frame with a window of at most 8 MiB, decoded up to a limit and not one byte further."""

from __future__ import annotations

import io

import zstandard

ZSTD = "zstd"
WINDOW_BYTES_MAX = 8 << 20
LEVEL = 3
COMPRESS_BYTES_MIN = 256
KB = 1024
PUSH_EVENTS_MAX = 500
PUSH_BYTES_MAX = 256 * KB
CALL_BYTES_MAX = 64 * KB
CHANNEL_EVENTS_MAX = 100
TARGET_BYTES_MAX = 8 * KB
PULL_ROWS_DEFAULT = 1_000
PULL_ROWS_MAX = 5_000
PULL_BYTES_MAX = 4 << 20


class EncodingError(ValueError):
    """Not the one encoding that was agreed: 415."""


class TooLargeError(ValueError):
    """More decoded bytes than the call takes; decoding stopped there: 413."""


def compressed(body: bytes) -> bytes:
    """One zstd frame with its content size."""
    return zstandard.ZstdCompressor(level=LEVEL).compress(body)


def decoded(body: bytes, encoding: str | None, bytes_max: int) -> bytes:
    """The body behind `Content-Encoding` (`zstd`, `identity` or absent). EncodingError, TooLargeError."""
    if encoding is None or encoding == "identity":
        if len(body) > bytes_max:
            raise TooLargeError
        return body
    if encoding != ZSTD:
        raise EncodingError(encoding)
    try:
        return _decompressed(body, bytes_max)
    except zstandard.ZstdError as error:
        raise EncodingError(str(error)) from None


def _decompressed(body: bytes, bytes_max: int) -> bytes:
    frame = zstandard.get_frame_parameters(body)
    if frame.window_size > WINDOW_BYTES_MAX or frame.dict_id:
        raise EncodingError("window or dictionary")
    decompressor = zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES_MAX)
    with decompressor.stream_reader(io.BytesIO(body), read_across_frames=False) as reader:
        if len(reader.read(bytes_max + 1)) > bytes_max:
            raise TooLargeError
    whole = decompressor.decompressobj()  # the size is known to be small now: this pass proves one whole frame
    found = whole.decompress(body)
    if not whole.eof or whole.unused_data:
        raise EncodingError("not exactly one whole frame")
    return found
