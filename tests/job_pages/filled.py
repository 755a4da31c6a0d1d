"""What a browser would send of a form that nobody has touched."""

from html.parser import HTMLParser

EDIT = "edit"
"""The class of the form of a job."""


def filled(page: str) -> dict[str, str]:
    """Return the names and values of the fields of a job's form, as a browser sends them."""
    reader = _Reader()
    reader.feed(page)
    return reader.fields


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._inside = False
        self._name: str | None = None
        self._text = ""
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name, value = said.get("name") or "", said.get("value")
        if tag == "form":
            self._inside = said.get("class") == EDIT
        if not self._inside:
            return
        if tag == "input" and name and not (said.get("type") in ("checkbox", "radio") and "checked" not in said):
            self.fields[name] = "on" if value is None else value
        if tag == "textarea":
            self._name, self._text = name, ""
        if tag == "select":
            self._select = name
        if tag == "option" and self._select and (self._select not in self.fields or "selected" in said):
            self.fields[self._select] = value if value is not None else ""
            if value is None:
                self._name, self._text = self._select, ""

    def handle_data(self, data: str) -> None:
        if self._name is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "option") and self._name is not None:
            self.fields[self._name] = self._text.removeprefix("\n").replace("\n", "\r\n")
            self._name = None
        if tag == "select":
            self._select = None
        if tag == "form":
            self._inside = False
