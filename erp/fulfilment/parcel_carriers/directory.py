"""The parcel carriers we know: how suppliers spell them, and where they show a parcel.

SCAC codes (National Motor Freight Traffic Association) are those that retailers
publish for parcels; carriers that do not work in North America have none. Pages are the
carriers' own. Numbers follow what carriers publish, and the Universal Postal Union's
S10 for post offices; carriers use others too, so one that does not fit is only odd.
"""

from collections.abc import Sequence
from dataclasses import dataclass

S10 = "[A-Z]{2}[0-9]{9}[A-Z]{2}"  # of the Universal Postal Union


@dataclass(frozen=True, slots=True)
class ParcelCarrier:
    """One who brings parcels and shows where they are."""

    name: str
    scac: str  # empty: it has none, or we know of none
    spellings: tuple[str, ...]  # in words of `recognising.spelled`; * stands for more
    page: str  # with {number} in it
    numbers: str = ""  # a pattern of its numbers; empty: unknown


def _carrier(
    name: str, spellings: str, page: str, numbers: str = "", *, scac: str = ""
) -> ParcelCarrier:
    """`spellings` besides its name and code, with | between them."""
    every = (name.lower(), scac.lower(), *spellings.split("|"))
    return ParcelCarrier(
        name, scac, tuple(dict.fromkeys(filter(None, every))), page, numbers
    )


_FEDEX = "https://www.fedex.com/fedextrack/?trknbr={number}"
_FEDEX_NUMBERS = "[0-9]{12}|[0-9]{15}|[0-9]{20}|[0-9]{22}|[0-9]{34}"
_DHL = "https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}"
CARRIERS: Sequence[ParcelCarrier] = (
    _carrier(
        "UPS",
        "ups*|united parcel service*|u p s",
        "https://www.ups.com/track?tracknum={number}",
        "1Z[0-9A-Z]{16}|T[0-9]{10}|[0-9]{9}|[0-9]{22}|[0-9]{26}",
        scac="UPSN",
    ),
    _carrier(
        "FedEx Ground",
        "fedex ground*|fed ex ground*|fedex home delivery*|fdxg|fedexg",
        _FEDEX,
        _FEDEX_NUMBERS,
        scac="FDEG",
    ),
    _carrier(
        "FedEx",
        "fedex*|fed ex*|federal express*|fden|fdx|fdxe",
        _FEDEX,
        _FEDEX_NUMBERS,
        scac="FDE",
    ),
    _carrier(
        "USPS",
        "usps*|u s p s|us postal service|u s postal service"
        "|united states postal service*|us mail",
        "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}",
        f"[0-9]{{20}}|[0-9]{{22}}|[0-9]{{26}}|[0-9]{{30}}|{S10}",
        scac="USPS",
    ),
    _carrier(
        "DHL Express",
        "dhl express*|dhl worldwide express*",
        _DHL,
        "[0-9]{10,11}|J[A-Z]{2,3}[0-9]{9,18}",
    ),
    _carrier(
        "DHL Paket",
        "dhl paket*|dhl germany|dhl de|dhl deutschland|deutsche post dhl|dhl parcel de",
        "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html"
        "?piececode={number}",
        f"[0-9]{{12}}|[0-9]{{20}}|JJD[0-9]{{12,20}}|{S10}",
    ),
    _carrier("DHL", "dhl*", _DHL),
    _carrier(
        "OnTrac",
        "on trac|lasership|laser ship|lasership ontrac|ontrac lasership|ontrac ground",
        "https://www.ontrac.com/tracking/?number={number}",
        "[CD][0-9]{14}|(1LS|LS|LX|BN)[0-9A-Z]{8,20}",
    ),
    _carrier(
        "Amazon",
        "amazon logistics*|amazon shipping*|amzl|amzl us|amazon com",
        "https://track.amazon.com/tracking/{number}",
        "TB[A-Z][0-9]{10,15}",
    ),
    _carrier(
        "Canada Post",
        "canada post*|postes canada|canadapost|canada post corporation",
        "https://www.canadapost-postescanada.ca/track-reperage/en#/search"
        "?searchFor={number}",
        f"[0-9]{{16}}|{S10}",
    ),
    _carrier(
        "Purolator",
        "purolator*",
        "https://www.purolator.com/en/shipping/tracker?searchValue={number}",
        "[0-9]{12}|[A-Z]{3}[0-9]{9}",
    ),
    _carrier(
        "Royal Mail",
        "royal mail*|royalmail",
        "https://www.royalmail.com/track-your-item#/tracking-results/{number}",
        f"{S10}|[0-9A-F]{{8}}|[0-9]{{20,22}}",
    ),
    _carrier(
        "Parcelforce",
        "parcelforce*|parcel force*",
        "https://www.parcelforce.com/track-trace?trackNumber={number}",
        f"{S10}|[A-Z]{{2}}[0-9]{{7}}",
    ),
    _carrier(
        "Evri",
        "evri*|hermes uk|myhermes|my hermes|myhermes uk|hermes world",
        "https://www.evri.com/track/parcel/{number}",
    ),
    _carrier(
        "Yodel",
        "yodel*",
        "https://www.yodel.co.uk/tracking/{number}",
        "JJD[0-9A-Z]{12,18}",
    ),
    _carrier(
        "DPD UK",
        "dpd uk*|dpd local*|dpd co uk",
        "https://track.dpd.co.uk/search?reference={number}",
        "[0-9]{14}",
    ),
    _carrier(
        "DPD",
        "dpd*",
        "https://tracking.dpd.de/status/en_US/parcel/{number}",
        "[0-9]{14}[0-9A-Z]?",
    ),
    _carrier(
        "GLS", "gls*", "https://gls-group.eu/EU/en/parcel-tracking?match={number}"
    ),
    _carrier(
        "Hermes",
        "hermes germany|hermes de|hermes paket|hermes versand",
        "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation"
        "#{number}",
    ),
    _carrier(
        "PostNL",
        "postnl*|post nl*",
        "https://jouw.postnl.nl/track-and-trace/{number}",
        f"3S[0-9A-Z]{{9,15}}|{S10}",
    ),
    _carrier(
        "bpost",
        "bpost*|belgian post",
        "https://track.bpost.cloud/btr/web/#/search?itemCode={number}",
    ),
    _carrier(
        "La Poste",
        "la poste|laposte|colissimo*|la poste colissimo*|lettre suivie",
        "https://www.laposte.fr/outils/suivre-vos-envois?code={number}",
        f"[0-9][A-Z0-9][0-9]{{11}}|{S10}",
    ),
    _carrier(
        "Chronopost",
        "chronopost*",
        "https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT={number}",
    ),
    _carrier(
        "Correos",
        "correos espana|correos es|correos express|correos spain|correos y telegrafos",
        "https://www.correos.es/es/es/herramientas/localizador/envios/detalle"
        "?tracking-number={number}",
    ),
    _carrier(
        "Poste Italiane",
        "poste italiane*|poste it",
        "https://www.poste.it/cerca/index.html#/risultati-spedizioni/{number}",
    ),
    _carrier(
        "Austrian Post",
        "austrian post*|post at|osterreichische post*|oesterreichische post*"
        "|Österreichische post*|österreichische post*",
        "https://www.post.at/sv/sendungsdetails?snr={number}",
    ),
    _carrier(
        "Swiss Post",
        "swiss post*|die schweizerische post|la poste suisse|post ch",
        "https://service.post.ch/ekp-web/ui/entry/search/{number}",
        f"99[0-9]{{16}}|{S10}",
    ),
    _carrier(
        "PostNord",
        "postnord*|post nord*",
        "https://tracking.postnord.com/en/tracking?id={number}",
    ),
    _carrier(
        "InPost",
        "inpost*|paczkomaty",
        "https://inpost.pl/sledzenie-przesylek?number={number}",
    ),
    _carrier(
        "TNT",
        "tnt*",
        "https://www.tnt.com/express/en_us/site/shipping-tools/tracking.html"
        "?searchType=con&cons={number}",
        "(GE|GD)?[0-9]{9}(WW|[A-Z]{2})?",
    ),
    _carrier(
        "Aramex",
        "aramex*",
        "https://www.aramex.com/us/en/track/results?ShipmentNumber={number}",
        "[0-9]{10,12}",
    ),
    _carrier(
        "Israel Post",
        "israel post*|israel postal company|דואר ישראל",
        "https://mypost.israelpost.co.il/itemtrace?itemcode={number}",
        f"{S10}|[0-9]{{13}}",
    ),
    _carrier(
        "Australia Post",
        "australia post*|auspost*|aus post",
        "https://auspost.com.au/mypost/track/details/{number}",
    ),
    _carrier(
        "NZ Post",
        "nz post*|new zealand post*|nzpost",
        "https://www.nzpost.co.nz/tools/tracking/item/{number}",
    ),
    _carrier(
        "Japan Post",
        "japan post*|jp post",
        "https://trackings.post.japanpost.jp/services/srv/search/direct"
        "?locale=en&reqCodeNo1={number}",
        f"[0-9]{{11,12}}|{S10}",
    ),
    _carrier(
        "YunExpress",
        "yunexpress*|yun express*|yuntrack",
        "https://www.yuntrack.com/parcelTracking?id={number}",
        "YT[0-9]{16}",
    ),
    _carrier(
        "SF Express",
        "sf express*|sf international|shunfeng*|s f express",
        "https://www.sf-international.com/us/en/dynamic_function/waybill/"
        "#search/bill-number/{number}",
        "SF[0-9]{12,15}|[0-9]{12}",
    ),
    _carrier("4PX", "4px*", "https://track.4px.com/#/result/0/{number}"),
    _carrier(
        "Cainiao",
        "cainiao*|aliexpress standard shipping",
        "https://global.cainiao.com/newDetail.htm?mailNoList={number}",
    ),
    _carrier(
        "Yanwen",
        "yanwen*",
        "https://track.yw56.com.cn/en/querydel?nums={number}",
    ),
)
