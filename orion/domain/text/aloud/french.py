"""What French tells the rules."""

from __future__ import annotations

from functools import partial

from orion.domain.text.aloud.tongue import (
    Tongue,
    address_signs,
    fraction_in_words,
    in_24_hours,
    money,
    months,
    units,
)
from orion.domain.text.numerals.romance import french, french_ordinal
from orion.domain.text.vocabulary import LANGUAGES

_MONTHS, _SHORT = months(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janv févr/fév - avr - - juil - sept oct nov déc",
)
_UNITS = units(
    "km = kilomètre; m = mètre; cm = centimètre; mm = millimètre; m² m2 = mètre carré, mètres carrés; km² "
    "km2 = kilomètre carré, kilomètres carrés; m³ m3 = mètre cube, mètres cubes; ha = hectare; kg = "
    "kilogramme; g = gramme; mg = milligramme; t = tonne, tonnes, f; l L = litre; ml mL = millilitre; cl = "
    "centilitre; s = seconde, secondes, f; ms = milliseconde, millisecondes, f; min = minute, minutes, f; h"
    " = heure, heures, f; km/h = kilomètre à l'heure, kilomètres à l'heure; m/s = mètre par seconde, mètres"
    " par seconde; W = watt; kW = kilowatt; kWh = kilowattheure; V = volt; A = ampère; Hz = hertz, hertz; "
    "kHz = kilohertz, kilohertz; MHz = mégahertz, mégahertz; GHz = gigahertz, gigahertz; ko kB = kilooctet;"
    " Mo MB = mégaoctet; Go GB = gigaoctet; To TB = téraoctet; °C ºC ℃ = degré Celsius, degrés Celsius; °F "
    "ºF ℉ = degré Fahrenheit, degrés Fahrenheit; ° º = degré; % = pour cent, pour cent; ‰ = pour mille, "
    "pour mille"
)
_MONEY = money(
    "€ EUR euro euros = euro | centime; $ USD US$ = dollar | cent; £ GBP = livre, livres, f | penny, pence;"
    " CHF = franc | centime; ¥ JPY = yen; ₹ INR = roupie, roupies, f; ₩ = won; ₽ RUB = rouble; ₺ TRY = "
    "livre turque, livres turques, f; ₪ = shekel; ¢ = centime; CAD CA$ = dollar canadien, dollars canadiens"
)
_SCALES = units(
    "k mille = mille, mille; M million millions = million, millions; Md Mds milliard milliards = milliard, "
    "milliards"
)
_SHORTS = {
    "p. ex.": "par exemple",
    "p.ex.": "par exemple",
    "c.-à-d.": "c'est-à-dire",
    "etc.": "et cetera",
    "env.": "environ",
    "M.": "Monsieur",
    "MM.": "Messieurs",
    "Mme": "Madame",
    "Mlle": "Mademoiselle",
    "Dr": "Docteur",
    "n°": "numéro",
    "n.º": "numéro",
    "tél.": "téléphone",
    "av. J.-C.": "avant Jésus-Christ",
    "apr. J.-C.": "après Jésus-Christ",
    "bd": "boulevard",
    "vs": "contre",
}


def tongue(region: str) -> Tongue:
    """French of a region: Belgians and Swiss count "septante", "nonante"."""
    cardinal = partial(french, decimal_tens=region in {"be", "ch"})
    return Tongue(
        name="fr",
        region=region,
        signs=LANGUAGES["fr"],
        cardinal=cardinal,
        ordinal=french_ordinal,
        year=cardinal,
        decimal=",",
        point="virgule",
        months=_MONTHS,
        month_short=_SHORT,
        month_first=False,
        date=lambda day, month, year, _first, _before: " ".join(
            filter(
                None,
                (
                    "premier" if day == 1 else cardinal(day) if day else "",
                    _MONTHS[month - 1],
                    cardinal(year) if year else "",
                ),
            )
        ),
        time=_time,
        money=_MONEY,
        scales=_SCALES,
        units=_UNITS,
        per="par",
        fraction=fraction_in_words(LANGUAGES["fr"], cardinal),
        code_words="code|pin|passe|numéro|no|référence|réf|dossier|billet|réservation|commande|compte|carte|"
        "téléphone|tél|fax|mobile|portable|postal|iban|identifiant|appelez",
        address_signs=address_signs(
            "point, barre oblique, tiret, tiret bas, point d'interrogation, égal, et, arobase, dièse, pour "
            "cent, plus, deux-points, tilde"
        ),
        and_so_on="et ainsi de suite",
        by="sur",
        ratio="à",
        over="sur",
        version="version",
        cents_named=False,
        ordinals=lambda match: "première" if match[0] in {"1re", "1ère"} else french_ordinal(int(match[1])),
        ordinal_mark=r"(?:er|re|ère|ème|e|ᵉ)(?!\w)",
        shorts=_SHORTS,
    )


def _time(hour: int, minute: int, second: int, half: str) -> str:
    hour = in_24_hours(hour, half)
    said = f"{french(hour, 'f')} heure{'s' if hour > 1 else ''}"
    if minute > 0 or second > 0:
        said += f" {french(max(minute, 0), 'f')}"
    if second > 0:
        said += f" et {french(second, 'f')} seconde{'s' if second > 1 else ''}"
    return said
