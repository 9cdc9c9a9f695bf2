"""Words the crowd is made of. All of it is invented."""

from collections.abc import Mapping

from lms.people.sectors import Sector

FIRST_NAMES = (
    *("Amara", "Ben", "Carys", "Dele", "Elin", "Farah", "Gareth", "Hana", "Idris", "Jo", "Kemi", "Liam", "Mei", "Nia"),
    *("Owen", "Priya", "Quentin", "Rosa", "Samir", "Tamsin", "Una", "Vikram", "Wen", "Yusuf", "Zofia", "Anwen"),
    *("Bilal", "Chloe", "Declan", "Esther", "Femi", "Grace", "Hamza", "Isla", "Jakub", "Khadija", "Leo", "Maryam"),
)
SURNAMES = (
    *("Okafor", "Whitlock", "Bevan", "Adeyemi", "Rhys", "Siddiqui", "Marsh", "Novak", "Patel", "Quinn", "Ashby"),
    *("Brook", "Castell", "Dunne", "Ellery", "Fenwick", "Garside", "Hollis", "Ingram", "Jardine", "Kaur", "Lowther"),
    *("Mensah", "Norris", "Ormond", "Penrose", "Rahman", "Sutter", "Thorne", "Usman", "Verity", "Winslow", "Yates"),
    *("Zielinski", "Appiah", "Bright", "Cole", "Devlin", "Eastman", "Farrow"),
)
COUNTIES = ("Fernshire", "Westmark", "Aldermoor", "Haverland", "Corvedale", "Thornbury Vale", "Estuary", "Highmere")
LOCALITIES = ("Brackenford", "Coldharbour", "Millbrook", "Oakfield", "Saltney", "Upper Vale", "Kingsreach", "Northgate")
AGENCIES: Mapping[Sector, str] = {
    Sector.HEALTH: "Community Health",
    Sector.EDUCATION: "Schools Trust",
    Sector.SOCIAL_CARE: "Children’s Services",
    Sector.POLICE: "Police",
    Sector.VOLUNTARY: "Family Support",
    Sector.HOUSING: "Homes",
}
TEAMS: Mapping[Sector, str] = {
    Sector.HEALTH: "health visitors",
    Sector.EDUCATION: "school",
    Sector.SOCIAL_CARE: "family help",
    Sector.POLICE: "neighbourhood team",
    Sector.VOLUNTARY: "family workers",
    Sector.HOUSING: "tenancy support",
}
JOBS: Mapping[Sector, tuple[str, ...]] = {
    Sector.HEALTH: ("Health visitor", "School nurse", "Community nursery nurse", "Speech and language therapist"),
    Sector.EDUCATION: ("Teacher", "Teaching assistant", "Pastoral lead", "Nursery practitioner"),
    Sector.SOCIAL_CARE: ("Social worker", "Family support worker", "Referral officer"),
    Sector.POLICE: ("Police constable", "Community support officer", "Detective constable"),
    Sector.VOLUNTARY: ("Family worker", "Volunteer coordinator", "Bereavement counsellor"),
    Sector.HOUSING: ("Housing officer", "Tenancy support officer"),
}
# Jobs by level of the partnerships' scheme; who is named nowhere has none.
LEVELS: Mapping[str, tuple[str, ...]] = {
    "1": ("Housing officer", "Tenancy support officer", "Referral officer", "Volunteer coordinator"),
    "2": ("Teacher", "Teaching assistant", "Nursery practitioner", "Police constable", "Community support officer"),
    "3": ("Health visitor", "School nurse", "Social worker", "Pastoral lead", "Detective constable", "Family worker"),
}
# Who is asked for one module more, beside the core modules.
ASKED_MORE = ("Social worker", "Health visitor", "Family worker")
