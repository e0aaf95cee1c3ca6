"""What somebody who means ill sends: values for every place of a request, as they stand on the wire."""

from __future__ import annotations

from urllib.parse import quote

TEXTS = (
    "'\"></title></textarea><x-evil data-evil=1 onerror=x_evil()>{{1337*1337}}<script>x_evil()</script>\u202e",
    "<x-evil data-evil=1>", "\"><x-evil>", "' data-evil='1", "\" data-evil=\"1\" x=\"", "<script>x_evil()</script>",
    "</title><x-evil>", "</textarea><x-evil>", "<img src=x onerror=x_evil()>", "javascript:x_evil()",
    "//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "\r\nx-evil: 1", "\n\nx-evil",
    "\x00", "a\x00b", "\x1b[2J", "\u202eevil", "\u2066\u200f", "\u2028", "\ufeff", "a\u0301" * 60,
    "../../../../etc/passwd", "..\\..\\windows\\win.ini", "{{1337*1337}}", "{% raw %}", "${1337*1337}", "#{1337*1337}",
    "{0.__class__}", "%(x)s", "-1", "0", "9" * 30, "1e309", "NaN", "\u0663", "\u00b2", "x" * 5_000, "' OR '1'='1",
    "'; DROP TABLE run; --", "%", "_", "[]", "__proto__", "=cmd|' /C calc'!A0", " ", "", "\U0001f600", "on", "None",
)  # fmt: skip
PRODUCT = "1787569"
"""What 1337 times 1337 is, where somebody reckons."""

ON_THE_WIRE = (
    *(quote(one, safe="") for one in TEXTS),
    "%ff%fe", "%c0%ae%c0%ae", "%ed%a0%80", "%f4%90%80%80", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "%252e%252e%252f",
    "%0d%0ax-evil:%201", "%e5%98%8a%e5%98%8dx-evil:%201", "..;%2f", "%2f%2fevil.example", "%5c%5cevil.example",
)  # fmt: skip
"""The same as parts of an address or of a form, and some that no text is encoded as. The first is tried everywhere."""

HEADERS: tuple[dict[str, bytes], ...] = (
    {"accept-language": b"<x-evil>, \xff\xfe;q=1"},
    {"accept-language": b"en-" + b"x" * 4_000},
    {"cookie": b"samepic-session=<x-evil>; samepic-language=<x-evil>"},
    {"cookie": b"\xff\xfe=\xff; ; =; samepic-session; samepic-signing-in=\xff"},
    {"x-forwarded-for": b"<x-evil>, 127.0.0.1"},
    {"x-forwarded-host": b"evil.example", "x-forwarded-proto": b"https", "forwarded": b"host=evil.example"},
    {"x-original-url": b"/admin/audit", "x-rewrite-url": b"/admin/audit", "x-http-method-override": b"DELETE"},
    {"hx-request": b"true", "hx-target": b"<x-evil>", "hx-current-url": b"//evil.example"},
    {"range": b"bytes=0-,-1,5-2", "if-modified-since": b"\xff", "if-none-match": b'"<x-evil>'},
    {"content-type": b"multipart/form-data", "content-encoding": b"gzip"},
    {"accept": b"application/json;q=<x-evil>"},
    {"host": b"evil.example"},
)

METHODS = ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "POST", "EVIL")

BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b'{"form_word": [1], "why": {"$ne": null}}'),
    ("application/json", b"[" * 50_000),
    ("text/plain", b"form_word=WORD&why=x"),
    ("application/x-www-form-urlencoded", b"form_word=WORD&why=%ff%fe&person=%ff&picture=%ed%a0%80&mark=%00"),
    ("application/x-www-form-urlencoded; charset=utf-16", "form_word=WORD".encode("utf-16")),
    ("application/x-www-form-urlencoded", b"form_word=WORD" + b"&person=x" * 5_000),
    ("application/x-www-form-urlencoded", b"form_word=WORD&why=" + b"x" * 1_000_001),
    ("multipart/form-data", b"--x\r\n\r\n--x--"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="form_word"\r\n\r\nWORD'),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="form_word"\r\n\r\nWORD\r\n'
        b'--x\r\nContent-Disposition: form-data; name="picture"; filename="../<x-evil>\x00.jpg"\r\n'
        b"Content-Type: x/<x-evil>\r\n\r\nGIF89a<x-evil>\r\n--x--\r\n",
    ),
    ("multipart/form-data; boundary=" + "x" * 300, b"--" + b"x" * 300 + b"--"),
    ("x/<x-evil>", b"\xff\xfe\x00"),
    ("", b"form_word=WORD"),
)
"""With WORD for the session's own word, so that a body is looked into and not only turned away."""

RAW: tuple[bytes, ...] = (
    b"GET /\xff\xfe HTTP/1.1\r\nHost: HOST\r\n",
    b"GET /my/../../etc/passwd HTTP/1.1\r\nHost: HOST\r\n",
    b"GET //evil.example/ HTTP/1.1\r\nHost: HOST\r\n",
    b"GET //evil.example/.. HTTP/1.1\r\nHost: evil.example\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n",
    b"GET /% HTTP/1.1\r\nHost: HOST\r\n",
    b"GET /%zz?%zz=%&&&==& HTTP/1.1\r\nHost: HOST\r\n",
    b"GET /?" + b"a=b&" * 2_000 + b" HTTP/1.1\r\nHost: HOST\r\n",
    b"GET /sign-in?to=/\\evil.example HTTP/1.1\r\nHost: evil.example\r\n",
    b"GET / HTTP/1.1\r\nHost: HOST\r\nCookie: samepic-session=\xff\xfe\x01\r\n",
    b"GET / HTTP/1.1\r\nHost: HOST\r\nAccept-Language: \xe2\x80\xae\r\n",
    b"POST /sign-out HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    b"POST /sign-out HTTP/1.1\r\nHost: HOST\r\nContent-Length: -5\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: HOST\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n",
)
"""Beginnings that a client library would not send. HOST is ours."""
