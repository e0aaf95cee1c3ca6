"""Names in seven scripts, each beside the ASCII that its owner's sign-in name is made of.

Entra ID allows ASCII letters, digits and `' . - _ ! # ^ ~` before the @ of a UPN; names themselves may be anything.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Culture:
    """Given names and surnames as (written, ascii), of women and of men. surname_first: how a full name is written."""

    women: tuple[tuple[str, str], ...]
    men: tuple[tuple[str, str], ...]
    womens_surnames: tuple[tuple[str, str], ...]
    mens_surnames: tuple[tuple[str, str], ...]
    surname_first: bool = False


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """`Åse=ase Nina` becomes (("Åse", "ase"), ("Nina", "nina"))."""
    return tuple((written, plain or written.lower()) for written, _, plain in (w.partition("=") for w in text.split()))


def _culture(women: str, men: str, surnames: str, mens_surnames: str = "", surname_first: bool = False) -> Culture:
    return Culture(_pairs(women), _pairs(men), _pairs(surnames), _pairs(mens_surnames or surnames), surname_first)


_LATIN = _culture(
    "Alice Amara Chloe Elena Emma Fatou Grace Hannah Imogen Julia Lucía=lucia Maria Naomi Nora Priya Rosa Sofia"
    " Zoë=zoe",
    "Benjamin Carlos Daniel Emeka Finn Ian James Kofi Leon Luca Mateo Oscar Rafael Ravi Samuel Sean Thomas",
    "Adeyemi Baker Bianchi Brown D'Angelo Clarke Dubois Evans Fernández=fernandez García=garcia Hughes Johnson"
    " López=lopez Martin Mensah Moreau Müller=mueller N'Diaye O'Brien O'Neill Okafor Patel Rossi Schmidt Silva"
    " Smith Taylor Walker Wright",
)
_NORWEGIAN = _culture(
    "Anne Åse=ase Bjørg=bjorg Eli Gunnhild Hilde Ingrid Kari Magnhild Mette Ragnhild Sigrid Silje Solveig Tuva Unni",
    "Anders Asbjørn=asbjorn Bjørn=bjorn Dagfinn Eirik Håkon=hakon Jørgen=jorgen Kåre=kare Knut Lars Nils Odd Ola"
    " Svein Tore Øyvind=oyvind",
    "Andersen Bakke Berg Bjørnstad=bjornstad Bråten=braten Dahl Eide Fjeld Grønli=gronli Haugen Hovland"
    " Jørgensen=jorgensen Kvåle=kvale Larsen Lunde Moen Myhre Nygård=nygard Næss=naess Rønning=ronning Sæther=saether"
    " Solbakken Strand Sørensen=sorensen Tangen Vik Ødegård=odegard Østby=ostby Åsheim=asheim",
)
_LATVIAN = _culture(
    "Agnese Anna Baiba Dace Elīna=elina Ilze Inese Kristīne=kristine Laima Līga=liga Sandra Santa Vija Zane"
    " Žanete=zanete",
    "Aivars Andris Dainis Dzintars Edgars Gints Jānis=janis Kārlis=karlis Māris=maris Mārtiņš=martins Oskars"
    " Pēteris=peteris Raimonds Uldis Valdis",
    "Āboliņa=abolina Balode Bērziņa=berzina Briede Eglīte=eglite Grīnberga=grinberga Jansone Kalniņa=kalnina"
    " Kārkliņa=karklina Krūmiņa=krumina Lāce=lace Liepa Ozola Pētersone=petersone Priede Rozīte=rozite Siliņa=silina"
    " Šmite=smite Strazdiņa=strazdina Upīte=upite Vanaga Vītola=vitola Zariņa=zarina Žagare=zagare",
    "Āboliņš=abolins Balodis Bērziņš=berzins Briedis Eglītis=eglitis Grīnbergs=grinbergs Jansons Kalniņš=kalnins"
    " Kārkliņš=karklins Krūmiņš=krumins Lācis=lacis Liepa Ozols Pētersons=petersons Priede Rozītis=rozitis"
    " Siliņš=silins Šmits=smits Strazdiņš=strazdins Upītis=upitis Vanags Vītols=vitols Zariņš=zarins Žagars=zagars",
)
_GREEK = _culture(
    "Αθηνά=athina Άννα=anna Δέσποινα=despoina Ελένη=eleni Ιωάννα=ioanna Κατερίνα=katerina Μαρία=maria Σοφία=sofia",
    "Αλέξανδρος=alexandros Βασίλης=vasilis Γιώργος=giorgos Δημήτρης=dimitris Κώστας=kostas Νίκος=nikos"
    " Χρήστος=christos",
    "Αγγελοπούλου=angelopoulou Αντωνίου=antoniou Βλάχου=vlachou Γεωργίου=georgiou Δημητρίου=dimitriou"
    " Καραγιάννη=karagianni Μακρή=makri Νικολάου=nikolaou Οικονόμου=oikonomou Παππά=pappa Σταύρου=stavrou",
    "Αγγελόπουλος=angelopoulos Αντωνίου=antoniou Βλάχος=vlachos Γεωργίου=georgiou Δημητρίου=dimitriou"
    " Καραγιάννης=karagiannis Μακρής=makris Νικολάου=nikolaou Οικονόμου=oikonomou Παππάς=pappas Σταύρου=stavrou",
)
_CYRILLIC = _culture(
    "Анастасія=anastasiia Вера=vera Дарина=daryna Катерина=kateryna Людмила=ljudmyla Марія=mariia Наталя=natalia"
    " Оксана=oksana Юлія=yuliia",
    "Андрій=andrii Богдан=bohdan Віктор=viktor Дмитро=dmytro Іван=ivan Милан=milan Олег=oleh Петър=petar Юрій=yurii",
    "Бондаренко=bondarenko Гончар=honchar Димитрова=dimitrova Іваненко=ivanenko Йовановић=jovanovic Коваль=koval"
    " Кравчук=kravchuk Лисенко=lysenko Мельник=melnyk Петрова=petrova Ткаченко=tkachenko Шевченко=shevchenko"
    " Щербак=shcherbak",
    "Бондаренко=bondarenko Гончар=honchar Димитров=dimitrov Іваненко=ivanenko Йовановић=jovanovic Коваль=koval"
    " Кравчук=kravchuk Лисенко=lysenko Мельник=melnyk Петров=petrov Ткаченко=tkachenko Шевченко=shevchenko"
    " Щербак=shcherbak",
)
_ARABIC = _culture(
    "أمينة=amina جميلة=jamila رانيا=rania سلمى=salma فاطمة=fatima ليلى=layla مريم=maryam ياسمين=yasmin",
    "أحمد=ahmad باسل=basil حسن=hasan خالد=khalid طارق=tariq عمر=omar كريم=karim يوسف=yusuf",
    "الأحمد=alahmad البغدادي=albaghdadi الحداد=alhaddad الخوري=alkhoury الزهراوي=alzahrawi السيد=alsayed"
    " الفارسي=alfarsi القاسم=alqasim المصري=almasri النجار=alnajjar حمدان=hamdan منصور=mansour",
)
_CHINESE = _culture(
    "芳=fang 娜=na 秀英=xiuying 静=jing 丽=li 艳=yan 雨桐=yutong 梦洁=mengjie 晓燕=xiaoyan",
    "伟=wei 强=qiang 磊=lei 勇=yong 军=jun 杰=jie 晓明=xiaoming 思远=siyuan 浩然=haoran",
    "王=wang 李=li 张=zhang 刘=liu 陈=chen 杨=yang 黄=huang 赵=zhao 吴=wu 周=zhou 徐=xu 孙=sun 马=ma 欧阳=ouyang",
    surname_first=True,
)

CULTURES = {
    "n": _NORWEGIAN,
    "e": _LATIN,
    "l": _LATVIAN,
    "g": _GREEK,
    "c": _CYRILLIC,
    "a": _ARABIC,
    "z": _CHINESE,
}

# The organisation is Norwegian with an office in Riga. Neither length shares a factor with the other or with the
# rounds of cases (50), so that in the long run every case meets every script.
_CULTURE_ROUND = "nenlecnelanznelgnenelnc"
_WOMAN_ROUND = "wmwwmmwmwmmwwmmwmwwmmwmwmwwmmwm"


def hint(number: int) -> str:
    """What the person with this number is called like: a key of CULTURES, then `w` or `m`."""
    return _CULTURE_ROUND[number % len(_CULTURE_ROUND)] + _WOMAN_ROUND[number % len(_WOMAN_ROUND)]


APOSTROPHE = ("O'Brien", "o'brien")

LONGEST = (
    "Maximiliane Alexandra Josephine",
    "von Hohenstaufen-Wittelsbach-Lam",
    "maximiliane.alexandra.josephine.von.hohenstaufen-wittelsbach-lam",
)
"""Given name and surname, 64 characters together, and the local part of the UPN, 64 as well: the most Entra takes."""

DEPARTMENTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Sales", ("Account Manager", "Sales Lead", "Sales Assistant")),
    ("Engineering", ("Engineer", "Senior Engineer", "Test Engineer", "Architect")),
    ("Customer Service", ("Adviser", "Team Lead", "Specialist")),
    ("Finance", ("Accountant", "Controller", "Payroll Officer")),
    ("People", ("People Partner", "Recruiter")),
    ("Operations", ("Planner", "Operator", "Shift Lead", "Fitter")),
    ("Legal", ("Counsel", "Privacy Officer")),
    ("IT", ("Systems Administrator", "Service Desk Analyst", "Developer")),
)
