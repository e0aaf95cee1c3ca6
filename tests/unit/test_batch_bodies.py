"""Pictures in a batch's answer: the same bytes come out, whichever base64 the vendor writes, and beside any JSON."""

from __future__ import annotations

import base64
import json
import tracemalloc
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samepic.transport.batch_bodies import body_of, taken_out


@given(
    st.lists(st.tuples(st.integers(0, 9000), st.sampled_from(["plain", "other alphabet", "no padding"])), max_size=4),
    st.text(max_size=40),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_every_body_comes_out_as_it_went_in(
    bodies: list[tuple[int, str]], words: str, close: bool, any_: Random
) -> None:
    sent = [any_.randbytes(size) for size, _ in bodies]
    parts = [
        {"id": str(n), "body": written(data, how), "words": words + '"body":"'}
        for n, (data, (_, how)) in enumerate(zip(sent, bodies, strict=True))
    ]
    answer = json.dumps({"responses": parts}, separators=(",", ":") if close else None).encode()

    skeleton, taken = taken_out(answer)

    told = json.loads(skeleton)["responses"]
    assert [body_of(part["body"], taken) for part in told] == sent
    assert [part["words"] for part in told] == [part["words"] for part in parts]


def written(data: bytes, how: str) -> str:
    """Base64 as one or the other vendor writes it."""
    if how == "other alphabet":
        return base64.urlsafe_b64encode(data).decode()
    plain = base64.b64encode(data).decode()
    return plain.rstrip("=") if how == "no padding" else plain


@pytest.mark.parametrize("told", ["\0" + "7", "\0", "\0x"])
def test_a_mark_that_the_vendor_wrote_is_no_picture(told: str) -> None:
    skeleton, taken = taken_out(json.dumps({"responses": [{"body": told}]}).encode())
    with pytest.raises((ValueError, IndexError)):
        body_of(json.loads(skeleton)["responses"][0]["body"], taken)


def test_a_picture_is_at_hand_once_beside_the_answer() -> None:
    picture = Random(1).randbytes(3_000_000)
    answer = json.dumps({"responses": [{"id": "0", "body": base64.b64encode(picture).decode()}]}).encode()
    tracemalloc.start()
    _, taken = taken_out(answer)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken == [picture]
    assert peak < 1.2 * len(picture)
