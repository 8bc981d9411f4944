"""How small credentials stack into larger ones: what a learner holds and qualifies for, why, and until when.

>>> import credpath
>>> catalog = credpath.Catalog.parse('''
...     [credential]
...     sql = { cost = 100 }
...     python = { cost = 300 }
...     analyst = { cost = 25, stack = { all_of = ["sql", "python"] } }
... ''')
>>> catalog.evaluate(["sql", "python"], "2026-11-22")["qualified"]
['analyst']
>>> catalog.plan(["python"], "2026-11-22", "analyst")["plan"]["cost"]
'125'

Days are ``datetime.date`` or texts such as ``"2026-11-22"``. Records are lists of ids, mappings as the library writes
them in JSON, or TOML. Answers are what the library writes in JSON, as Python reads it: amounts are decimal texts, so
that nobody takes them for floating-point numbers by accident.
"""

from __future__ import annotations

import datetime
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from . import _columns
from ._credpath import Catalog as _Catalog
from ._credpath import CatalogError

__all__ = ["Catalog", "CatalogError", "Day", "Record"]

Day: TypeAlias = datetime.date | str
Record: TypeAlias = str | Mapping[str, Any] | Iterable[str]


def _day(day: Day) -> str:
    return day if isinstance(day, str) else day.isoformat()[:10]


def _written(value: Any) -> str:
    return json.dumps(value, default=_day)


def _record(record: Record) -> str:
    """A record as JSON: a text is TOML, a mapping is one as it is, anything else lists ids of what is held."""
    if isinstance(record, str):
        return _written(tomllib.loads(record))
    if isinstance(record, Mapping):
        return _written(dict(record))
    return _written({"award": [{"credential": credential} for credential in record]})


class Catalog:
    """The credentials of one version of the rules. It never changes; threads may share it, and do not wait for each
    other, since no question holds the interpreter's lock."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """From a document: what the TOML of a catalog says, as data. Raises ``CatalogError``, whose second argument is
        a list of all that is wrong as JSON, each with its path."""
        self._catalog = _Catalog.compile(_written(document))

    @classmethod
    def parse(cls, text: str, name: str = "catalog.toml") -> Catalog:
        """From TOML. ``name`` stands in messages."""
        catalog = cls.__new__(cls)
        catalog._catalog = _Catalog.parse(name, text)
        return catalog

    @property
    def document(self) -> dict[str, Any]:
        """What it says, as data."""
        document: dict[str, Any] = json.loads(self._catalog.document())
        return document

    @property
    def fingerprint(self) -> str:
        """What tells it from other catalogs; it stands in every answer as well."""
        return self._catalog.fingerprint()

    @property
    def ids(self) -> list[str]:
        """The ids of its credentials, in the order of the columns of a cohort."""
        return self._catalog.ids()

    def evaluate(self, record: Record, as_of: Day, **options: Any) -> dict[str, Any]:
        """What the learner holds and qualifies for on the day. Options: ``view``, ``verified_only`` and the others of
        the library's ``EvaluateOptions``."""
        told = self._catalog.evaluate(_record(record), _day(as_of), _written(options))
        report: dict[str, Any] = json.loads(told)
        return report

    def audit(self, record: Record, as_of: Day, credential: str, **options: Any) -> dict[str, Any]:
        """Why, by which award, and what is missing. Its key ``text`` is the audit as it is read out to people."""
        told, text = self._catalog.audit(_record(record), _day(as_of), credential, _written(options))
        audit: dict[str, Any] = json.loads(told)
        return audit | {"text": text}

    def plan(
        self, record: Record, as_of: Day, target: str, *, seconds: float | None = None, **options: Any
    ) -> dict[str, Any]:
        """The best way to a target: a mapping with one key, ``plan``, ``unattainable`` or ``undecided``. After
        ``seconds`` what was found by then is the answer. Options are those of the library's ``PlanOptions``;
        ``must_include`` and ``avoid`` are lists of ids."""
        written = _written(options)
        told = self._catalog.plan(_record(record), _day(as_of), target, written, seconds)
        outcome: dict[str, Any] = json.loads(told)
        return outcome

    def flaw(self, outcome: Mapping[str, Any], record: Record) -> str | None:
        """What is wrong with a plan that was kept; ``None`` if it holds. It is checked without trusting the search."""
        return self._catalog.flaw(_written(outcome), _record(record))

    def check(self, *, as_of: Day | None = None, seconds: float | None = None) -> dict[str, Any]:
        """Whether the rules are consistent: ``diagnostics``, and what is ``undecided``."""
        report: dict[str, Any] = json.loads(self._catalog.check(None if as_of is None else _day(as_of), seconds))
        return report

    def cohort(
        self, awards: _columns.Awards, as_of: Day, *, credentials: Sequence[str] | None = None, **options: Any
    ) -> Cohort:
        """One question to many learners, whose awards are columns: a data frame of pandas or a table of Arrow with the
        columns ``learner`` and ``credential``, and ``awarded``, ``valid_until``, ``grade``, ``issuer`` as known, an award
        to a row; or a mapping of buffers that are laid out already, as ``Buffers`` says."""
        learners, columns = _columns.laid_out(awards)
        return Cohort(self._catalog, learners, columns, _day(as_of), credentials, _written(options))


class Cohort:
    """The learners of columns under a catalog on a day."""

    def __init__(
        self,
        catalog: _Catalog,
        learners: Sequence[Any],
        columns: dict[str, Any],
        as_of: str,
        credentials: Sequence[str] | None,
        options: str,
    ) -> None:
        self._catalog = catalog
        self._question = (as_of, columns, None if credentials is None else list(credentials), options)
        #: The learners, in the order of the rows of statuses.
        self.learners = learners
        #: The credentials that are asked about, in the order of their columns.
        self.credentials = catalog.ids() if credentials is None else catalog.ids_of(list(credentials))

    def codes(self) -> bytes:
        """The codes of the statuses: for each learner, one for each credential. ``STATUSES`` names them;
        ``numpy.frombuffer(codes, "u1").reshape(-1, len(credentials))`` makes a matrix of them without a copy."""
        return self._catalog.fill(*self._question)

    def statuses(self) -> dict[Any, dict[str, str]]:
        """The status of each credential of each learner."""
        names, codes, width = self._catalog.status_names(), self.codes(), len(self.credentials)
        rows = (codes[place * width : (place + 1) * width] for place in range(len(self.learners)))
        named = (dict(zip(self.credentials, (names[code] for code in row), strict=True)) for row in rows)
        return dict(zip(self.learners, named, strict=True))

    def report(self) -> dict[str, Any]:
        """What an institution asks about everybody: counts, and lists of learners by their places."""
        report: dict[str, Any] = json.loads(self._catalog.report(*self._question))
        return report


#: The name of each code of a status.
STATUSES: list[str] = _Catalog.status_names()
