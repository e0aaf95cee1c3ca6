"""OData addresses and filters: whatever is quoted comes out as it went in, and rubbish is refused, never a crash."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from hypothesis import example, given
from hypothesis import strategies as st

from localtenant.sharepoint.batch import parts
from localtenant.sharepoint.csom_xml import parse
from localtenant.sharepoint.errors import SharePointError
from localtenant.sharepoint.filters import parse_filter
from localtenant.sharepoint.odata import literal, query_of, segments, skip_token_id

TEXT = st.text(max_size=40)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@given(st.lists(TEXT, max_size=4))
@example(["a'b", "/x/(y),z=1", "@v", "guid'x'"])
def test_texts_survive_an_address(texts: list[str]) -> None:
    plain = segments(f"web/Method({','.join(map(quoted, texts))})/$value", {})
    assert [s.name for s in plain] == ["web", "Method", "$value"]
    assert list(plain[1].plain) == texts
    named = ",".join(f"p{n}={quoted(text)}" for n, text in enumerate(texts))
    assert [value for _, value in segments(f"Method({named})", {})[0].named] == texts
    aliases = {f"@a{n}": quoted(text) for n, text in enumerate(texts)}
    by_alias = segments(f"Method({','.join(f'p{n}=@a{n}' for n in range(len(texts)))})", aliases)
    assert [value for _, value in by_alias[0].named] == texts


@given(st.one_of(TEXT, st.text("'()/,=@ aI1", max_size=30)))
def test_any_address_is_understood_or_refused(text: str) -> None:
    for read in (
        lambda: segments(text, {"@a": "@a", "@v": text}),
        lambda: parse_filter(text),
        lambda: literal(text, {"@v": text}),
        lambda: skip_token_id(text),
        lambda: query_of({"$select": text, "$expand": text, "$orderby": text, "$top": text, "$skip": text}),
        lambda: parts("multipart/mixed; boundary=b", text.encode()),
        lambda: parse(text.encode(errors="replace")),
    ):
        try:
            read()
        except SharePointError as refused:
            assert refused.status == 400


CONDITIONS = st.recursive(
    st.tuples(
        st.sampled_from(["Id", "FSObjType"]), st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"]), st.integers(0, 9)
    ).map(lambda t: (f"{t[0]} {t[1]} {t[2]}", t)),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["and", "or"]), inner, inner).map(
            lambda t: (f"({t[1][0]}) {t[0]} ({t[2][0]})", (t[0], t[1][1], t[2][1]))
        ),
        inner.map(lambda one: (f"not ({one[0]})", ("not", one[1]))),
    ),
    max_leaves=6,
)


def truth(tree: tuple[Any, ...], row: dict[str, int]) -> bool:
    if tree[0] == "not":
        return not truth(tree[1], row)
    if tree[0] in ("and", "or"):
        left, right = truth(tree[1], row), truth(tree[2], row)
        return left and right if tree[0] == "and" else left or right
    name, compare, value = tree
    have = row[str(name)]
    assert isinstance(value, int)
    return {
        "eq": have == value, "ne": have != value, "gt": have > value,
        "ge": have >= value, "lt": have < value, "le": have <= value,
    }[str(compare)]  # fmt: skip


@given(CONDITIONS, st.integers(1, 9), st.integers(0, 1))
def test_a_filter_means_what_it_says(condition: tuple[str, tuple[object, ...]], row_id: int, kind: int) -> None:
    text, tree = condition
    row = {"Id": row_id, "FSObjType": kind}
    found = parse_filter(text)
    assert found.accepts(row.__getitem__) == truth(tree, row)
    assert row_id > found.above or not truth(tree, row), "no row up to `above` is accepted"


@given(st.text(min_size=1, max_size=30), st.text(max_size=30))
def test_text_functions(needle: str, rest: str) -> None:
    row = {"FileLeafRef": needle + rest}.__getitem__
    assert parse_filter(f"startswith(FileLeafRef,{quoted(needle)})").accepts(row)
    assert parse_filter(f"substringof({quoted(rest)},FileLeafRef) eq true").accepts(row)
    assert parse_filter(f"FileLeafRef eq {quoted(needle + rest)}").accepts(row)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30))
def test_a_batch_carries_urls_and_bodies(text: str) -> None:
    body = (
        "--b\r\nContent-Type: application/http\r\n\r\n"
        f"POST /_api/web('{quote(text)}') HTTP/1.1\r\nX-One: 1\r\n\r\n{text.strip()}\r\n--b--\r\n"
    )
    (part,) = parts("multipart/mixed; boundary=b", body.encode())
    assert (part.method, part.url) == ("POST", f"/_api/web('{quote(text)}')")
    assert part.headers == {b"x-one": b"1"} and part.body.decode() == text.strip()
