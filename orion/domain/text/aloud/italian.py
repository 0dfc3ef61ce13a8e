"""What Italian tells the rules."""

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
from orion.domain.text.numerals.romance import italian, marked_ordinal
from orion.domain.text.vocabulary import LANGUAGES

_MONTHS, _SHORT = months(
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "gen feb mar apr mag giu lug ago set/sett ott nov dic",
)
_UNITS = units(
    "km = chilometro, chilometri; m = metro, metri; cm = centimetro, centimetri; mm = millimetro, "
    "millimetri; m² m2 mq = metro quadrato, metri quadrati; km² km2 = chilometro quadrato, chilometri "
    "quadrati; m³ m3 mc = metro cubo, metri cubi; ha = ettaro, ettari; kg = chilogrammo, chilogrammi; g gr "
    "= grammo, grammi; mg = milligrammo, milligrammi; t = tonnellata, tonnellate, f; l L = litro, litri; ml"
    " = millilitro, millilitri; s sec = secondo, secondi; ms = millisecondo, millisecondi; min min. = "
    "minuto, minuti; h = ora, ore, f; km/h = chilometro all'ora, chilometri all'ora; m/s = metro al "
    "secondo, metri al secondo; W = watt, watt; kW = chilowatt, chilowatt; kWh = chilowattora, "
    "chilowattora; V = volt, volt; A = ampere, ampere; Hz = hertz, hertz; kHz = chilohertz, chilohertz; MHz"
    " = megahertz, megahertz; GHz = gigahertz, gigahertz; kB KB = kilobyte, kilobyte; MB = megabyte, "
    "megabyte; GB = gigabyte, gigabyte; TB = terabyte, terabyte; °C ºC ℃ = grado Celsius, gradi Celsius; °F"
    " ºF ℉ = grado Fahrenheit, gradi Fahrenheit; ° º = grado, gradi; % = per cento, per cento; ‰ = per "
    "mille, per mille"
)
_MONEY = money(
    "€ EUR euro = euro, euro | centesimo, centesimi; $ USD US$ dollari = dollaro, dollari | centesimo, "
    "centesimi; £ GBP = sterlina, sterline, f | penny, pence; CHF = franco, franchi | centesimo, centesimi;"
    " ¥ JPY = yen, yen; ₹ INR = rupia, rupie, f; ₩ = won, won; ₽ RUB = rublo, rubli; ₺ TRY = lira turca, "
    "lire turche, f; ₪ = siclo, sicli; ¢ = centesimo, centesimi"
)
_SCALES = units(
    "k mila = mille, mila; M mln milione milioni = milione, milioni; mld miliardo miliardi = miliardo, "
    "miliardi"
)
_SHORTS = {
    "p.es.": "per esempio",
    "p. es.": "per esempio",
    "ad es.": "ad esempio",
    "ecc.": "eccetera",
    "etc.": "eccetera",
    "ca.": "circa",
    "Sig.": "Signor",
    "Sig.ra": "Signora",
    "Sig.na": "Signorina",
    "Dott.": "Dottor",
    "Dott.ssa": "Dottoressa",
    "Prof.": "Professor",
    "Prof.ssa": "Professoressa",
    "Avv.": "Avvocato",
    "Ing.": "Ingegner",
    "n.": "numero",
    "pag.": "pagina",
    "tel.": "telefono",
    "a.C.": "avanti Cristo",
    "d.C.": "dopo Cristo",
    "S.p.A.": "S-P-A",
}


def tongue(region: str) -> Tongue:
    """Italian of a region."""
    return Tongue(
        name="it",
        region=region,
        signs=LANGUAGES["it"],
        cardinal=italian,
        ordinal=lambda number: "primo" if number == 1 else italian(number),
        year=italian,
        decimal=",",
        point="virgola",
        months=_MONTHS,
        month_short=_SHORT,
        month_first=False,
        date=_date,
        time=_time,
        money=_MONEY,
        scales=_SCALES,
        units=_UNITS,
        per="per",
        fraction=fraction_in_words(LANGUAGES["it"], italian),
        code_words="codice|pin|password|numero|biglietto|prenotazione|ordine|conto|carta|telefono|tel|fax|cellulare|"
        "cap|iban|id|pratica|riferimento",
        address_signs=address_signs(
            "punto, barra, trattino, trattino basso, punto interrogativo, uguale, e, chiocciola, "
            "cancelletto, per cento, più, due punti, tilde"
        ),
        and_so_on="e così via",
        by="per",
        ratio="a",
        over="su",
        version="versione",
        cents_named=False,
        feminine=r"(?:a|zione|sione|tà)\Z",
        ordinals=lambda match: marked_ordinal("it", int(match[1]), match[0][-1]),
        ordinal_mark=r"\.?[ºª](?!\s?[CF]\b)",
        shorts=_SHORTS,
    )


def _date(day: int, month: int, year: int, _day_first: bool, _before: str) -> str:
    said_day = "primo" if day == 1 else italian(day) if day else ""
    return " ".join(filter(None, (said_day, _MONTHS[month - 1], italian(year) if year else "")))


def _time(hour: int, minute: int, second: int, half: str) -> str:
    hour = in_24_hours(hour, half)
    said = "una" if hour == 1 else italian(hour)
    if minute > 0 or second > 0:
        said += f" e {italian(max(minute, 0))}"
    if second > 0:
        said += f" e {italian(second, 'm')} second{'o' if second == 1 else 'i'}"
    return said
