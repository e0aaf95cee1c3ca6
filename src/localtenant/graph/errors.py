"""Graph's error envelope; genuine errors and injected ones are built here alike.

Shape: `{"error": {"code", "message", "innerError": {"date", "request-id", "client-request-id"}}}`, as in
"Microsoft Graph error responses and resource types" (graph/errors).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class GraphError(Exception):
    """An answer other than success: status, the vendor's code and words, headers such as Retry-After."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def answer(request: Request, error: GraphError, now: datetime) -> Response:
    """The error on the wire."""
    request_id = str(uuid4())
    client_request_id = request.headers.get("client-request-id", request_id)
    inner = {
        "date": now.strftime("%Y-%m-%dT%H:%M:%S"),
        "request-id": request_id,
        "client-request-id": client_request_id,
    }
    return JSONResponse(
        {"error": {"code": error.code, "message": error.message, "innerError": inner}},
        error.status,
        {"request-id": request_id, "client-request-id": client_request_id, **error.headers},
    )


def for_status(status: int, headers: Mapping[str, str] | None = None) -> GraphError:
    """What the vendor says when it answers with this status and the caller did nothing wrong; for injected faults.

    Codes by status: graph/errors, graph/throttling.
    """
    code, message = _BY_STATUS.get(status, ("UnknownError", ""))
    return GraphError(status, code, message, headers)


_BY_STATUS = {
    400: ("BadRequest", "The request is malformed or incorrect."),
    401: ("InvalidAuthenticationToken", "Access token validation failure."),
    403: ("ErrorAccessDenied", "Access is denied. Check credentials and try again."),
    404: ("Request_ResourceNotFound", "The requested resource does not exist."),
    409: ("Conflict", "The request conflicts with the current state of the resource."),
    423: ("accessDenied", "The resource that is being accessed is locked."),
    429: ("TooManyRequests", "Too many requests."),
    500: ("InternalServerError", "There was an internal server error while processing the request."),
    502: ("BadGateway", "The server received an invalid response."),
    503: ("ServiceNotAvailable", "The service is temporarily unavailable. Please retry after some time."),
    504: ("GatewayTimeout", "The server, while acting as a proxy, did not receive a timely response."),
    509: ("BandwidthLimitExceeded", "The app has been throttled for exceeding the maximum bandwidth cap."),
}


def bad_request(message: str, code: str = "BadRequest") -> GraphError:
    """A request that cannot be understood."""
    return GraphError(400, code, message)


def expired_token() -> GraphError:
    """A page or state token that means nothing to the directory."""
    words = "The specified page token value has expired and can no longer be included in your request."
    return bad_request(words, "Directory_ExpiredPageToken")


def unsupported_query(message: str) -> GraphError:
    """A query that the directory does not answer (graph/aad-advanced-queries)."""
    return GraphError(400, "Request_UnsupportedQuery", message)


def no_such_resource(key: str) -> GraphError:
    """The directory knows nobody and nothing by this key."""
    words = f"Resource '{key}' does not exist or one of its queried reference-property objects are not present."
    return GraphError(404, "Request_ResourceNotFound", words)


def no_such_segment(path: str) -> GraphError:
    """A path that Graph does not have: the segment behind the version is named."""
    segment = path.strip("/").partition("/")[2].partition("/")[0]
    return bad_request(f"Resource not found for the segment '{segment}'.")


def method_not_allowed() -> GraphError:
    """A path that Graph has, by a method that it does not take (graph/json-batching shows one)."""
    return GraphError(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
