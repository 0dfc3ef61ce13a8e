"""What Portuguese tells the rules."""

from __future__ import annotations

from functools import partial

from orion.domain.text.aloud.tongue import (
    Tongue,
    Unit,
    address_signs,
    fraction_in_words,
    in_24_hours,
    money,
    months,
    units,
)
from orion.domain.text.numerals.romance import marked_ordinal, portuguese
from orion.domain.text.vocabulary import LANGUAGES

_MONTHS, _SHORT = months(
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "jan fev mar abr mai jun jul ago set out nov dez",
)
_UNITS = units(
    "km = quilómetro; m = metro; cm = centímetro; mm = milímetro; m² m2 = metro quadrado, metros quadrados;"
    " km² km2 = quilómetro quadrado, quilómetros quadrados; m³ m3 = metro cúbico, metros cúbicos; ha = "
    "hectare; kg = quilograma; g = grama; mg = miligrama; t = tonelada, toneladas, f; l L = litro; ml = "
    "mililitro; s seg = segundo; ms = milissegundo; min = minuto; h = hora, horas, f; km/h = quilómetro por"
    " hora, quilómetros por hora; m/s = metro por segundo, metros por segundo; W = watt; kW = quilowatt; "
    "kWh = quilowatt-hora, quilowatts-hora; V = volt; A = ampere; Hz = hertz, hertz; kHz = quilohertz, "
    "quilohertz; MHz = megahertz, megahertz; GHz = gigahertz, gigahertz; kB KB = kilobyte; MB = megabyte; "
    "GB = gigabyte; TB = terabyte; °C ºC ℃ = grau Celsius, graus Celsius; °F ºF ℉ = grau Fahrenheit, graus "
    "Fahrenheit; ° º = grau; % = por cento, por cento; ‰ = por mil, por mil"
)
_MONEY = money(
    "€ EUR euros euro = euro | cêntimo; $ USD US$ dólares = dólar, dólares | cêntimo; "
    "£ GBP libras = libra, libras, f | péni, pence; CHF = franco | cêntimo; ¥ JPY = iene; "
    "R$ BRL reais = real, reais | centavo; ₹ INR = rupia, rupias, f; ₩ = won; ₽ RUB = rublo; "
    "₺ TRY = lira, liras, f; ₪ = shekel; ¢ = cêntimo"
)
_BRAZIL = money(
    "€ EUR euros euro = euro | centavo; $ USD US$ dólares = dólar, dólares | centavo; ¢ = centavo"
)
_SCALES = units(
    "k mil = mil, mil; M mi milhão milhões = milhão, milhões; bi bilhão bilhões = bilhão, bilhões"
)
_SHORTS = {
    "p. ex.": "por exemplo",
    "p.ex.": "por exemplo",
    "ex.": "exemplo",
    "etc.": "et cetera",
    "aprox.": "aproximadamente",
    "Sr.": "Senhor",
    "Sra.": "Senhora",
    "Dr.": "Doutor",
    "Dra.": "Doutora",
    "Prof.": "Professor",
    "n.º": "número",
    "nº": "número",
    "pág.": "página",
    "tel.": "telefone",
    "Av.": "Avenida",
    "a.C.": "antes de Cristo",
    "d.C.": "depois de Cristo",
}


def tongue(region: str) -> Tongue:
    """Portuguese of Portugal, or of Brazil."""
    brazil = region == "br"
    cardinal = partial(portuguese, brazil=brazil)
    return Tongue(
        name="pt",
        region=region,
        signs=LANGUAGES["pt"],
        cardinal=cardinal,
        ordinal=lambda number: "primeiro" if number == 1 else cardinal(number),
        year=cardinal,
        decimal=",",
        point="vírgula",
        months=_MONTHS,
        month_short=_SHORT,
        month_first=False,
        date=lambda day, month, year, _first, _before: " de ".join(
            filter(
                None,
                (
                    "primeiro" if day == 1 else cardinal(day) if day else "",
                    _MONTHS[month - 1],
                    cardinal(year) if year else "",
                ),
            )
        ),
        time=lambda hour, minute, second, half: _time(cardinal, in_24_hours(hour, half), minute, second),
        money=_MONEY | _BRAZIL if brazil else _MONEY,
        scales=_SCALES,
        units=_brazilian(_UNITS) if brazil else _UNITS,
        per="por",
        fraction=fraction_in_words(LANGUAGES["pt"], cardinal),
        code_words="código|pin|senha|número|referência|bilhete|reserva|pedido|encomenda|conta|cartão|telefone|tel|"
        "fax|telemóvel|celular|postal|cep|iban|id|processo",
        address_signs=address_signs(
            "ponto, barra, hífen, sublinhado, ponto de interrogação, igual, e, arroba, cardinal, por cento,"
            " mais, dois pontos, til"
        ),
        and_so_on="e assim por diante",
        by="por",
        ratio="a",
        over="sobre",
        version="versão",
        feminine=r"(?:as?|ção|ções|dades?|gem|gens)\Z",
        ordinals=lambda match: marked_ordinal("pt", int(match[1]), match[0][-1]),
        ordinal_mark=r"\.?[ºª](?!\s?[CF]\b)",
        shorts=_SHORTS,
    )


def _brazilian(known: dict[str, Unit]) -> dict[str, Unit]:
    """Brazil writes "quilômetro"."""
    return {
        sign: Unit(unit.one.replace("quiló", "quilô"), unit.many.replace("quiló", "quilô"), unit.gender)
        for sign, unit in known.items()
    }


def _time(cardinal: partial[str], hour: int, minute: int, second: int) -> str:
    said = str(cardinal(hour, "f"))
    if minute > 0 or second > 0:
        said += f" e {cardinal(max(minute, 0))}"
    elif minute == 0:
        said += f" hora{'' if hour == 1 else 's'}"
    if second > 0:
        said += f" e {cardinal(second, 'm')} segundo{'' if second == 1 else 's'}"
    return said
