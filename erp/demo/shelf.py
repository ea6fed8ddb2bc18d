"""What the demo store sells, and who delivers it. Pure, and the same every day."""

import random
from dataclasses import dataclass

CURRENCY = "USD"
SEED = "the shelf of the demo store"
SECOND_OFFER, THIRD_OFFER = 0.45, 0.12  # shares of products offered by more suppliers


@dataclass(frozen=True, slots=True)
class DemoSupplier:
    """A made-up supplier: its terms, and how it usually delivers."""

    code: str
    name: str
    city: str
    province: str
    country: str
    handling_days: int
    order_fee_cents: int
    shipping_first_cents: int
    shipping_extra_cents: int
    late_share: float  # of its purchase orders, handed over after ship-by
    categories: str  # what it offers, separated by spaces
    cost_share: float  # of the shop's price, about


@dataclass(frozen=True, slots=True)
class DemoOffer:
    supplier: str
    supplier_sku: str
    unit_cost_cents: int
    quantity: int
    lead_time_days: int


@dataclass(frozen=True, slots=True)
class DemoProduct:
    sku: str
    title: str
    category: str
    weight_grams: int
    price_cents: int
    offers: tuple[DemoOffer, ...]


SUPPLIERS = (
    DemoSupplier(
        *("PINE", "Harbor & Pine Wholesale", "Portland", "OR", "US"),
        *(2, 150, 480, 110, 0.03),
        categories="kitchen home kids",
        cost_share=0.60,
    ),
    DemoSupplier(
        *("LAKE", "Lakeside Supply Co.", "Chicago", "IL", "US"),
        *(3, 100, 520, 90, 0.04),
        categories="kitchen home office pets",
        cost_share=0.61,
    ),
    DemoSupplier(
        *("MESA", "Blue Mesa Goods", "Albuquerque", "NM", "US"),
        *(2, 200, 450, 100, 0.03),
        categories="outdoor wellness pets",
        cost_share=0.61,
    ),
    DemoSupplier(
        *("BRIGHT", "Brightway Trading", "Shenzhen", "GD", "CN"),
        *(4, 250, 390, 70, 0.05),
        categories="office outdoor kids",
        cost_share=0.55,
    ),
    DemoSupplier(
        *("GALIL", "Galil Home Craft", "Haifa", "HA", "IL"),
        *(3, 120, 510, 120, 0.04),
        categories="home wellness",
        cost_share=0.59,
    ),
    DemoSupplier(
        *("CARMEL", "Carmel Outdoor Ltd", "Tel Aviv", "TA", "IL"),
        *(2, 180, 560, 130, 0.03),
        categories="outdoor kitchen wellness",
        cost_share=0.62,
    ),
)

# title, grams, price; the SKU comes of the category and the place in its list
GOODS: dict[str, tuple[tuple[str, int, int], ...]] = {
    "kitchen": (
        ("Pour-over coffee set", 900, 3490),
        ("Cast-iron skillet, 26 cm", 2300, 4200),
        ("Bamboo cutting board", 1100, 2450),
        ("Chef's knife, 20 cm", 300, 5800),
        ("Enamel mugs, set of 4", 1000, 2990),
        ("Glass storage jars, set of 6", 2400, 3600),
        ("Spice rack for the wall", 1500, 3150),
        ("Silicone baking mats, pair", 350, 1890),
        ("French press, 1 l", 800, 3200),
        ("Kitchen scale", 450, 2290),
        ("Salad spinner", 900, 2150),
        ("Copper measuring spoons", 220, 1990),
    ),
    "home": (
        ("Linen cushion cover, 45 cm", 250, 1950),
        ("Wool throw", 1300, 6900),
        ("Ceramic table lamp", 1900, 6400),
        ("Wall clock, 30 cm", 800, 3850),
        ("Woven storage basket", 900, 2790),
        ("Scented candle, cedar", 450, 1690),
        ("Blackout curtains, pair", 2100, 5400),
        ("Coir door mat", 1700, 2400),
        ("Photo frames, set of 5", 1600, 3300),
        ("Bedside organiser", 400, 2190),
    ),
    "outdoor": (
        ("Camping lantern", 500, 2890),
        ("Insulated bottle, 750 ml", 380, 2650),
        ("Folding camp chair", 2900, 4500),
        ("Dry bag, 20 l", 350, 2390),
        ("Double hammock", 850, 4900),
        ("Trekking poles, pair", 560, 5200),
        ("Picnic blanket", 1200, 3450),
        ("Rechargeable headlamp", 120, 3190),
        ("Quick-dry travel towel", 240, 1790),
        ("Compact binoculars", 330, 5700),
    ),
    "office": (
        ("Aluminium laptop stand", 1100, 3990),
        ("Wireless mouse", 110, 2490),
        ("Cable organisers, set of 12", 140, 1450),
        ("Desk mat, 80 x 40 cm", 600, 2750),
        ("USB-C hub, 7 ports", 130, 4490),
        ("Phone tripod", 320, 2590),
        ("Over-ear headphones", 290, 7900),
        ("LED desk lamp", 950, 4650),
        ("Dotted notebook, A5", 330, 1390),
        ("Power bank, 10,000 mAh", 240, 3690),
    ),
    "pets": (
        ("Dog harness, medium", 260, 2950),
        ("Cat scratching post", 3200, 3890),
        ("Slow-feeder bowl", 420, 1850),
        ("Pet travel carrier", 1800, 5250),
        ("Grooming brush", 160, 1650),
        ("Orthopaedic dog bed", 2600, 6800),
    ),
    "wellness": (
        ("Yoga mat, 6 mm", 1100, 3590),
        ("Foam roller", 700, 2700),
        ("Resistance bands, set of 5", 380, 2250),
        ("Oil diffuser", 520, 3390),
        ("Silk sleep mask", 60, 1990),
        ("Massage balls, pair", 280, 1590),
        ("Acupressure mat", 900, 3750),
        ("Speed rope", 200, 1490),
    ),
    "kids": (
        ("Wooden blocks, 60 pieces", 1500, 3250),
        ("Puzzle, 500 pieces", 600, 1790),
        ("Watercolour set", 420, 2450),
        ("Moon night light", 300, 2690),
        ("Children's backpack", 450, 3390),
        ("Diamond kite", 260, 2190),
    ),
}


def products() -> tuple[DemoProduct, ...]:
    """The whole assortment, with one to three offers for each product."""
    chance = random.Random(SEED)
    return tuple(
        _product(category, number, *goods, chance)
        for category, listed in GOODS.items()
        for number, goods in enumerate(listed, start=1)
    )


def _product(
    category: str,
    number: int,
    title: str,
    grams: int,
    price_cents: int,
    chance: random.Random,
) -> DemoProduct:
    sku = f"{category[:3].upper()}-{100 + number}"
    able = [each for each in SUPPLIERS if category in each.categories.split()]
    chance.shuffle(able)
    draw = chance.random()
    wanted = 1 + (draw < SECOND_OFFER) + (draw < THIRD_OFFER)
    offers = tuple(_offer(each, sku, price_cents, chance) for each in able[:wanted])
    return DemoProduct(sku, title, category, grams, price_cents, offers)


def _offer(
    supplier: DemoSupplier, sku: str, price_cents: int, chance: random.Random
) -> DemoOffer:
    share = supplier.cost_share * chance.uniform(0.94, 1.06)
    return DemoOffer(
        supplier=supplier.code,
        supplier_sku=f"{supplier.code[0]}{sku.replace('-', '')}",
        unit_cost_cents=round(price_cents * share),
        quantity=chance.randint(60, 400),
        lead_time_days=supplier.handling_days,
    )
