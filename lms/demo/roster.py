"""Who exists in the demo: agencies, teams, named accounts and sixty more people. All are invented, places too."""

from dataclasses import dataclass

from lms.core.permissions import Role, Scope
from lms.people.sectors import Sector

FERNSHIRE = "Fernshire"
WESTMARK = "Westmark"
BRACKENFORD = "Brackenford"
COLDHARBOUR = "Coldharbour"


@dataclass(frozen=True)
class Post:
    """A team of the demo: its agency, sector and usual jobs, and the part of the county it works in, if it is one."""

    agency: str
    sector: Sector
    team: str
    jobs: tuple[str, ...]
    partnership: str = FERNSHIRE
    locality: str = ""


HEALTH = "Fernshire Community Health"
SCHOOLS = "Fernshire Schools and Nurseries"
CARE = "Fernshire Children’s Social Care"
POLICE = "Fernshire Police"
LANTERN = "Lantern Family Support"
HOMES = "Coldharbour Homes"
OUTSIDE = "Westmark Children’s Services"

POSTS: tuple[Post, ...] = (
    Post(
        HEALTH,
        Sector.HEALTH,
        "Brackenford health visitors",
        ("Health visitor", "Community nursery nurse"),
        locality=BRACKENFORD,
    ),
    Post(
        HEALTH, Sector.HEALTH, "Coldharbour health visitors", ("Health visitor", "School nurse"), locality=COLDHARBOUR
    ),
    Post(HEALTH, Sector.HEALTH, "Children’s therapies", ("Speech and language therapist", "Occupational therapist")),
    Post(
        SCHOOLS,
        Sector.EDUCATION,
        "Oakfield Primary School",
        ("Teacher", "Special needs coordinator"),
        locality=BRACKENFORD,
    ),
    Post(
        SCHOOLS,
        Sector.EDUCATION,
        "Millbrook Nursery",
        ("Nursery teacher", "Nursery practitioner"),
        locality=BRACKENFORD,
    ),
    Post(SCHOOLS, Sector.EDUCATION, "Coldharbour Academy", ("Head of year", "Pastoral lead"), locality=COLDHARBOUR),
    Post(CARE, Sector.SOCIAL_CARE, "Kestrel House", ("Social worker", "Family support worker"), locality=COLDHARBOUR),
    Post(CARE, Sector.SOCIAL_CARE, "Front door", ("Social worker", "Referral officer")),
    Post(
        POLICE,
        Sector.POLICE,
        "Brackenford neighbourhood team",
        ("Police constable", "Community support officer"),
        locality=BRACKENFORD,
    ),
    Post(POLICE, Sector.POLICE, "Public protection", ("Detective constable", "Police sergeant")),
    Post(LANTERN, Sector.VOLUNTARY, "Family workers", ("Family worker", "Volunteer coordinator"), locality=BRACKENFORD),
    Post(LANTERN, Sector.VOLUNTARY, "Bereavement service", ("Bereavement counsellor", "Family worker")),
    Post(
        HOMES, Sector.HOUSING, "Tenancy support", ("Tenancy support officer", "Housing officer"), locality=COLDHARBOUR
    ),
    Post(OUTSIDE, Sector.SOCIAL_CARE, "Westmark family help", ("Family help worker",), WESTMARK),
)

NAMES: tuple[str, ...] = (
    "Amara Okafor", "Ben Whitlock", "Carys Bevan", "Dele Adeyemi", "Elin Rhys", "Farah Siddiqui",
    "Grace Mbeki", "Hannah Doyle", "Ifan Pugh", "Jakub Wiśniewski", "Kavita Rao", "Łucja Zielińska",
    "Marcus Bell", "Nia Gwilym", "Omar Haddad", "Priya Nair", "Quentin Marsh", "Rhys Maddox",
    "Siân Llywelyn", "Tomasz Kowal", "Uzma Iqbal", "Victor Hale", "Wren Abbott", "Xin Li",
    "Yusuf Demir", "Zoë Carter", "Agnieszka Żak", "Bryony Cole", "Callum Fraser", "Dilys Parry",
    "Ewan Murray", "Fatima Zahra", "Gareth Ŵyn", "Halima Noor", "Imogen Pryce", "Joseph Addo",
    "Keeley Marsden", "Luan Tran", "Maryam Aziz", "Niall Byrne", "Oona Keane", "Paweł Nowak",
    "Ruth Okonkwo", "Samir Khan", "Tegan Hughes", "Una Gallagher", "Vera Novak", "Winston Clarke",
    "Yetunde Bello", "Zara Malik", "Alun Prosser", "Beatriz Sousa", "Conor Walsh", "Dana Levy",
    "Esther Boateng", "Finlay Reid", "Gwen Tudor", "Hugo Lambert", "Ines Duarte", "محمد العربي",
)  # fmt: skip


@dataclass(frozen=True)
class Named:
    """An account with a name of its own in the README."""

    account: str
    name: str
    about: str
    team: str
    job: str
    roles: tuple[tuple[Role, Scope], ...]


STAFF = (Role.STAFF, Scope.TEAM)

ACCOUNTS: tuple[Named, ...] = (
    Named("staff", "Leah Stone", "a health visitor", "Brackenford health visitors", "Health visitor", (STAFF,)),
    Named(
        "trainer",
        "Rosa Penrose",
        "a trainer, who builds cohorts",
        "Family workers",
        "Training lead",
        (STAFF, (Role.TRAINER, Scope.PARTNERSHIP)),
    ),
    Named(
        "manager",
        "Morgan Ellis",
        "a manager at Fernshire Community Health",
        "Brackenford health visitors",
        "Head of children’s services",
        (STAFF, (Role.MANAGER, Scope.AGENCY)),
    ),
    Named(
        "author",
        "Theo Nwosu",
        "an author, who looks after content",
        "Kestrel House",
        "Practice educator",
        (STAFF, (Role.AUTHOR, Scope.PARTNERSHIP)),
    ),
    Named(
        "coordinator",
        "Helen Marlowe",
        "the partnership’s training coordinator",
        "Front door",
        "Training coordinator",
        (STAFF, (Role.COORDINATOR, Scope.PARTNERSHIP)),
    ),
    Named(
        "admin",
        "Sunil Perera",
        "an administrator of accounts",
        "Coldharbour Academy",
        "Systems administrator",
        (STAFF, (Role.ADMINISTRATOR, Scope.PARTNERSHIP)),
    ),
    Named(
        "outsider",
        "Olwen Tate",
        "a manager in another partnership, who sees nothing of Fernshire",
        "Westmark family help",
        "Team manager",
        (STAFF, (Role.MANAGER, Scope.AGENCY)),
    ),
    Named(
        "observer",
        "Hilary Marsden",
        "a member of the partnership’s board, who sees figures without small numbers",
        "Public protection",
        "Independent scrutineer",
        (STAFF, (Role.OBSERVER, Scope.PARTNERSHIP)),
    ),
)
