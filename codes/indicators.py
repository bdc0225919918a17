"""What each indicator of the fee schedule means, in plain English. No Django.

Source: the record layout and indicator lists in CMS's RVU file documentation (RVUyyX.pdf of each bundle).
"""

from datetime import date, timedelta

STATUS = {
    "A": ("Active", "Medicare pays this code separately under the physician fee schedule when the service is covered."),
    "B": ("Bundled", "Where covered, payment is always part of the payment for another service; none is made separately. Where RVUs are printed, Medicare does not use them."),
    "C": ("Contractor-priced", "The Medicare contractor of the region sets the price, usually after reading the report."),
    "D": ("Deleted", "The code was deleted at the start of the year."),
    "E": ("Excluded", "By regulation this code is outside the physician fee schedule. Where covered, it is paid in another way."),
    "F": ("Deleted", "The code was deleted or discontinued, without a grace period."),
    "G": ("Not valid for Medicare", "Medicare uses another code for this service. A grace period of 90 days applied."),
    "H": ("Deleted modifier", "This code once had a technical or professional part, and no longer has it."),
    "I": ("Not valid for Medicare", "Medicare uses another code to report and pay for this service. Other payers may accept this one."),
    "J": ("Anesthesia", "An anesthesia service: paid by base units and time units, not with RVUs."),
    "M": ("Measurement", "A measurement code, for reporting only. There is no payment."),
    "N": ("Not covered", "Medicare does not cover this service. Where RVUs are printed, other payers may use them."),
    "P": ("Bundled or excluded", "Part of a physician's service when it is covered as incident to it and given on the same day; else outside this schedule and, where covered, paid under another rule."),
    "R": ("Restricted", "Special coverage instructions apply. Where there are no RVUs, the contractor sets the price if it is covered."),
    "T": ("Paid only alone", "Paid only if this provider bills no other service payable under the schedule for the patient that day; else it is part of that service."),
    "X": ("Outside the schedule", "By law not a physician service under this schedule. Laboratory tests, ambulance trips and others are paid under rules of their own."),
}  # fmt: skip
PAID = {"A", "R", "T"}

GLOBAL = {
    "000": ("0 days", "An endoscopy or minor procedure. Related care on the day itself is included; a visit that day is generally not paid separately."),
    "010": ("10 days", "A minor procedure. Related care on the day and for 10 days after it is included."),
    "090": ("90 days", "A major procedure. Related care the day before, on the day and for 90 days after it is included."),
    "MMM": ("Maternity", "Maternity care. The usual global period does not apply."),
    "XXX": ("No global period", "The global period does not apply to this code."),
    "YYY": ("Set by the contractor", "The Medicare contractor decides whether a global period applies and how long it is."),
    "ZZZ": ("Add-on", "A code related to another service, mostly an add-on. It belongs to the global period of that service."),
}  # fmt: skip

PCTC = {
    "0": ("Physician service", "It does not split into a professional and a technical part. Modifiers 26 and TC do not apply."),
    "1": ("Splits into 26 and TC", "Two parts: modifier 26 for the professional's part, such as reading a test, TC for the equipment and staff. Without a modifier, both."),
    "2": ("Professional part only", "This code is the professional part of a test. Other codes hold the technical part and the whole test."),
    "3": ("Technical part only", "Equipment, supplies and staff alone. The professional part has a code of its own, or there is none."),
    "4": ("Both parts", "This code is a whole test. Other codes hold its reading and its technical part."),
    "5": ("Incident-to service", "Given by staff of the physician under supervision. Not paid under this schedule for hospital inpatients and outpatients."),
    "6": ("Laboratory test with a reading", "A laboratory test that a physician may read: modifier 26 applies, TC does not."),
    "7": ("Therapy service", "Therapy. Not paid to a physical or occupational therapist in independent practice for hospital inpatients and outpatients."),
    "8": ("Reading of a smear", "A physician's reading of an abnormal smear, paid for hospital inpatients only."),
    "9": ("Not applicable", "Professional and technical parts are no concept for this code."),
}  # fmt: skip

MULTIPLE = {
    "0": ("No reduction", "Paid in full next to other procedures."),
    "1": ("Old rule", "The reduction of the years before 1995. No longer in use."),
    "2": ("Standard reduction", "With several procedures of one day, the highest is paid in full, the second to fifth at half. Beyond five: by report."),
    "3": ("Endoscopy family", "With other endoscopies of its family on one day, the highest is paid in full, the others at what they exceed the base endoscopy by."),
    "4": ("Imaging reduction", "For further imaging of the same patient in the same session, half of the technical part and 95 percent of the professional part are paid."),
    "5": ("Therapy reduction", "For the second and further therapy units and services on a day, half of the practice expense is paid."),
    "6": ("Heart and vessel tests", "For the second and further tests on a day, the technical part is paid at 75 percent."),
    "7": ("Eye tests", "For the second and further tests on a day, the technical part is paid at 80 percent."),
    "9": ("Not applicable", "Multiple procedures are no concept for this code."),
}  # fmt: skip

BILATERAL = {
    "0": ("No extra for both sides", "Doing both sides pays no more than one side, because of anatomy or because another code is for both sides."),
    "1": ("150 percent for both sides", "With modifier 50, both sides together are paid at 150 percent of one."),
    "2": ("Both sides included", "The value already covers both sides: both together are paid as one."),
    "3": ("Each side in full", "Each side is paid in full, as for most imaging and other tests."),
    "9": ("Not applicable", "Sides are no concept for this code."),
}  # fmt: skip

ASSISTANT = {
    "0": ("With proof of need", "An assistant at surgery is paid only where documents show the medical need."),
    "1": ("Not paid", "By law no assistant at surgery is paid."),
    "2": ("Paid", "An assistant at surgery may be paid."),
    "9": ("Not applicable", "An assistant is no concept for this code."),
}
CO_SURGEON = {
    "0": ("Not paid", "Two surgeons are not paid."),
    "1": ("With proof of need", "Two surgeons may be paid where documents show the medical need of both."),
    "2": ("Paid", "Two surgeons may be paid if they are of different specialties, without further documents."),
    "9": ("Not applicable", "Co-surgeons are no concept for this code."),
}
TEAM = {
    "0": ("Not paid", "A team of surgeons is not paid."),
    "1": ("With proof of need", "A team of surgeons may be paid where documents show the medical need, by report."),
    "2": ("Paid by report", "A team of surgeons may be paid, by report."),
    "9": ("Not applicable", "Team surgery is no concept for this code."),
}
PRICING = {
    "1": (
        "QPP factor",
        "The conversion factor of qualifying participants in advanced payment models applies to this row.",
    ),
    "9": (
        "Standard factor",
        "The factor of qualifying participants in advanced payment models is not applied in this row.",
    ),
}
SUPERVISION = {
    "01": ("General", "The test is done under a physician's overall direction and control. The physician need not be present."),
    "02": ("Direct", "A physician must be in the office suite and at hand at once, but not in the room. From 2026, live video may do for most services."),
    "03": ("Personal", "A physician must be in the room while the test is done."),
    "04": ("General, or a psychologist", "No physician supervision when a qualified independent or clinical psychologist does the test in person, else general supervision."),
    "05": ("General, or an audiologist", "No physician supervision when a qualified audiologist does the test in person, else general supervision."),
    "06": ("Physician or certified therapist", "Done in person by a physician, or by a physical therapist certified in clinical electrophysiology where state law permits."),
    "21": ("Certified technician", "A certified technician may do the test under general supervision; anyone else under direct supervision."),
    "22": ("Technician with live contact", "A technician may do the test with live contact to a physician."),
    "66": ("Physician or certified therapist", "Done in person by a physician, or by a physical therapist certified in electrophysiology and in this procedure."),
    "6A": ("Physician or certified therapist", "As for 66; the certified therapist may also supervise another therapist, but only the certified one may bill."),
    "77": ("Therapist or technician", "A certified physical therapist; or, for the technical part, a therapist under direct or a certified technician under general supervision of a physician."),
    "7A": ("Therapist or technician", "As for 77; the certified therapist may also supervise another therapist, but only the certified one may bill."),
    "09": ("Not applicable", "Supervision levels are no concept for this code."),
}  # fmt: skip
IMAGING = {
    "88": (
        "Imaging reduction applies",
        "The payment reductions for several imaging services in one session apply, to the technical and the professional part.",
    ),
    "99": ("Not applicable", "Imaging families are no concept for this code."),
    **{f"{i:02}": ("Old imaging family", "A family of scans of the rule before 2011.") for i in range(1, 12)},
}
CALCULATION = {
    "0": ("Not set", "CMS has set no calculation flag since July 2014."),
    "1": ("Set", "The mid-2014 calculation flag was set."),
}

# In the order of a page: field of a row, name, table of meanings.
ALL = [
    ("status", "Status", STATUS),
    ("global_days", "Global period", GLOBAL),
    ("pctc", "Professional and technical part", PCTC),
    ("mult_proc", "Multiple procedures", MULTIPLE),
    ("bilat_surg", "Both sides", BILATERAL),
    ("asst_surg", "Assistant at surgery", ASSISTANT),
    ("co_surg", "Two surgeons", CO_SURGEON),
    ("team_surg", "Team of surgeons", TEAM),
    ("supervision", "Supervision of the test", SUPERVISION),
    ("imaging_family", "Imaging family", IMAGING),
    ("pric_ind", "Pricing indicator", PRICING),
    ("calculation_flag", "Calculation flag", CALCULATION),
]


def meaning(table: dict[str, tuple[str, str]], value: str) -> tuple[str, str]:
    """(short, sentence) for an indicator; a value newer than this table is shown as it is."""
    return table.get(value, (value, "CMS does not explain this value in the documentation known to this site."))


def last_day_of_global(global_days: str, day: date) -> date | None:
    """Last day of the global period of a procedure done on `day`; None where no fixed period applies.

    Major procedures count the day before, the day and the 90 days after (Medicare Claims Processing
    Manual, chapter 12, section 40.1).
    """
    days = {"000": 0, "010": 10, "090": 90}.get(global_days)
    return None if days is None else day + timedelta(days=days)


def first_day_of_global(global_days: str, day: date) -> date | None:
    """The day before a major procedure, else the day itself; None where no fixed period applies."""
    return {"000": day, "010": day, "090": day - timedelta(days=1)}.get(global_days)
