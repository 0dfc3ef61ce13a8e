"""What German tells the rules."""

from __future__ import annotations

import re

from orion.domain.text.aloud.tongue import (
    Tongue,
    address_signs,
    fraction_in_words,
    in_24_hours,
    money,
    months,
    units,
)
from orion.domain.text.numerals.germanic import german, german_ordinal, german_year
from orion.domain.text.vocabulary import LANGUAGES

_MONTHS, _SHORT = months(
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "jan/jän feb mär/mrz apr - jun jul aug sep/sept okt nov dez",
)
_DATIVE = re.compile(
    r"(?:\b(?:am|vom|zum|dem|den|im|beim|bis|ab|seit|jeden|diesen|nächsten|letzten|tag,?)|"
    r"\d\.\s(?:und|oder|bis))\s\Z",
    re.IGNORECASE,
)
_WEAK = re.compile(r"\b(?:der|die|das|dieser|jeder)\s\Z", re.IGNORECASE)
_UNITS = units(
    "km = Kilometer, Kilometer; m = Meter, Meter; cm = Zentimeter, Zentimeter; mm = Millimeter, Millimeter;"
    " m² m2 qm = Quadratmeter, Quadratmeter; km² km2 = Quadratkilometer, Quadratkilometer; m³ m3 = "
    "Kubikmeter, Kubikmeter; ha = Hektar, Hektar; kg = Kilogramm, Kilogramm; g = Gramm, Gramm; mg = "
    "Milligramm, Milligramm; t = Tonne, Tonnen, f; l L = Liter, Liter; ml = Milliliter, Milliliter; cl = "
    "Zentiliter, Zentiliter; s Sek. = Sekunde, Sekunden, f; ms = Millisekunde, Millisekunden, f; min Min. "
    "Min = Minute, Minuten, f; h Std. Std = Stunde, Stunden, f; km/h = Kilometer pro Stunde, Kilometer pro "
    "Stunde; m/s = Meter pro Sekunde, Meter pro Sekunde; W = Watt, Watt; kW = Kilowatt, Kilowatt; MW = "
    "Megawatt, Megawatt; kWh = Kilowattstunde, Kilowattstunden, f; V = Volt, Volt; A = Ampere, Ampere; Hz ="
    " Hertz, Hertz; kHz = Kilohertz, Kilohertz; MHz = Megahertz, Megahertz; GHz = Gigahertz, Gigahertz; kB "
    "KB = Kilobyte, Kilobyte; MB = Megabyte, Megabyte; GB = Gigabyte, Gigabyte; TB = Terabyte, Terabyte; "
    "kcal = Kilokalorie, Kilokalorien, f; PS = PS, PS; dB = Dezibel, Dezibel; hPa = Hektopascal, "
    "Hektopascal; °C ºC ℃ = Grad Celsius, Grad Celsius; °F ºF ℉ = Grad Fahrenheit, Grad Fahrenheit; ° º = "
    "Grad, Grad; % = Prozent, Prozent; ‰ = Promille, Promille; Stk. = Stück, Stück"
)
_MONEY = money(
    "€ EUR Euro = Euro, Euro | Cent, Cent; $ USD US$ = Dollar, Dollar | Cent, Cent; £ GBP = Pfund, Pfund | "
    "Penny, Pence; CHF = Franken, Franken | Rappen, Rappen; ¥ JPY = Yen, Yen; ₹ INR = Rupie, Rupien, f; ₩ ="
    " Won, Won; ₽ RUB = Rubel, Rubel; ₺ TRY = Lira, Lira, f; ₪ = Schekel, Schekel; ¢ ct Cent = Cent, Cent; "
    "SEK = schwedische Krone, schwedische Kronen, f; DKK = dänische Krone, dänische Kronen, f; NOK = "
    "norwegische Krone, norwegische Kronen, f; PLN = Zloty, Zloty; CZK = tschechische Krone, tschechische "
    "Kronen, f"
)
_SCALES = units(
    "Tsd. Tsd tausend k = tausend, tausend; Mio. Mio Million Millionen = Million, Millionen, f; "
    "Mrd. Mrd Milliarde Milliarden = Milliarde, Milliarden, f; Bio. Billion Billionen = Billion, Billionen, f"
)
_SHORTS = {
    "z. B.": "zum Beispiel",
    "z.B.": "zum Beispiel",
    "d. h.": "das heißt",
    "d.h.": "das heißt",
    "u. a.": "unter anderem",
    "u.a.": "unter anderem",
    "o. ä.": "oder ähnlich",
    "s. o.": "siehe oben",
    "usw.": "und so weiter",
    "bzw.": "beziehungsweise",
    "ca.": "circa",
    "inkl.": "inklusive",
    "zzgl.": "zuzüglich",
    "evtl.": "eventuell",
    "ggf.": "gegebenenfalls",
    "vgl.": "vergleiche",
    "etc.": "et cetera",
    "Dr.": "Doktor",
    "Prof.": "Professor",
    "Hr.": "Herr",
    "Fr.": "Frau",
    "Nr.": "Nummer",
    "Tel.": "Telefon",
    "Str.": "Straße",
    "St.": "Sankt",
    "Abs.": "Absatz",
    "Art.": "Artikel",
    "Kap.": "Kapitel",
    "Bd.": "Band",
    "Jh.": "Jahrhundert",
    "n. Chr.": "nach Christus",
    "v. Chr.": "vor Christus",
}


def tongue(region: str) -> Tongue:
    """German of a region."""
    return Tongue(
        name="de",
        region=region,
        signs=LANGUAGES["de"],
        cardinal=german,
        ordinal=german_ordinal,
        year=german_year,
        decimal="." if region in {"ch", "li"} else ",",
        point="Punkt" if region in {"ch", "li"} else "Komma",
        months=_MONTHS,
        month_short=_SHORT,
        month_first=False,
        date=_date,
        time=_time,
        money=_MONEY,
        scales=_SCALES,
        units=_UNITS,
        per="pro",
        fraction=fraction_in_words(LANGUAGES["de"], german),
        code_words="code|pin|passwort|kennwort|nummer|nr|tan|kennung|ticket|buchung|bestellung|bestellnummer|"
        "konto|karte|telefon|tel|fax|handy|mobil|plz|postleitzahl|rufnummer|durchwahl|iban|id|aktenzeichen",
        address_signs=address_signs(
            "Punkt, Schrägstrich, Bindestrich, Unterstrich, Fragezeichen, gleich, und, at, Raute, Prozent, "
            "plus, Doppelpunkt, Tilde"
        ),
        and_so_on="und so weiter",
        by="mal",
        ratio="zu",
        over="durch",
        version="Version",
        cents_named=False,
        feminine=r"(?:e|ung|heit|keit|schaft|tion|tät)\Z",
        ordinals=_ordinal,
        ordinal_mark=r"\.(?=\s(?:bis\s|und\s|oder\s)?[\dA-Za-zÄÖÜäöü])",
        shorts=_SHORTS,
    )


def ending(before: str) -> str:
    """The ending of an ordinal by the word before it: "am dritten", "der dritte", "dritter"."""
    return "en" if _DATIVE.search(before) else "e" if _WEAK.search(before) else "er"


def _ordinal(match: re.Match[str]) -> str | None:
    """`der 2. Versuch`: the word before it tells an ordinal from the end of a sentence."""
    before = match.string[max(0, match.start() - 24) : match.start()]
    return german_ordinal(int(match[1]), ending(before)) if ending(before) != "er" else None


def _date(day: int, month: int, year: int, _day_first: bool, before: str) -> str:
    said_year = german_year(year) if year else ""
    said_day = german_ordinal(day, ending(before)) if day else ""
    return " ".join(filter(None, (said_day, _MONTHS[month - 1], said_year)))


def _time(hour: int, minute: int, second: int, half: str) -> str:
    said = f"{german(in_24_hours(hour, half), 'm')} Uhr"
    if minute > 0 or second > 0:
        said += f" {german(max(minute, 0))}"
    if second > 0:
        said += f" und {german(second, 'f')} Sekunde{'' if second == 1 else 'n'}"
    return said
