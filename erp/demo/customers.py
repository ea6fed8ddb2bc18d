"""Made-up customers of the demo store: nobody's real name and address go together."""

import random
from dataclasses import dataclass

ELSEWHERE = 0.16  # share of customers who do not live in the United States
FIRST = """
Ava Ben Carla Daniel Elena Frank Grace Henry Iris Jack Karen Leo Maria Noah Olivia
Peter Quinn Rosa Sam Tara Umar Vera Will Ximena Yusuf Zoe
"""
LAST = """
Adams Brooks Carter Diaz Evans Fisher Garcia Hughes Ivanov Jensen Kim Lopez Morgan
Nguyen Owens Parker Reed Stone Turner Vargas Walsh Young
"""
STREETS = "Maple Oak Cedar Lincoln Harbor Sunset Mill Orchard Prospect Willow"
CITIES = (
    ("Austin", "TX", "78704"),
    ("Denver", "CO", "80205"),
    ("Boston", "MA", "02118"),
    ("Seattle", "WA", "98103"),
    ("Madison", "WI", "53703"),
    ("Atlanta", "GA", "30307"),
    ("Tucson", "AZ", "85719"),
    ("Buffalo", "NY", "14213"),
    ("Omaha", "NE", "68104"),
    ("Richmond", "VA", "23220"),
)


@dataclass(frozen=True, slots=True)
class Customer:
    name: str
    email: str
    phone: str
    street: str
    city: str
    postal_code: str
    province: str
    country: str


def _abroad(
    name: str, login: str, street: str, city: str, postal_code: str, country: str
) -> Customer:
    return Customer(
        name, f"{login}@mail.example", "", street, city, postal_code, "", country
    )


ABROAD = (
    _abroad("נועה כהן", "noa.cohen", "רחוב דיזנגוף 112", "תל אביב", "6439602", "IL"),
    _abroad("יואב מזרחי", "yoav.m", "שדרות הנשיא 48", "חיפה", "3463006", "IL"),
    _abroad("תמר לוי", "tamar.levi", "רחוב עמק רפאים 21", "ירושלים", "9310503", "IL"),
    _abroad("אורי פרידמן", "uri.f", "רחוב ויצמן 7", "כפר סבא", "4424607", "IL"),
    _abroad("ליאן חדאד", "lian.h", "רחוב פאולוס השישי 30", "נצרת", "1610101", "IL"),
    _abroad("أمل خوري", "amal.khoury", "شارع البرج 14", "حيفا", "3303410", "IL"),
    _abroad("سامر ناصر", "samer.n", "شارع السوق 5", "الناصرة", "1622405", "IL"),
    _abroad("ليلى منصور", "layla.m", "شارع الشيخ زايد 210", "دبي", "", "AE"),
    _abroad("عمر الحسيني", "omar.h", "شارع الكورنيش 33", "أبو ظبي", "", "AE"),
    _abroad("Hannah Weiss", "h.weiss", "Gartenstraße 9", "Köln", "50667", "DE"),
    _abroad("Jonas Brandt", "j.brandt", "Lindenallee 27", "Hamburg", "20259", "DE"),
    _abroad("Emily Clarke", "emily.c", "14 Orchard Road", "Bristol", "BS6 5QA", "GB"),
)


def somebody(chance: random.Random) -> Customer:
    """A customer at random; somebody may well be met twice."""
    if chance.random() < ELSEWHERE:
        return chance.choice(ABROAD)
    first, last = chance.choice(FIRST.split()), chance.choice(LAST.split())
    city, province, postal_code = chance.choice(CITIES)
    number = chance.randint(3, 980)
    return Customer(
        name=f"{first} {last}",
        email=f"{first}.{last}{number}@mail.example".lower(),
        phone=f"+1 555 {chance.randint(200, 999)} {chance.randint(1000, 9999)}",
        street=f"{number} {chance.choice(STREETS.split())} Street",
        city=city,
        postal_code=postal_code,
        province=province,
        country="US",
    )
