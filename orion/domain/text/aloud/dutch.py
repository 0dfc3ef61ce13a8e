"""What Dutch tells the rules."""

from __future__ import annotations

from orion.domain.text.aloud.tongue import (
    Tongue,
    address_signs,
    fraction_in_words,
    in_24_hours,
    money,
    months,
    units,
)
from orion.domain.text.numerals.germanic import dutch, dutch_ordinal, dutch_year
from orion.domain.text.vocabulary import LANGUAGES

_MONTHS, _SHORT = months(
    "januari februari maart april mei juni juli augustus september oktober november december",
    "jan feb mrt apr - jun jul aug sep/sept okt nov dec",
)
_UNITS = units(
    "km = kilometer, kilometer; m = meter, meter; cm = centimeter, centimeter; mm = millimeter, millimeter;"
    " m² m2 = vierkante meter, vierkante meter; km² = vierkante kilometer, vierkante kilometer; m³ m3 = "
    "kubieke meter, kubieke meter; ha = hectare, hectare; kg = kilogram, kilogram; g = gram, gram; mg = "
    "milligram, milligram; t = ton, ton; l L = liter, liter; ml = milliliter, milliliter; s sec = seconde, "
    "seconden; ms = milliseconde, milliseconden; min min. = minuut, minuten; h = uur, uur; km/h km/u = "
    "kilometer per uur, kilometer per uur; m/s = meter per seconde, meter per seconde; W = watt, watt; kW ="
    " kilowatt, kilowatt; kWh = kilowattuur, kilowattuur; V = volt, volt; A = ampère, ampère; Hz = hertz, "
    "hertz; kHz = kilohertz, kilohertz; MHz = megahertz, megahertz; GHz = gigahertz, gigahertz; kB KB = "
    "kilobyte, kilobyte; MB = megabyte, megabyte; GB = gigabyte, gigabyte; TB = terabyte, terabyte; °C ºC ℃"
    " = graad Celsius, graden Celsius; °F ºF ℉ = graad Fahrenheit, graden Fahrenheit; ° º = graad, graden; "
    "% = procent, procent; ‰ = promille, promille"
)
_MONEY = money(
    "€ EUR euro = euro, euro | cent, cent; $ USD US$ = dollar, dollar | cent, cent; £ GBP = pond, pond | "
    "penny, pence; CHF = frank, frank; ¥ JPY = yen, yen; ₹ INR = roepie, roepies; ₩ = won, won; ₽ RUB = "
    "roebel, roebel; ₺ TRY = lira, lira; ₪ = sjekel, sjekel; ¢ cent = cent, cent"
)
_SCALES = units(
    "k duizend = duizend, duizend; mln. mln M miljoen = miljoen, miljoen; mld. mld miljard = miljard, "
    "miljard; biljoen = biljoen, biljoen"
)
_SHORTS = {
    "bijv.": "bijvoorbeeld",
    "bv.": "bijvoorbeeld",
    "d.w.z.": "dat wil zeggen",
    "enz.": "enzovoort",
    "o.a.": "onder andere",
    "m.b.t.": "met betrekking tot",
    "i.p.v.": "in plaats van",
    "ca.": "circa",
    "incl.": "inclusief",
    "excl.": "exclusief",
    "etc.": "et cetera",
    "dhr.": "de heer",
    "mevr.": "mevrouw",
    "dr.": "dokter",
    "Dr.": "Dokter",
    "prof.": "professor",
    "nr.": "nummer",
    "blz.": "bladzijde",
    "tel.": "telefoon",
    "a.u.b.": "alstublieft",
}


def tongue(region: str) -> Tongue:
    """Dutch of a region."""
    return Tongue(
        name="nl",
        region=region,
        signs=LANGUAGES["nl"],
        cardinal=dutch,
        ordinal=dutch_ordinal,
        year=dutch_year,
        decimal=",",
        point="komma",
        months=_MONTHS,
        month_short=_SHORT,
        month_first=False,
        date=_date,
        time=_time,
        money=_MONEY,
        scales=_SCALES,
        units=_UNITS,
        per="per",
        fraction=fraction_in_words(LANGUAGES["nl"], dutch),
        code_words="code|pincode|pin|wachtwoord|nummer|nr|ticket|boeking|bestelling|bestelnummer|rekening|kaart|"
        "telefoon|telefoonnummer|tel|fax|mobiel|postcode|iban|id",
        address_signs=address_signs(
            "punt, slash, streepje, laag streepje, vraagteken, is, en, apenstaartje, hekje, procent, plus, "
            "dubbele punt, tilde"
        ),
        and_so_on="enzovoort",
        by="bij",
        ratio="tegen",
        over="gedeeld door",
        version="versie",
        cents_named=False,
        shorts=_SHORTS,
    )


def _date(day: int, month: int, year: int, _day_first: bool, _before: str) -> str:
    said = [dutch(day) if day else "", _MONTHS[month - 1], dutch_year(year) if year else ""]
    return " ".join(filter(None, said))


def _time(hour: int, minute: int, second: int, half: str) -> str:
    said = f"{dutch(in_24_hours(hour, half))} uur"
    if minute > 0 or second > 0:
        said += f" {dutch(max(minute, 0))}"
    if second > 0:
        said += f" en {dutch(second)} seconde{'' if second == 1 else 'n'}"
    return said
