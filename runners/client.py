"""The JSON API as a program sees it: for the command line and the demo."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from runners.engine.errors import MultijobError
from runners.engine.settings import Settings
from runners.engine.settings.hosts import local_host
from runners.engine.words import Language

TIMEOUT_SEC = 30.0
TRUST = "set SSL_CERT_FILE to the certificate of the authority that signed the server's"
HOW_TO_COME_IN = "set MULTIJOB_TOKEN to a token, which `multijob token create` makes where the server runs"


class ApiFailed(MultijobError):
    """The server refused or could not be reached; the message is what it said."""


class Away(ApiFailed):
    """The server cannot be reached, or can do nothing now; the same request may succeed later."""


class Client:
    """Speaks to one server. Answers are JSON as it came; everything but success raises ApiFailed."""

    def __init__(self, url: str, language: Language = Language.EN, credential: Mapping[str, str] | None = None) -> None:
        """`url` is the server's root, without a slash at its end; reasons come in `language`.

        `credential` is the header that says who asks. It goes to `url` alone: a redirect is an answer, and is not followed.
        """
        self.url = url
        headers = {"Accept-Language": str(language), **(credential or {})}
        # of the environment only whom to trust (SSL_CERT_FILE, SSL_CERT_DIR): no proxy is shown the credential
        trusted = httpx.create_ssl_context()
        self._http = httpx.Client(base_url=url, timeout=TIMEOUT_SEC, trust_env=False, verify=trusted, headers=headers)

    def __enter__(self) -> Self:
        """Use it in a `with` block, which closes its connections."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self._http.close()

    def count(self, path: str, **query: object) -> int:
        """Return how many rows the list at `path` has."""
        asked = {name: str(value) for name, value in query.items() if value is not None} | {"limit": "1"}
        with self._reached():
            answer = self._http.get(path, params=asked)
        _accept(answer)
        try:
            return int(answer.headers["X-Total-Count"])
        except (KeyError, ValueError):
            raise self._another() from None

    def ask(self, method: str, path: str, body: object = None, **query: object) -> Any:
        """Send one request and return the JSON of its answer; None for an answer without a body.

        `body` is sent as JSON unless it is bytes. Query values that are None are left out.
        """
        asked = {name: str(value) for name, value in query.items() if value is not None}
        sent: dict[str, Any] = (
            {"content": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        )
        with self._reached():
            answer = self._http.request(method, path, params=asked, **sent)
        _accept(answer)
        try:
            return answer.json() if answer.content else None
        except ValueError:
            raise self._another() from None

    def text(self, path: str) -> str:
        """Return the text at `path`."""
        with self._reached():
            answer = self._http.get(path)
        _accept(answer)
        return answer.text

    @contextmanager
    def stream(self, path: str, seen: str) -> Iterator[Iterator[str] | None]:
        """Open the live stream at `path` behind the message `seen` ('' for the first), and give its lines.

        None: there will be no more. Raises Away when it breaks off, or is not to be had now.
        """
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": seen} if seen else {})
        with self._reached(), self._http.stream("GET", path, headers=headers) as answer:
            if not answer.is_success:
                answer.read()
            _accept(answer)
            yield None if answer.status_code == httpx.codes.NO_CONTENT else answer.iter_lines()

    def _another(self) -> ApiFailed:
        return ApiFailed(f"{self.url} answers, but not as this platform's API; correct MULTIJOB_URL or the profile")

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except httpx.HTTPError as error:
            fix = (
                TRUST
                if "CERTIFICATE_VERIFY_FAILED" in str(error)
                else "start it with `multijob up` or set MULTIJOB_URL"
            )
            raise Away(f"{self.url} cannot be reached ({error}); {fix}") from error


def _accept(answer: httpx.Response) -> None:
    """Raise ApiFailed unless the request succeeded; Away when it may later."""
    if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        raise Away(explain(answer))
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise ApiFailed(f"{explain(answer)}; {HOW_TO_COME_IN}")
    if answer.is_redirect:
        raise ApiFailed(
            f"the server leads elsewhere ({answer.status_code}), and nothing is sent there; correct MULTIJOB_URL"
        )
    if not answer.is_success:
        raise ApiFailed(explain(answer))


def explain(answer: httpx.Response) -> str:
    """Return what a problem+json answer says, one line per problem."""
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict):  # something in front of the server, which knows no problems
        return f"the server answered {answer.status_code}"
    told = str(problem.get("detail") or problem.get("title") or answer.status_code)
    faults = problem.get("errors", ())
    if [row.get("msg") for row in faults] == [told]:
        return told
    return "\n".join([told, *(f"{'.'.join(map(str, row.get('loc', ())))}: {row.get('msg', '')}" for row in faults)])


def segment(name: str) -> str:
    """Return `name` as one segment of a path, whatever is in it: `.` and `..` lead nowhere else."""
    quoted = quote(name, safe="", errors="surrogateescape")
    return quoted if quoted.strip(".") else quoted.replace(".", "%2E")


def server_url(settings: Settings) -> str:
    """Return the server that the command line talks to: MULTIJOB_URL, else this machine's HOST and PORT."""
    return settings.server_url or local_url(settings)


def credential_of(settings: Settings, token: str | None) -> dict[str, str]:
    """Return the header that shows `token` as the settings say; none without a token."""
    return {settings.auth_header: f"{settings.auth_scheme} {token}"} if token else {}


def local_url(settings: Settings) -> str:
    """Return the address at which this machine reaches its web process."""
    return f"http://{local_host(settings.host)}:{settings.port}"
