"""Names in seven scripts, each beside the ASCII that its owner's sign-in name is made of.

Entra ID allows ASCII letters, digits and `' . - _ ! # ^ ~` before the @ of a UPN; names themselves may be anything.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Culture:
    """Given names and surnames as (written, ascii). surname_first: how a full name is written."""

    name: str
    given: tuple[tuple[str, str], ...]
    surnames: tuple[tuple[str, str], ...]
    surname_first: bool = False


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """`Åse=aase Nina` → (("Åse", "aase"), ("Nina", "nina")); `_` stands for a space within a name."""
    pairs = []
    for word in text.split():
        written, _, plain = word.partition("=")
        pairs.append((written.replace("_", " "), plain or written.lower()))
    return tuple(pairs)


ENGLISH = Culture(
    "latin",
    _pairs(
        "Alice Amara Benjamin Carlos Chloe Daniel Elena Emma Fatou Finn Grace Hannah Ian Imogen James Julia"
        " Leon Lucía=lucia Maria Mateo Naomi Nora Oscar Priya Rosa Samuel Sean Sofia Thomas Zoë=zoe"
    ),
    _pairs(
        "Adeyemi Baker Bianchi Brown D'Angelo Clarke Dubois Evans Fernández=fernandez García=garcia Hughes"
        " Johnson Kowalski López=lopez Martin Moreau Müller=mueller N'Diaye Novak O'Brien O'Neill Okafor Patel"
        " Rossi Schmidt Silva Smith Taylor Walker Wright"
    ),
)
NORWEGIAN = Culture(
    "norwegian",
    _pairs(
        "Anders Anne Asbjørn=asbjorn Åse=ase Bjørn=bjorn Dagfinn Eirik Eli Gunnhild Håkon=hakon Hilde Ingrid"
        " Jørgen=jorgen"
        " Kari Kåre=kare Knut Lars Magnhild Mette Nils Odd Ola Ragnhild Sigrid Silje Solveig Svein Tore Tuva"
        " Øyvind=oyvind"
    ),
    _pairs(
        "Andersen Bakke Berg Bjørnstad=bjornstad Bråten=braten Dahl Eide Engebråten=engebraten Fjeld Grønli=gronli"
        " Haugen"
        " Hovland Jørgensen=jorgensen Kvåle=kvale Larsen Lunde Moen Myhre Nygård=nygard Næss=naess Rønning=ronning"
        " Sæther=saether Solbakken Strand Sørensen=sorensen Tangen Vik Ødegård=odegard Østby=ostby Åsheim=asheim"
    ),
)
LATVIAN = Culture(
    "latvian",
    _pairs(
        "Agnese Aivars Andris Anna Baiba Dace Dainis Dzintars Edgars Elīna=elina Gints Ilze Inese Jānis=janis"
        " Kārlis=karlis"
        " Kristīne=kristine Laima Līga=liga Māris=maris Mārtiņš=martins Oskars Pēteris=peteris Raimonds Sandra Santa"
        " Uldis Valdis Vija Zane Žanete=zanete"
    ),
    _pairs(
        "Āboliņa=abolina Balodis Bērziņš=berzins Briedis Dūmiņa=dumina Eglītis=eglitis Grīnbergs=grinbergs Jansons"
        " Kalniņa=kalnina Kārkliņš=karklins Krūmiņa=krumina Lācis=lacis Liepa Ozoliņa=ozolina Ozols Pētersons=petersons"
        " Priede Puriņa=purina Rozītis=rozitis Šmits=smits Siliņa=silina Skuja Strazdiņš=strazdins Tauriņa=taurina"
        " Upītis=upitis Vanaga Vītols=vitols Zariņa=zarina Zemīte=zemite Žagata=zagata"
    ),
)
GREEK = Culture(
    "greek",
    _pairs(
        "Αθηνά=athina Αλέξανδρος=alexandros Άννα=anna Βασίλης=vasilis Γιώργος=giorgos Δέσποινα=despoina"
        " Δημήτρης=dimitris"
        " Ελένη=eleni Ιωάννα=ioanna Κατερίνα=katerina Κώστας=kostas Μαρία=maria Νίκος=nikos Σοφία=sofia"
        " Χρήστος=christos"
    ),
    _pairs(
        "Αγγελόπουλος=angelopoulos Αντωνίου=antoniou Βλάχος=vlachos Γεωργίου=georgiou Δημητρίου=dimitriou"
        " Ιωάννου=ioannou"
        " Καραγιάννη=karagianni Μακρής=makris Νικολάου=nikolaou Οικονόμου=oikonomou Παππάς=pappas Σταύρου=stavrou"
    ),
)
CYRILLIC = Culture(
    "cyrillic",
    _pairs(
        "Анастасія=anastasiia Андрій=andrii Богдан=bohdan Вера=vera Віктор=viktor Дарина=daryna Елена=elena Іван=ivan"
        " Катерина=kateryna Људмила=ljudmila Марія=mariia Милан=milan Наталя=natalia Олег=oleh Петър=petar Юлія=yuliia"
    ),
    _pairs(
        "Бондаренко=bondarenko Гончар=honchar Димитрова=dimitrova Іваненко=ivanenko Йовановић=jovanovic Коваль=koval"
        " Кравчук=kravchuk Лысенко=lysenko Мельник=melnyk Петров=petrov Сидоренко=sydorenko Ткаченко=tkachenko"
        " Шевченко=shevchenko Щербак=shcherbak"
    ),
)
ARABIC = Culture(
    "arabic",
    _pairs(
        "أحمد=ahmad أمينة=amina باسل=basil جميلة=jamila حسن=hasan خالد=khalid رانيا=rania سلمى=salma"
        " طارق=tariq عمر=omar فاطمة=fatima كريم=karim ليلى=layla مريم=maryam ياسمين=yasmin يوسف=yusuf"
    ),
    _pairs(
        "الأحمد=alahmad البغدادي=albaghdadi الحداد=alhaddad الخوري=alkhoury الزهراوي=alzahrawi السيد=alsayed"
        " الفارسي=alfarsi القاسم=alqasim المصري=almasri النجار=alnajjar حمدان=hamdan منصور=mansour"
    ),
)
CHINESE = Culture(
    "chinese",
    _pairs(
        "伟=wei 芳=fang 娜=na 秀英=xiuying 敏=min 静=jing 丽=li 强=qiang 磊=lei 洋=yang 艳=yan 勇=yong 军=jun 杰=jie"
        " 晓明=xiaoming 思远=siyuan 雨桐=yutong 子涵=zihan"
    ),
    _pairs(
        "王=wang 李=li 张=zhang 刘=liu 陈=chen 杨=yang 黄=huang 赵=zhao 吴=wu 周=zhou 徐=xu 孙=sun 马=ma 欧阳=ouyang"
    ),
    surname_first=True,
)

# The organisation is Norwegian with an office in Riga. The length shares no factor with the round of cases (50),
# so that in the long run every case meets every script.
CULTURES = tuple(
    {"n": NORWEGIAN, "e": ENGLISH, "l": LATVIAN, "g": GREEK, "c": CYRILLIC, "a": ARABIC, "z": CHINESE}[letter]
    for letter in "nelnecnelanznelgnenelnc"
)

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
