"""What Spanish tells the rules."""

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
from orion.domain.text.numerals.romance import marked_ordinal, spanish
from orion.domain.text.vocabulary import LANGUAGES

_POINT_REGIONS = frozenset("mx us pr gt hn ni sv pa do".split())
"""These write a point before the decimals."""
_MONTHS, _SHORT = months(
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ene feb mar abr may jun jul ago sep/sept/set oct nov dic",
)
_UNITS = units(
    "km = kilómetro; m = metro; cm = centímetro; mm = milímetro; m² m2 = metro cuadrado, metros cuadrados; "
    "km² km2 = kilómetro cuadrado, kilómetros cuadrados; m³ m3 = metro cúbico, metros cúbicos; ha = "
    "hectárea, hectáreas, f; kg = kilogramo; g = gramo; mg = miligramo; t = tonelada, toneladas, f; l L = "
    "litro; ml = mililitro; s seg = segundo; ms = milisegundo; min = minuto; h = hora, horas, f; km/h = "
    "kilómetro por hora, kilómetros por hora; m/s = metro por segundo, metros por segundo; W = vatio; kW = "
    "kilovatio; kWh = kilovatio hora, kilovatios hora; V = voltio; A = amperio; Hz = hercio; kHz = "
    "kilohercio; MHz = megahercio; GHz = gigahercio; kB KB = kilobyte; MB = megabyte; GB = gigabyte; TB = "
    "terabyte; °C ºC ℃ = grado Celsius, grados Celsius; °F ºF ℉ = grado Fahrenheit, grados Fahrenheit; ° º "
    "= grado; % = por ciento, por ciento; ‰ = por mil, por mil"
)
_MONEY = money(
    "€ EUR euros euro = euro | céntimo; $ USD US$ dólares = dólar, dólares | centavo; "
    "£ GBP libras = libra, libras, f | penique; CHF = franco | céntimo; ¥ JPY = yen, yenes; "
    "₹ INR = rupia, rupias, f; ₩ = won, wones; ₽ RUB = rublo; ₺ TRY = lira, liras, f; ₪ = séquel, séqueles; "
    "¢ = centavo; MXN pesos = peso | centavo; ARS COP CLP = peso | centavo"
)
_SCALES = units(
    "k mil = mil, mil; M mill. millón millones = millón, millones; billón billones = billón, billones"
)
_SHORTS = {
    "p. ej.": "por ejemplo",
    "p.ej.": "por ejemplo",
    "etc.": "etcétera",
    "aprox.": "aproximadamente",
    "Sr.": "Señor",
    "Sra.": "Señora",
    "Srta.": "Señorita",
    "Dr.": "Doctor",
    "Dra.": "Doctora",
    "Ud.": "usted",
    "Uds.": "ustedes",
    "EE. UU.": "Estados Unidos",
    "EE.UU.": "Estados Unidos",
    "n.º": "número",
    "núm.": "número",
    "pág.": "página",
    "tel.": "teléfono",
    "Avda.": "Avenida",
    "a. C.": "antes de Cristo",
    "d. C.": "después de Cristo",
}


def tongue(region: str) -> Tongue:
    """Spanish of a region."""
    is_point = region in _POINT_REGIONS
    return Tongue(
        name="es",
        region=region,
        signs=LANGUAGES["es"],
        cardinal=spanish,
        ordinal=lambda number: "primero" if number == 1 else spanish(number),
        year=spanish,
        decimal="." if is_point else ",",
        point="punto" if is_point else "coma",
        months=_MONTHS,
        month_short=_SHORT,
        month_first=region in {"us", "pr"},
        date=_date,
        time=_time,
        money=_MONEY,
        scales=_SCALES,
        units=_UNITS,
        per="por",
        fraction=fraction_in_words(LANGUAGES["es"], spanish),
        code_words="código|pin|contraseña|clave|número|núm|referencia|billete|reserva|pedido|cuenta|tarjeta|"
        "teléfono|tel|fax|móvil|celular|postal|iban|id|expediente",
        address_signs=address_signs(
            "punto, barra, guion, guion bajo, signo de interrogación, igual, y, arroba, almohadilla, por "
            "ciento, más, dos puntos, virgulilla"
        ),
        and_so_on="y así sucesivamente",
        by="por",
        ratio="a",
        over="sobre",
        version="versión",
        cents_named=False,
        feminine=r"(?:as?|ión|iones|dad|dades|tud)\Z",
        ordinals=lambda match: marked_ordinal("es", int(match[1]), match[0][-1]),
        ordinal_mark=r"\.?[ºª](?!\s?[CF]\b)",
        shorts=_SHORTS,
    )


def _date(day: int, month: int, year: int, _day_first: bool, _before: str) -> str:
    said_day = "primero" if day == 1 else spanish(day) if day else ""
    return " de ".join(filter(None, (said_day, _MONTHS[month - 1], spanish(year) if year else "")))


def _time(hour: int, minute: int, second: int, half: str) -> str:
    hour = in_24_hours(hour, half)
    said = spanish(hour, "f")
    if minute > 0 or second > 0:
        said += f" y {spanish(max(minute, 0))}"
    elif minute == 0 and (hour == 0 or hour > 12):
        said += " horas"
    if second > 0:
        said += f" y {spanish(second, 'm')} segundo{'' if second == 1 else 's'}"
    return said
