"""Pictures in a batch's answer: the same bytes come out, whichever base64 the vendor writes, and beside any JSON."""

from __future__ import annotations

import base64
import json
import tracemalloc
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samepic.transport.batch_bodies import Bodies, body_of

HOW = ("plain", "other alphabet", "no padding")


@given(
    st.lists(st.tuples(st.integers(0, 9000), st.sampled_from(HOW)), max_size=4),
    st.text(max_size=40),
    st.booleans(),
    st.integers(1, 9000),
    st.randoms(use_true_random=False),
)
def test_every_body_comes_out_as_it_went_in(
    bodies: list[tuple[int, str]], words: str, close: bool, chunk: int, any_: Random
) -> None:
    sent = [any_.randbytes(size) for size, _ in bodies]
    parts = [
        {"id": str(n), "body": written(data, how), "words": words + '"body":"'}
        for n, (data, (_, how)) in enumerate(zip(sent, bodies, strict=True))
    ]
    answer = json.dumps({"responses": parts}, separators=(",", ":") if close else None).encode()
    answer = answer.replace(b"/", b"\\/") if any_.random() < 0.1 else answer  # as some encoders write it

    skeleton, taken = taken_out(answer, chunk)

    told = json.loads(skeleton)["responses"]
    assert [body_of(part["body"], taken) for part in told] == sent
    assert [part["words"] for part in told] == [part["words"] for part in parts]


def taken_out(answer: bytes, chunk: int = 65_536) -> tuple[bytes, dict[str, bytes]]:
    """The answer as it stays, and what was decoded of it, when it arrives in chunks of so many bytes."""
    bodies = Bodies()
    stays = b"".join(bodies.put(answer[at : at + chunk]) for at in range(0, len(answer), chunk))
    return stays + bodies.end(), bodies.taken


def written(data: bytes, how: str) -> str:
    """Base64 as one or the other vendor writes it."""
    if how == "other alphabet":
        return base64.urlsafe_b64encode(data).decode()
    plain = base64.b64encode(data).decode()
    return plain.rstrip("=") if how == "no padding" else plain


@pytest.mark.parametrize("told", ["!7", "!", "!x", "!-1"])
def test_a_mark_that_the_vendor_wrote_is_no_picture(told: str) -> None:
    skeleton, taken = taken_out(json.dumps({"responses": [{"body": told}]}).encode())
    with pytest.raises((ValueError, KeyError)):
        body_of(json.loads(skeleton)["responses"][0]["body"], taken)


def test_a_picture_is_at_hand_once_while_it_arrives() -> None:
    picture = Random(1).randbytes(3_000_000)
    answer = json.dumps({"responses": [{"id": "0", "body": base64.b64encode(picture).decode()}]}).encode()
    tracemalloc.start()
    _, taken = taken_out(answer)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert list(taken.values()) == [picture]
    assert peak < 1.4 * len(picture), f"{peak:,} bytes at the peak"


def test_long_base64_that_is_none_is_told() -> None:
    with pytest.raises(ValueError):
        taken_out(b'{"responses":[{"body":"' + b"A" * 8001 + b'"}]}')
