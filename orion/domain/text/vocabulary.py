"""The words for signs, by language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One language's words.

    Attributes:
        currencies: Name for one and for many, by its sign.
        hundredths: What a hundredth of a currency is called, where it is said.
        and_cents: What stands between the whole and its hundredths.
        of_scale: What stands between "million" and a currency.
        fractions: Those with a name of their own.
        and_fractions: How they are said behind a whole number; any other follows `and_`.
        parts: A third, several thirds; by the number below the line.
    """

    currencies: Mapping[str, tuple[str, str]]
    fractions: Mapping[str, str]
    and_fractions: Mapping[str, str]
    parts: Mapping[int, tuple[str, str]]
    percent: str
    per_mille: str
    celsius: str
    fahrenheit: str
    degree: tuple[str, str]
    squared: str
    cubed: str
    power: str
    minus: str
    plus: str
    plus_minus: str
    times: str
    divided_by: str
    equals: str
    unequal: str
    about: str
    at_most: str
    at_least: str
    less: str
    more: str
    root: str
    infinity: str
    up_to: str
    number: str
    section: str
    at: str
    and_: str
    and_cents: str = ""
    of_scale: str = ""
    hundredths: Mapping[str, str] = field(default_factory=dict)


_SIGNS = "€£¥$₹₩₽₺₪¢"


def _each(one: str, many: str = "") -> dict[str, tuple[str, str]]:
    """Names of the currencies in the order of `_SIGNS`; `many` where they differ from those for one."""
    names = one.split()
    return dict(zip(_SIGNS, zip(names, many.split() or names, strict=True), strict=True))


def _parts(one: str, many: str) -> dict[int, tuple[str, str]]:
    """Names of a third, fourth, fifth, sixth, eighth, and of several."""
    return dict(zip((3, 4, 5, 6, 8), zip(one.split(), many.split(), strict=True), strict=True))


LANGUAGES = {
    "en": Vocabulary(
        currencies=_each(
            "euro pound yen dollar rupee won rouble lira shekel cent",
            "euros pounds yen dollars rupees won roubles lira shekels cents",
        ),
        hundredths={"€": "cents", "$": "cents", "£": "pence"},
        and_cents="and",
        fractions={"½": "one half", "¼": "a quarter", "¾": "three quarters"},
        and_fractions={"½": "and a half"},
        parts=_parts("third quarter fifth sixth eighth", "thirds quarters fifths sixths eighths"),
        percent="percent",
        per_mille="per thousand",
        celsius="degrees Celsius",
        fahrenheit="degrees Fahrenheit",
        degree=("degree", "degrees"),
        squared="squared",
        cubed="cubed",
        power="to the power of",
        minus="minus",
        plus="plus",
        plus_minus="plus or minus",
        times="times",
        divided_by="divided by",
        equals="equals",
        unequal="is not equal to",
        about="about",
        at_most="at most",
        at_least="at least",
        less="less than",
        more="more than",
        root="square root of",
        infinity="infinity",
        up_to="to",
        number="number",
        section="section",
        at="at",
        and_="and",
    ),
    "de": Vocabulary(
        currencies=_each(
            "Euro Pfund Yen Dollar Rupie Won Rubel Lira Schekel Cent",
            "Euro Pfund Yen Dollar Rupien Won Rubel Lira Schekel Cent",
        ),
        fractions={"½": "ein halb", "¼": "ein Viertel", "¾": "drei Viertel"},
        and_fractions={"½": "einhalb"},
        parts=_parts("Drittel Viertel Fünftel Sechstel Achtel", "Drittel Viertel Fünftel Sechstel Achtel"),
        percent="Prozent",
        per_mille="Promille",
        celsius="Grad Celsius",
        fahrenheit="Grad Fahrenheit",
        degree=("Grad", "Grad"),
        squared="Quadrat",
        cubed="hoch drei",
        power="hoch",
        minus="minus",
        plus="plus",
        plus_minus="plus minus",
        times="mal",
        divided_by="geteilt durch",
        equals="gleich",
        unequal="ungleich",
        about="ungefähr",
        at_most="höchstens",
        at_least="mindestens",
        less="kleiner als",
        more="größer als",
        root="Wurzel aus",
        infinity="unendlich",
        up_to="bis",
        number="Nummer",
        section="Paragraf",
        at="at",
        and_="und",
    ),
    "es": Vocabulary(
        currencies=_each(
            "euro libra yen dólar rupia won rublo lira séquel centavo",
            "euros libras yenes dólares rupias wones rublos liras séqueles centavos",
        ),
        and_cents="con",
        of_scale="de",
        fractions={"½": "un medio", "¼": "un cuarto", "¾": "tres cuartos"},
        and_fractions={"½": "y medio", "¼": "y cuarto"},
        parts=_parts("tercio cuarto quinto sexto octavo", "tercios cuartos quintos sextos octavos"),
        percent="por ciento",
        per_mille="por mil",
        celsius="grados Celsius",
        fahrenheit="grados Fahrenheit",
        degree=("grado", "grados"),
        squared="al cuadrado",
        cubed="al cubo",
        power="elevado a",
        minus="menos",
        plus="más",
        plus_minus="más menos",
        times="por",
        divided_by="dividido entre",
        equals="igual a",
        unequal="distinto de",
        about="aproximadamente",
        at_most="como máximo",
        at_least="como mínimo",
        less="menor que",
        more="mayor que",
        root="raíz cuadrada de",
        infinity="infinito",
        up_to="a",
        number="número",
        section="sección",
        at="arroba",
        and_="y",
    ),
    "fr": Vocabulary(
        currencies=_each(
            "euro livre yen dollar roupie won rouble lire shekel centime",
            "euros livres yens dollars roupies wons roubles lires shekels centimes",
        ),
        of_scale="de",
        fractions={"½": "un demi", "¼": "un quart", "¾": "trois quarts"},
        and_fractions={"½": "et demi"},
        parts=_parts("tiers quart cinquième sixième huitième", "tiers quarts cinquièmes sixièmes huitièmes"),
        percent="pour cent",
        per_mille="pour mille",
        celsius="degrés Celsius",
        fahrenheit="degrés Fahrenheit",
        degree=("degré", "degrés"),
        squared="au carré",
        cubed="au cube",
        power="puissance",
        minus="moins",
        plus="plus",
        plus_minus="plus ou moins",
        times="fois",
        divided_by="divisé par",
        equals="égale",
        unequal="différent de",
        about="environ",
        at_most="au plus",
        at_least="au moins",
        less="inférieur à",
        more="supérieur à",
        root="racine carrée de",
        infinity="infini",
        up_to="à",
        number="numéro",
        section="paragraphe",
        at="arobase",
        and_="et",
    ),
    "it": Vocabulary(
        currencies=_each(
            "euro sterlina yen dollaro rupia won rublo lira siclo centesimo",
            "euro sterline yen dollari rupie won rubli lire sicli centesimi",
        ),
        and_cents="e",
        of_scale="di",
        fractions={"½": "un mezzo", "¼": "un quarto", "¾": "tre quarti"},
        and_fractions={"½": "e mezzo"},
        parts=_parts("terzo quarto quinto sesto ottavo", "terzi quarti quinti sesti ottavi"),
        percent="per cento",
        per_mille="per mille",
        celsius="gradi Celsius",
        fahrenheit="gradi Fahrenheit",
        degree=("grado", "gradi"),
        squared="al quadrato",
        cubed="al cubo",
        power="elevato a",
        minus="meno",
        plus="più",
        plus_minus="più o meno",
        times="per",
        divided_by="diviso",
        equals="uguale a",
        unequal="diverso da",
        about="circa",
        at_most="al massimo",
        at_least="almeno",
        less="minore di",
        more="maggiore di",
        root="radice quadrata di",
        infinity="infinito",
        up_to="a",
        number="numero",
        section="paragrafo",
        at="chiocciola",
        and_="e",
    ),
    "nl": Vocabulary(
        currencies=_each("euro pond yen dollar roepie won roebel lira sjekel cent"),
        fractions={"½": "een half", "¼": "een kwart", "¾": "drie kwart"},
        and_fractions={"½": "en een half"},
        parts=_parts("derde kwart vijfde zesde achtste", "derde kwart vijfde zesde achtste"),
        percent="procent",
        per_mille="promille",
        celsius="graden Celsius",
        fahrenheit="graden Fahrenheit",
        degree=("graad", "graden"),
        squared="kwadraat",
        cubed="tot de derde",
        power="tot de macht",
        minus="min",
        plus="plus",
        plus_minus="plus of min",
        times="keer",
        divided_by="gedeeld door",
        equals="is gelijk aan",
        unequal="is niet gelijk aan",
        about="ongeveer",
        at_most="hoogstens",
        at_least="minstens",
        less="kleiner dan",
        more="groter dan",
        root="wortel van",
        infinity="oneindig",
        up_to="tot",
        number="nummer",
        section="paragraaf",
        at="apenstaartje",
        and_="en",
    ),
    "pt": Vocabulary(
        currencies=_each(
            "euro libra iene dólar rupia won rublo lira shekel cêntimo",
            "euros libras ienes dólares rupias wons rublos liras shekels cêntimos",
        ),
        and_cents="e",
        of_scale="de",
        fractions={"½": "um meio", "¼": "um quarto", "¾": "três quartos"},
        and_fractions={"½": "e meio"},
        parts=_parts("terço quarto quinto sexto oitavo", "terços quartos quintos sextos oitavos"),
        percent="por cento",
        per_mille="por mil",
        celsius="graus Celsius",
        fahrenheit="graus Fahrenheit",
        degree=("grau", "graus"),
        squared="ao quadrado",
        cubed="ao cubo",
        power="elevado a",
        minus="menos",
        plus="mais",
        plus_minus="mais ou menos",
        times="vezes",
        divided_by="dividido por",
        equals="igual a",
        unequal="diferente de",
        about="cerca de",
        at_most="no máximo",
        at_least="no mínimo",
        less="menor que",
        more="maior que",
        root="raiz quadrada de",
        infinity="infinito",
        up_to="a",
        number="número",
        section="secção",
        at="arroba",
        and_="e",
    ),
}
