"""Names as lists look for them and put them in order."""

from sqlalchemy import select

from lms.core.db import db, writing
from lms.people.models import Person
from lms.people.names import LONGEST, plain_name


def test_names_are_found_and_sorted_without_their_accents():
    assert sorted(["Zoë", "Siân", "lena", "Łucja", "محمد"], key=plain_name) == ["lena", "Łucja", "Siân", "Zoë", "محمد"]
    assert plain_name("Łucja") == "lucja"
    assert plain_name(" ZOË ") == "zoe"
    assert len(plain_name("ﷺ" * 120)) == LONGEST


def test_a_name_that_changes_is_looked_for_as_it_is_now(make):
    names = ["Łucja Nowak", "Zoë Price", "siân Rees", "Eve O'Dell"]
    people = [make.person(name) for name in names]
    assert list(db.session.scalars(select(Person.name).order_by(Person.plain_name))) == [
        names[3],
        *names[:1],
        *names[2:0:-1],
    ]
    with writing() as session:
        session.get_one(Person, people[1].id).name = "Åsa Price"
    assert db.session.scalars(select(Person.name).order_by(Person.plain_name)).first() == "Åsa Price"
