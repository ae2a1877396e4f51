"""The description of the interface (OpenAPI 3.1), written from the code: as a file, at its address, and as a page to read."""

from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from workflows.pages.frame import OfficerRequest, for_officers, show
from workflows.pages.problems import PROBLEM_JSON, SAFE, only
from workflows.tokens import CALLS_A_MINUTE

PROBLEM = {
    "type": "object",
    "description": "A problem document (RFC 9457); title and detail are in the reader's language.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    },
}
SAID = {
    "304": "Nothing has changed since the ETag that was sent.",
    "400": "A parameter that this address does not know, that is said twice, or that is not written as it is described.",
    "401": "No token, or one that has ended or expired.",
    "403": "The token was not made for this, or the office does not have it.",
    "404": "What the address or a parameter names does not exist, or not for this reader.",
    "405": "Anything but reading; HEAD is answered as GET is, without the body.",
    "406": "Anything but JSON.",
    "429": "Too many calls in this minute.",
}
# What stands over an answer: its name, what it says, how it is written.
TAG = ("ETag", "To be sent as If-None-Match.", {"type": "string", "pattern": '^"[0-9a-f]{32}"$'})
HEADERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "200": TAG,
    "304": TAG,
    "401": ("WWW-Authenticate", "How one signs in.", {"type": "string", "pattern": "^Bearer "}),
    "405": ("Allow", "The methods that there are.", {"type": "string", "const": "GET, HEAD"}),
    "429": ("Retry-After", "Seconds to wait.", {"type": "integer", "minimum": 1}),
}


class Operation(NamedTuple):
    """One address as the page lists it."""

    path: str
    summary: str
    parameters: list[dict[str, Any]]


def with_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Write into every operation how it answers what is wrong, and that it may answer 304."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    told = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            answers = operation["responses"]
            for status, text in SAID.items():
                answers[status] = {"description": text} if status == "304" else {"description": text, "content": told}
            for status, (name, text, schema) in HEADERS.items():
                answers[status]["headers"] = {name: {"description": text, "required": True, "schema": schema}}
    return result


def on_any_database(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Leave out how far whole numbers reach: that is another thing in SQLite than in PostgreSQL, and means nothing to a reader."""
    for schema in result["components"]["schemas"].values():
        for said in schema.get("properties", {}).values():
            if "integer" in said.get("type", ""):
                said.pop("maximum", None)
                said.pop("format", None)
    return result


def described() -> dict[str, Any]:
    """Return the description in the reader's language."""
    return SchemaGenerator().get_schema(request=None, public=True)


def as_yaml() -> str:
    """Return the description as it is kept in the documents."""
    return OpenApiYamlRenderer().render(described(), renderer_context={}).decode()


@lru_cache(maxsize=4)
def _yaml_in(language: str) -> str:
    return as_yaml()


@lru_cache(maxsize=4)
def _operations_in(language: str) -> list[Operation]:
    paths = described()["paths"].items()
    return [Operation(path, str(said["get"]["summary"]), said["get"].get("parameters", [])) for path, said in paths]


@only(*SAFE)
def openapi(request: HttpRequest) -> HttpResponse:
    """Give the description; it holds nothing that the source does not."""
    return HttpResponse(_yaml_in(get_language() or settings.LANGUAGE_CODE), content_type="application/yaml; charset=utf-8")


@only(*SAFE)
@for_officers
def page(request: OfficerRequest) -> HttpResponse:
    """Tell officers and those who write programs for them what there is and how it is asked for."""
    context = {
        "operations": _operations_in(get_language() or settings.LANGUAGE_CODE),
        "example": f"{settings.PUBLIC_URL}{reverse('api_files')}?state=open",
        "calls": CALLS_A_MINUTE,
    }
    return show(request, "api.html", context)
