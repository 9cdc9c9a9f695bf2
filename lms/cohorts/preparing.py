"""Reads about preparation: which modules of a cohort somebody has still to finish, and whether that keeps them away."""

from collections.abc import Collection
from uuid import UUID

from lms.catalogue.shelf import library
from lms.cohorts.models import Cohort
from lms.core import clock
from lms.learning import queries as learning


def unfinished(cohort: Cohort, person_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """The modules each of these people has not finished, for those who have any left. One query, or none where the
    preparation is only advice.
    """
    modules = [one.module for one in cohort.modules] if cohort.must_prepare else []
    if not modules or not person_ids:
        return {}
    done = {(one.person_id, one.module) for one in learning.completed(list(person_ids), modules)}
    left = {person: [slug for slug in modules if (person, slug) not in done] for person in person_ids}
    return {person: slugs for person, slugs in left.items() if slugs}


def has_closed(cohort: Cohort) -> bool:
    """Whether the last day for the preparation has passed, so that a place needs it finished."""
    return cohort.prepare_by is not None and clock.today() > cohort.prepare_by


def kept_away(cohort: Cohort, person_ids: Collection[UUID]) -> set[UUID]:
    """Those of these people who can have no place now, because their preparation is not finished."""
    return set(unfinished(cohort, person_ids)) if has_closed(cohort) else set()


def titles(slugs: Collection[str]) -> str:
    """Modules by their titles, as a sentence names them."""
    known = [module.title if (module := library().module(slug)) else slug for slug in slugs]
    return " and ".join(f"‘{title}’" for title in known)
