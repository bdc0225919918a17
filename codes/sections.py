"""Where a code stands: code set, category, section. No Django.

Ranges are facts of the code sets (counted in CMS's files); the names are plain words of our own.
"""

import re
from bisect import bisect_right
from functools import lru_cache

VALID = re.compile(r"\d{4}[0-9AFMTU]|[A-V]\d{4}")

# First code of each CPT category, ascending; a category ends where the next begins.
_CPT = [
    ("00100", "anesthesia"), ("02000", "surgery"), ("70000", "radiology"), ("80000", "pathology-laboratory"),
    ("90000", "medicine"), ("98000", "evaluation-management"), ("98020", "medicine"), ("99091", "evaluation-management"),
    ("99092", "medicine"), ("99202", "evaluation-management"), ("99500", "medicine"),
]  # fmt: skip

_SECTIONS = [
    ("00100", "head"), ("00300", "neck"), ("00400", "chest wall and shoulder girdle"), ("00500", "inside the chest"),
    ("00600", "spine and spinal cord"), ("00700", "upper abdomen"), ("00800", "lower abdomen"), ("00902", "perineum"),
    ("01112", "pelvis"), ("01200", "upper leg"), ("01320", "knee and area behind it"), ("01462", "lower leg, ankle and foot"),
    ("01610", "shoulder and armpit"), ("01710", "upper arm and elbow"), ("01810", "forearm, wrist and hand"),
    ("01916", "radiological procedures"), ("01951", "burns"), ("01958", "obstetrics"), ("01990", "other anesthesia services"),
    ("10004", "fine needle aspiration"), ("10030", "skin and soft tissue"), ("19000", "breast"),
    ("20100", "muscles, bones and joints in general"), ("21010", "head and face bones"), ("21501", "neck and chest wall"),
    ("21920", "back and flank"), ("22010", "spine"), ("22900", "abdominal wall"), ("23000", "shoulder"),
    ("23930", "upper arm and elbow"), ("25000", "forearm and wrist"), ("26010", "hand and fingers"),
    ("26990", "pelvis and hip"), ("27301", "thigh and knee"), ("27600", "lower leg and ankle"), ("28001", "foot and toes"),
    ("29000", "casts and strapping"), ("29800", "arthroscopy"), ("30000", "nose"), ("31000", "sinuses"), ("31300", "larynx"),
    ("31600", "windpipe and bronchi"), ("32035", "lungs and pleura"), ("33016", "heart and pericardium"),
    ("34001", "arteries and veins"), ("38100", "spleen and bone marrow"), ("38300", "lymph nodes and channels"),
    ("39000", "mediastinum and diaphragm"), ("40490", "lips, mouth and teeth"), ("42000", "palate and salivary glands"),
    ("42700", "throat"), ("43020", "esophagus"), ("43500", "stomach"), ("44005", "intestines"), ("44900", "appendix"),
    ("45000", "colon and rectum"), ("46020", "anus"), ("47000", "liver"), ("47400", "bile ducts and gallbladder"),
    ("48000", "pancreas"), ("49000", "abdomen, peritoneum and hernias"), ("50010", "kidney"), ("50600", "ureter"),
    ("51020", "bladder"), ("53000", "urethra"), ("54000", "penis"), ("54500", "testis, scrotum and vas deferens"),
    ("55300", "spermatic cord and seminal vesicles"), ("55700", "prostate"), ("55920", "reproductive system procedures"),
    ("56405", "vulva and vagina"), ("57452", "cervix"), ("58100", "uterus"), ("58600", "fallopian tubes and ovaries"),
    ("58970", "in vitro fertilization"), ("59000", "pregnancy and delivery"), ("60000", "thyroid, parathyroid and adrenal glands"),
    ("61000", "skull and brain"), ("62263", "spine and spinal cord"), ("64400", "nerves"), ("65091", "eyeball and front of the eye"),
    ("66820", "lens"), ("67005", "retina and back of the eye"), ("67311", "eye muscles, orbit and eyelids"),
    ("68020", "conjunctiva and tear ducts"), ("69000", "outer ear"), ("69420", "middle ear"), ("69801", "inner ear"),
    ("69990", "operating microscope"), ("70010", "x-ray, CT and MRI"), ("76506", "ultrasound"),
    ("77001", "imaging guidance"), ("77046", "breast imaging"), ("77071", "bone and joint studies"), ("77261", "radiation oncology"),
    ("78012", "nuclear medicine"), ("80047", "panels of tests"), ("80100", "drug tests"), ("80400", "stimulation tests"),
    ("80500", "consultations"), ("81000", "urine tests"), ("81100", "genetic and molecular tests"), ("82000", "chemistry"),
    ("85002", "blood cells and clotting"), ("86000", "immunology"), ("87003", "microbiology"), ("88000", "autopsy"),
    ("88104", "cells (cytology)"), ("88230", "chromosomes"), ("88300", "tissue (surgical pathology)"),
    ("88720", "other laboratory procedures"), ("89250", "reproductive laboratory"), ("90281", "immune globulins"),
    ("90460", "giving vaccines"), ("90476", "vaccines and toxoids"), ("90785", "psychiatry"), ("90901", "biofeedback"),
    ("90935", "dialysis"), ("91010", "digestive tests"), ("92002", "eye services"), ("92502", "ear, nose and throat services"),
    ("92920", "heart and circulation"), ("93880", "vascular studies"), ("94002", "breathing and lungs"), ("95004", "allergy"),
    ("95249", "glucose monitoring"), ("95700", "sleep, brain, nerve and muscle studies"), ("96000", "motion analysis"),
    ("96020", "brain mapping"),
    ("96040", "genetic counseling"), ("96105", "testing of behavior and cognition"),
    ("96156", "health behavior and training of caregivers"), ("96360", "infusions and injections"),
    ("96567", "light treatment of the skin"), ("96900", "skin services"), ("97010", "physical and occupational therapy"),
    ("97597", "wound care"), ("97750", "physical and occupational therapy"), ("97802", "nutrition therapy"),
    ("97810", "acupuncture"), ("98000", "telemedicine visits"), ("98925", "osteopathic treatment"),
    ("98940", "chiropractic treatment"), ("98960", "education, phone and online services"),
    ("98975", "remote monitoring of therapy"), ("99000", "special services"), ("99091", "remote monitoring"),
    ("99100", "circumstances of anesthesia"), ("99151", "sedation"), ("99170", "other services"), ("99202", "office visits"),
    ("99217", "hospital and observation visits"), ("99242", "consultations"), ("99281", "emergency visits"),
    ("99291", "critical care"), ("99304", "nursing facility visits"), ("99341", "home visits"), ("99358", "prolonged services"),
    ("99366", "team conferences and care plan oversight"), ("99381", "preventive visits"), ("99415", "prolonged services"),
    ("99421", "online visits"), ("99424", "care management"), ("99429", "preventive visits"), ("99437", "care management"),
    ("99441", "phone visits"), ("99445", "remote monitoring"), ("99446", "talks between professionals"),
    ("99450", "insurance and disability examinations"), ("99451", "talks between professionals"), ("99453", "remote monitoring"),
    ("99455", "insurance and disability examinations"), ("99457", "remote monitoring"), ("99459", "other visits"),
    ("99460", "newborn care"), ("99466", "critical and intensive care of newborns and children"), ("99470", "remote monitoring"),
    ("99471", "critical and intensive care of newborns and children"), ("99473", "remote monitoring"),
    ("99475", "critical and intensive care of newborns and children"), ("99483", "cognitive assessment and care management"),
    ("99495", "care after discharge and advance care planning"), ("99499", "other visits"), ("99500", "home health"),
    ("99605", "medication therapy management"),
]  # fmt: skip

# Level II: letters in two or three parts where one letter holds unlike things.
_HCPCS = [
    ("A0021", "ambulance and transport"), ("A2001", "skin substitutes"), ("A4200", "medical and surgical supplies"),
    ("A9150", "administrative, miscellaneous and investigational"), ("A9500", "radiopharmaceuticals"),
    ("A9900", "miscellaneous supplies"), ("B4034", "tube and intravenous feeding"),
    ("C1713", "hospital outpatient devices, drugs and procedures"), ("D0000", "dental examinations and x-rays"),
    ("D1000", "dental prevention"), ("D2000", "fillings and crowns"), ("D3000", "root canals"), ("D4000", "gums"),
    ("D5000", "removable dentures"), ("D5900", "prostheses of the face and jaw"), ("D6000", "dental implants"),
    ("D6200", "bridges"), ("D7000", "oral surgery"), ("D8000", "braces and other orthodontics"),
    ("D9000", "other dental services"), ("E0100", "walking aids, beds, oxygen and other equipment"),
    ("G0008", "procedures and professional services of CMS"), ("G4000", "sets of quality measures by specialty"),
    ("G6001", "procedures and professional services of CMS"), ("G8395", "quality measures and demonstrations"),
    ("H0001", "behavioral health for Medicaid"), ("J0000", "drugs other than chemotherapy"), ("J7604", "inhaled drugs"),
    ("J7799", "drugs without a code of their own"), ("J8498", "drugs taken by mouth and rectal drugs"),
    ("J9000", "chemotherapy"), ("K0001", "wheelchairs and other equipment (temporary codes)"), ("L0112", "orthotics (braces)"),
    ("L5000", "prosthetics (artificial limbs and parts)"), ("M0001", "programs of quality"), ("M0011", "medical services"),
    ("M1000", "quality measures"), ("P2028", "pathology and laboratory"), ("P9010", "blood products"),
    ("Q0035", "temporary codes for services and tests"), ("Q0138", "drugs"), ("Q0477", "parts of heart assist devices"),
    ("Q0510", "pharmacy fees"), ("Q0515", "drugs"), ("Q0516", "pharmacy fees"), ("Q1001", "lenses of new technology for the eye"),
    ("Q2004", "drugs and vaccines"), ("Q3001", "temporary codes for services and tests"), ("Q4001", "casts and splints"),
    ("Q4052", "drugs"), ("Q4100", "skin substitutes"), ("Q5001", "places of hospice care"), ("Q5101", "biosimilar drugs"),
    ("Q9001", "services for veterans"), ("Q9950", "contrast agents and radiopharmaceuticals"), ("Q9985", "drugs"),
    ("R0070", "transport of x-ray equipment"), ("S0012", "private payers"), ("T1000", "state Medicaid agencies"),
    ("U0001", "virus tests"), ("V2020", "glasses, contact lenses and other vision items"), ("V5008", "hearing and speech"),
]  # fmt: skip

_CATEGORY_II = [
    ("0001F", "sets of measures"), ("0500F", "care of a patient over time"), ("1000F", "history of the patient"),
    ("2000F", "physical examination"), ("3006F", "results of tests and screening"), ("4000F", "treatment and prevention"),
    ("5005F", "follow-up"), ("6005F", "safety of the patient"), ("7010F", "the practice and its systems"),
    ("9001F", "codes outside of measures"),
]  # fmt: skip

_BY_LAST_LETTER = {"U": "proprietary laboratory analyses", "M": "multianalyte algorithms", "A": "giving vaccines"}


def is_valid(code: str) -> bool:
    """Whether this has the shape of a CPT, HCPCS Level II or CDT code; CMS's files hold stray ones (GXXX1)."""
    return bool(VALID.fullmatch(code))


def code_set_of(code: str) -> str:
    """cpt1, cpt2, cpt3, hcpcs2 or cdt. Codes of laboratories (U, M) and vaccines (A) are CPT Category I."""
    if code[0] == "D":
        return "cdt"
    if code[0].isalpha():
        return "hcpcs2"
    return {"F": "cpt2", "T": "cpt3"}.get(code[4], "cpt1")


@lru_cache(maxsize=40_000)
def category_of(code: str) -> str:
    """Slug of the category: by letter for HCPCS Level II and CDT, by range or last letter for CPT."""
    if code[0] == "U":  # tests of the years 2020 to 2022
        return "p-codes"
    if code[0].isalpha():
        return f"{code[0].lower()}-codes"
    last = {
        "F": "category-ii",
        "T": "category-iii",
        "U": "pathology-laboratory",
        "M": "pathology-laboratory",
        "A": "medicine",
    }
    return last.get(code[4]) or _CPT[max(0, bisect_right(_CPT, (code, "~")) - 1)][1]


def section_of(code: str) -> str:
    """The part of the category, in plain words ('colon and rectum'); '' where there is none to name."""
    if code[0].isalpha():
        table, start = _HCPCS, code[0]
    elif code[4].isdigit():
        table, start = _SECTIONS, ""
    elif code[4] == "F":
        table, start = _CATEGORY_II, ""
    else:
        return _BY_LAST_LETTER.get(code[4], "")
    at = bisect_right(table, (code, "~")) - 1
    return table[at][1] if at >= 0 and table[at][0].startswith(start) else ""
