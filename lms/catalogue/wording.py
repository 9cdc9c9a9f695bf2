"""What is wrong with an author's file, said in plain sentences instead of pydantic's."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

# By pydantic's name of the error; {name} is the key in backticks, the rest comes from the error itself.
SENTENCES: Mapping[str, str] = {
    "missing": "{name} is missing.",
    "string_type": "{name} must be text; put quotes around it.",
    "string_too_short": "{name} must not be empty.",
    "string_too_long": "{name} may have at most {max_length} characters.",
    "int_type": "{name} must be a whole number.",
    "int_parsing": "{name} must be a whole number.",
    "int_from_float": "{name} must be a whole number.",
    "float_type": "{name} must be a number.",
    "bool_type": "{name} must be true or false.",
    "date_type": "{name} must be a date, written like 2027-05-31.",
    "list_type": "{name} must be a list: one item a line, each beginning with “- ”.",
    "dict_type": "{name} must be a group of keys, each with its value.",
    "model_type": "{name} must be a group of keys, each with its value.",
    "model_attributes_type": "{name} must be a group of keys, each with its value.",
    "too_short": "{name} must have at least {min_length}.",
    "too_long": "{name} may have at most {max_length}.",
    "greater_than_equal": "{name} must be {ge} or more.",
    "greater_than": "{name} must be more than {gt}.",
    "less_than_equal": "{name} must be {le} or less.",
    "literal_error": "{name} must be one of {expected}.",
    "enum": "{name} must be one of {expected}.",
    "union_tag_invalid": "`{discriminator_word}` must be one of {expected_tags}.",
    "union_tag_not_found": "`{discriminator_word}` is missing.",
}


def named(path: Sequence[str | int]) -> str:
    """The last step of a path as an author would call it: a key, or an item by its number counted from 1."""
    words = [step for step in path if isinstance(step, str)]
    if not path:
        return "The file"
    if isinstance(path[-1], int):
        return f"Item {path[-1] + 1} of `{words[-1]}`" if words else f"Item {path[-1] + 1}"
    return f"`{path[-1]}`"


def sentence(problem: Mapping[str, Any], kind: Any) -> str:
    """One of pydantic's errors, found while reading a file as `kind`, as a sentence."""
    path, what = problem["loc"], problem["type"]
    if path and path[-1] == "[key]":  # pydantic's word for a wrong key among those that are fixed
        return f"{named(path[:-1])} must be one of {_listed(problem)}."
    name = named(path)
    if what == "extra_forbidden":
        return f"{name} is not a key here.{did_you_mean(str(path[-1]), keys_at(kind, path[:-1]))}"
    if problem["input"] is None and what not in ("missing", "value_error"):
        return f"{name} is empty."
    if what == "value_error":
        return str(problem["ctx"]["error"]).replace("{name}", name)
    if what not in SENTENCES:
        return f"{name}: {problem['msg']}."
    given = {key: str(value).replace("'", "") for key, value in problem.get("ctx", {}).items()}
    given["expected"] = _listed(problem)
    given["discriminator_word"] = given.get("discriminator", "")
    return SENTENCES[what].format(name=name, **given)


def _listed(problem: Mapping[str, Any]) -> str:
    """The words that would have been right."""
    return str(problem.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")


def did_you_mean(word: str, words: Sequence[str]) -> str:
    """A second sentence that offers the nearest of `words`, or nothing where none is near."""
    near = get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    return f" Did you mean `{near[0]}`?" if near else ""


def keys_at(kind: Any, path: Sequence[str | int]) -> list[str]:
    """The keys that an author may write at `path` in a file of this kind."""
    models = list(_models(kind))
    for step in path:
        inside = [model.model_fields[step] for model in models if isinstance(step, str) and step in model.model_fields]
        tagged = [model for model in models if step in _tags(model)]
        if inside:
            models = [found for field in inside for found in _models(field.annotation)]
        elif tagged:
            models = tagged
    return sorted({key for model in models for key in model.model_fields})


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    """The models that a type speaks of: itself, or those in its list, its union or its mapping."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    elif get_origin(kind) in (list, tuple, dict, Union, UnionType) or hasattr(kind, "__metadata__"):
        for part in get_args(kind):
            yield from _models(part)


def _tags(model: type[BaseModel]) -> set[str]:
    """The words by which a union tells this model from the others."""
    literals = [field.annotation for field in model.model_fields.values() if get_origin(field.annotation) is Literal]
    return {str(word) for literal in literals for word in get_args(literal)}
