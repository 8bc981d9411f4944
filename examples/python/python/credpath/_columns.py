"""Awards of many learners as columns of numbers, however they come."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypedDict

#: What stands in a column of days where none is recorded, and in one of texts.
NO_DAY = -(2**31)
NONE = -1


class Buffers(TypedDict, total=False):
    """Columns as the library takes them: numbers of 32 bits in anything that has a buffer (``array``, numpy, Arrow), an
    entry for each award, those of a learner together; ``offsets`` says where those of each begin, and one entry more
    where the last end. Days are days since 1970-01-01; texts stand in lists, and columns hold their places there."""

    offsets: Any
    credential: Any
    awarded: Any
    valid_until: Any
    grade: Any
    issuer: Any
    status: Any
    learner: Any
    credentials: Sequence[str]
    grades: Sequence[str]
    issuers: Sequence[str]


class Frame(Protocol):
    """A table with named columns: ``pandas.DataFrame``, ``pyarrow.Table``."""

    def __getitem__(self, name: str, /) -> Any: ...


Awards: TypeAlias = Buffers | Frame | Mapping[str, Sequence[Any]]


def laid_out(awards: Any) -> tuple[Sequence[Any], dict[str, Any]]:
    """The learners, and their awards as buffers."""
    if isinstance(awards, Mapping) and "offsets" in awards:
        return range(max(len(awards["offsets"]) - 1, 0)), dict(awards)
    names = getattr(awards, "column_names", None) or list(awards.keys())
    columns = {str(name): _values(awards[name]) for name in names}
    for name in ("learner", "credential"):
        if name not in columns:
            raise KeyError(name)
    rows = len(columns["learner"])
    for name, values in columns.items():
        if len(values) != rows:
            raise ValueError(f"the column {name} has {len(values)} rows, and there are {rows} learners")
    order = sorted(range(rows), key=columns["learner"].__getitem__)
    learners: list[Any] = []
    offsets = array("i")
    for place, row in enumerate(order):
        learner = columns["learner"][row]
        if not learners or learners[-1] != learner:
            learners.append(learner)
            offsets.append(place)
    offsets.append(len(order))
    buffers: dict[str, Any] = {"offsets": offsets}
    for name, texts in (("credential", "credentials"), ("grade", "grades"), ("issuer", "issuers")):
        if name in columns:
            buffers[name], buffers[texts] = _places([columns[name][row] for row in order])
    for name in ("awarded", "valid_until"):
        if name in columns:
            buffers[name] = array("i", (_days(columns[name][row]) for row in order))
    unknown = set(columns) - {"learner", *buffers}
    if unknown:
        raise KeyError(sorted(unknown)[0])
    return learners, buffers


def _values(column: Any) -> list[Any]:
    """A column as a list, in which nothing recorded is ``None``."""
    if hasattr(column, "to_pylist"):  # of Arrow
        values: list[Any] = column.to_pylist()
        return values
    values = column.to_list() if hasattr(column, "to_list") else list(column)
    return [None if _is_nothing(value) else value for value in values]


def _is_nothing(value: Any) -> bool:
    """What pandas has for nothing differs from itself, or does not say whether it does."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except TypeError:
        return True


def _places(values: list[Any]) -> tuple[array[int], list[str]]:
    """The place of each text in the list of those that there are."""
    texts: dict[str, int] = {}
    places = (NONE if value is None else texts.setdefault(str(value), len(texts)) for value in values)
    return array("i", places), list(texts)


def _days(value: Any) -> int:
    """Days since 1970-01-01, of a date, a time or a text."""
    import datetime

    if value is None:
        return NO_DAY
    day = datetime.date.fromisoformat(value) if isinstance(value, str) else value
    return datetime.date(day.year, day.month, day.day).toordinal() - 719_163
