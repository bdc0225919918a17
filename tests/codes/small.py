"""Small files in CMS's layouts with figures of our own, and what tests of importing ask of the database."""

from io import StringIO
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connection

from codes.models import CatalogueState, HcpcsRelease, Release

HEADER = (
    "hcpcs,mod,description,status_code,not_used_for_medicare_payment,work_rvu,non_fac_pe_rvu,non_fac_na_indicator,"
    "facility_pe_rvu,facility_na_indicator,mp_rvu,non_facility_total,facility_total,pctc_ind,glob_days,pre_op,intra_op,"
    "post_op,mult_proc,bilat_surg,asst_surg,co_surg,team_surg,endo_base,conv_factor,"
    "physician_supervision_of_diagnostic_procedures,calculation_flag,diagnostic_imaging_family_indicator,"
    "non_facility_pe_used_for_opps_payment_amount,facility_pe_used_for_opps_payment_amount,mp_used_for_opps_payment_amount"
)
GPCI_HEADER = "Medicare Administrative Contractor (MAC),State,Locality Number,Locality Name,PW GPCI,PE GPCI,MP GPCI"
ANES_HEADER = "Contractor,Locality,Locality Name,National Anes CF of 20.32"
LOCCO_HEADER = "Medicare Administrative Contractor,Locality Number,State,Fee Schedule Area,Counties"


def pprrvu_row(code: str, work: float = 1.0, *, modifier: str = "", status: str = "A", text: str = "") -> str:
    pe, mp = (0.5, 0.1) if work else (0, 0)
    total = f"{work + pe + mp:.2f}"
    return (
        f"{code},{modifier},{text},{status},,{work:.2f},{pe:.2f},,{pe:.2f},,{mp:.2f},{total},{total},0,XXX,0.00,0.00,0.00,"
        "0,0,0,0,0,,33.0000,09,0,99,0.00,0.00,0.00"
    )


def write(path, *lines: str) -> str:
    path.write_text("\r\n".join(lines) + "\r\n")
    return str(path)


def pprrvu(path, **works: float) -> str:
    """A PPRRVU file of these codes: `pprrvu(tmp_path / 'PPRRVU24_JAN.csv', c99213=1.30)`."""
    return write(path, HEADER, *(pprrvu_row(code[1:], work) for code, work in works.items()))


def hcpcs_record(code: str, text: str, *, short: str = "short", kind: str = "3") -> str:
    """One fixed-width record; a modifier (kind 7) stands at the right of its five columns."""
    return f"{code:>5}00100{kind}{text:<80}{short:<28}".ljust(268) + "202401012024010100000000N".ljust(52)


def run(command: str, *arguments: object, **options) -> str:
    """What the command prints. A file of a few rows lacks most of what CMS publishes and is accepted all the same."""
    if command in ("import_pfs", "import_hcpcs"):
        options.setdefault(
            "accept_fewer", all(Path(path).stat().st_size < 9000 for path in arguments if Path(path).is_file())
        )
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def snapshot() -> dict[str, int]:
    """Rows of every table of the catalogue, its revision, and which releases are current."""
    models = apps.get_app_config("codes").get_models(include_auto_created=True)
    return {model.__name__: model._default_manager.count() for model in models} | {
        "revision": CatalogueState.current_revision(),
        "current": list(Release.objects.filter(is_current=True).values_list("name", flat=True)),
        "current HCPCS": list(HcpcsRelease.objects.filter(is_current=True).values_list("name", flat=True)),
    }


def clear() -> None:
    """The database as `migrate` leaves it, until the test is rolled back. Looking after each foreign key takes PostgreSQL ten seconds."""
    models = list(apps.get_app_config("codes").get_models(include_auto_created=True))
    tables = [connection.ops.quote_name(model._meta.db_table) for model in models]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # SQLite's foreign keys are checked at the end of a transaction only
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL session_replication_role = replica")
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
