"""Reads the XML of banks safely and in pieces: no document type, no entities, lines kept, records handed out."""

from collections.abc import Callable, Collection
from typing import Any
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

from scheduler.imports import fields
from scheduler.imports.reading import FieldError, FileError, refuse_large

DEEPEST = 40  #: elements inside each other; a real file has 12
LONGEST_VALUE = 2_000  #: letters of one value

_MEND = "Maak het bestand opnieuw in Huishoudboekje of bij de bank."


class Node:
    """One element: its name without prefix, its line, its text and what stands in it."""

    __slots__ = ("children", "currency", "line", "name", "text")

    def __init__(self, name: str, line: int, currency: str = "EUR") -> None:
        self.name = name
        self.line = line
        self.currency = currency
        self.text = ""
        self.children: list[Node] = []

    def find(self, path: str) -> "Node | None":
        """The first element at a path of names (`Refs/EndToEndId`)."""
        node: Node | None = self
        for name in path.split("/"):
            node = next((child for child in node.children if child.name == name), None) if node else None
        return node

    def value(self, path: str) -> str:
        """The text at a path, empty where there is none."""
        node = self.find(path)
        return node.text.strip() if node else ""

    def all(self, name: str) -> "list[Node]":
        """The elements of one name directly inside this one."""
        return [child for child in self.children if child.name == name]


def read(content: bytes, records: Collection[str], take: Callable[[Node], None]) -> str:
    """Parse a file, handing each record to `take` at its end; a record is not kept in the one around it.

    Returns the namespace of the document. FileError where it isn't safe or well-formed XML.
    """
    refuse_large(content)
    handler = _Records(records, take)
    try:
        parseString(content, handler, forbid_dtd=True)
    except DefusedXmlException:
        what = "Het bestand heeft een DOCTYPE of entiteiten. Dat laten wij niet toe."
        raise FileError(what, "Vraag een bestand zonder DOCTYPE.") from None
    except SAXParseException as error:
        raise FileError("Dit is geen goede XML.", _MEND, line=error.getLineNumber() or 0) from None
    except (SAXException, ValueError, LookupError):
        raise FileError("Dit is geen goede XML.", _MEND) from None
    return handler.namespace


class _Records(ContentHandler):
    """Builds nodes and lets go of each record as soon as it has been handed out."""

    def __init__(self, records: Collection[str], take: Callable[[Node], None]) -> None:
        super().__init__()
        self.namespace = ""
        self._records = records
        self._take = take
        self._open: list[Node] = []
        self._letters: list[str] = []
        self._locator: Any = None

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802
        self._locator = locator

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802
        line = self._locator.getLineNumber()
        if len(self._open) >= DEEPEST:
            raise FileError("De XML is te diep.", _MEND, line=line)
        if not self._open:
            spaces = [value for key, value in attrs.items() if key == "xmlns" or key.startswith("xmlns:")]
            self.namespace = next((space for space in spaces if "iso:20022" in space), "")
        self._open.append(Node(name.rpartition(":")[2], line, attrs.get("Ccy", "EUR")))
        self._letters.clear()

    def characters(self, content: str) -> None:
        self._letters.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802
        node = self._open.pop()
        node.text = "".join(self._letters)[:LONGEST_VALUE] if not node.children else ""
        self._letters.clear()
        if node.name in self._records:
            self._take(node)
        elif self._open:
            self._open[-1].children.append(node)


def cents(amount: Node | None) -> int:
    """The amount of an element in whole euro cents; FieldError where it is none."""
    if amount is None:
        raise FieldError("Het bedrag ontbreekt.", _MEND)
    if amount.currency != "EUR":
        raise FieldError("Het bedrag is niet in euro.", "Haal deze betaling uit het bestand.")
    return fields.cents(amount.text.strip())
