"""What each indicator of the fee schedule means, in plain English. No Django.

Source: the record layout and indicator lists in CMS's RVU file documentation (RVUyyX.pdf of each bundle).
"""

from datetime import date, timedelta

STATUS = {
    "A": ("Active", "Medicare pays this code separately under the physician fee schedule when the service is covered."),
    "B": ("Bundled", "Payment is always part of another service. Where RVUs are printed, Medicare does not use them."),
    "C": ("Contractor-priced", "The Medicare contractor of the region sets the price, usually after reading the report."),
    "D": ("Deleted", "The code was deleted at the start of the year."),
    "E": ("Excluded", "By regulation this code is outside the physician fee schedule. It is paid under another system, if covered."),
    "F": ("Deleted", "The code was deleted or discontinued, without a grace period."),
    "G": ("Not valid", "Medicare uses another code for this service, after a grace period."),
    "H": ("Deleted modifier", "This code once had a technical or professional part, and no longer has it."),
    "I": ("Not valid for Medicare", "Medicare wants another code for this service. Other payers may accept this one."),
    "J": ("Anesthesia", "Paid by base units and time units, not with RVUs."),
    "M": ("Measurement", "For reporting a quality measure only. There is no payment."),
    "N": ("Not covered", "Medicare does not cover this service. Where RVUs are printed, other payers may use them."),
    "P": ("Bundled or excluded", "Part of another service when given with it on the same day; else paid under another rule, or not at all."),
    "R": ("Restricted", "Covered only in special circumstances. Where covered and without RVUs, the contractor sets the price."),
    "T": ("Paid only alone", "Paid only if the same provider is paid for nothing else on that day for the same patient."),
    "X": ("Outside the schedule", "By law not a physician service here: laboratory tests, ambulance and others have schedules of their own."),
}  # fmt: skip
PAID = {"A", "R", "T"}

GLOBAL = {
    "000": ("0 days", "An endoscopy or minor procedure. Related care on the day itself is included; a visit that day is generally not paid."),
    "010": ("10 days", "A minor procedure. Related care on the day and for 10 days after it is included."),
    "090": ("90 days", "A major procedure. Related care the day before, on the day and for 90 days after it is included."),
    "MMM": ("Maternity", "Maternity care. The usual global period does not apply."),
    "XXX": ("None", "The global period does not apply to this code."),
    "YYY": ("Set by the contractor", "The Medicare contractor decides whether a global period applies and how long it is."),
    "ZZZ": ("Add-on", "An add-on code. It belongs to the global period of the main service it is billed with."),
}  # fmt: skip

PCTC = {
    "0": ("Physician service", "A physician service that can't be split. Modifiers 26 and TC do not apply."),
    "1": ("Splits into 26 and TC", "A test with two parts: modifier 26 for the reading, TC for the equipment and staff. Without a modifier, both."),
    "2": ("Reading only", "This code is the professional part of a test. Another code holds the technical part."),
    "3": ("Technical part only", "This code is the technical part of a test: equipment and staff. Another code holds the reading."),
    "4": ("Both parts", "This code is a whole test. Other codes hold its reading and its technical part."),
    "5": ("Incident-to service", "Given by staff under a physician's direction. Not paid to the physician for hospital patients."),
    "6": ("Laboratory test with a reading", "A laboratory test that a physician may read: modifier 26 applies, TC does not."),
    "7": ("Therapy service", "Physical or occupational therapy. Not paid to a therapist in private practice for hospital patients."),
    "8": ("Reading of a smear", "A physician's reading of an abnormal smear for a hospital inpatient."),
    "9": ("Not applicable", "Professional and technical parts are no concept for this code."),
}  # fmt: skip

MULTIPLE = {
    "0": ("No reduction", "Paid in full next to other procedures."),
    "1": ("Old rule", "The reduction of the years before 1995. No longer in use."),
    "2": ("Standard reduction", "With several operations on one day, the highest is paid in full, the second to fifth at half. Beyond five: by report."),
    "3": ("Endoscopy family", "With other scopes of its family, the highest is paid in full, the others at what they exceed the base scope by."),
    "4": ("Imaging reduction", "For further scans in the same session, half of the technical part and 95 percent of the reading are paid."),
    "5": ("Therapy reduction", "For the second and further therapy services on a day, half of the practice expense is paid."),
    "6": ("Heart and vessel tests", "For the second and further tests on a day, the technical part is paid at 75 percent."),
    "7": ("Eye tests", "For the second and further tests on a day, the technical part is paid at 80 percent."),
    "9": ("Not applicable", "Multiple procedures are no concept for this code."),
}  # fmt: skip

BILATERAL = {
    "0": ("No extra for both sides", "Doing both sides on one day pays no more than one side, because of anatomy or because a bilateral code exists."),
    "1": ("150 percent for both sides", "With modifier 50, both sides together are paid at 150 percent of one."),
    "2": ("Both sides included", "The value already covers both sides."),
    "3": ("Each side in full", "Both sides are paid in full, as for most imaging."),
    "9": ("Not applicable", "Sides are no concept for this code."),
}  # fmt: skip

ASSISTANT = {
    "0": ("With proof of need", "An assistant at surgery is paid only with documents that show the need."),
    "1": ("Not paid", "By law no assistant at surgery is paid."),
    "2": ("Paid", "An assistant at surgery may be paid."),
    "9": ("Not applicable", "An assistant is no concept for this code."),
}
CO_SURGEON = {
    "0": ("Not paid", "Two surgeons are not paid."),
    "1": ("With proof of need", "Two surgeons may be paid with documents that show the need."),
    "2": ("Paid", "Two surgeons are paid if they are of different specialties."),
    "9": ("Not applicable", "Co-surgeons are no concept for this code."),
}
TEAM = {
    "0": ("Not paid", "A team of surgeons is not paid."),
    "1": ("With proof of need", "A team may be paid with documents that show the need, by report."),
    "2": ("Paid by report", "A team of surgeons is paid by report."),
    "9": ("Not applicable", "Team surgery is no concept for this code."),
}
PRICING = {
    "1": ("QPP factor", "This row is for qualifying participants in advanced payment models."),
    "9": ("Standard factor", "The qualifying-participant factor is not part of this row."),
}
SUPERVISION = {
    "01": ("General", "A physician directs the test and need not be present."),
    "02": ("Direct", "A physician must be at hand in the office suite and ready to help at once."),
    "03": ("Personal", "A physician must be in the room."),
    "04": ("General, or a psychologist", "No supervision when a qualified psychologist does the test, else general supervision."),
    "05": ("General, or an audiologist", "No supervision when a qualified audiologist does the test, else general supervision."),
    "06": ("Physician or certified therapist", "Done by a physician or a physical therapist certified for it."),
    "21": ("Certified technician", "A certified technician under general supervision, else direct supervision."),
    "22": ("Technician with live contact", "A technician with live contact to a physician."),
    "66": ("Physician or certified therapist", "A physician, or a physical therapist certified for this procedure."),
    "6A": ("Physician or certified therapist", "A physician or a certified physical therapist, who may supervise another therapist."),
    "77": ("Therapist or technician", "A certified physical therapist, a therapist under direct supervision, or a certified technician under general supervision."),
    "7A": ("Therapist or technician", "As for 77; a certified therapist may supervise another therapist."),
    "09": ("Not applicable", "Supervision levels are no concept for this code."),
}  # fmt: skip
IMAGING = {
    "88": ("Imaging reduction applies", "The reductions for several scans in one session apply."),
    "99": ("Not applicable", "Imaging families are no concept for this code."),
    **{f"{i:02}": ("Old imaging family", "A family of scans of the rule before 2011.") for i in range(1, 12)},
}
CALCULATION = {
    "0": ("None", "No calculation flag; CMS has set none since July 2014."),
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
