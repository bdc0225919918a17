"""What the page about the data lists: every loaded file, and what was wrong on this site."""

from blog.models import Correction
from codes.models import HcpcsRelease, Release

# Where CMS publishes the files of both kinds.
SOURCES = {
    "PFS": "https://www.cms.gov/medicare/payment/fee-schedules/physician/pfs-relative-value-files",
    "HCPCS": "https://www.cms.gov/medicare/coding-billing/healthcare-common-procedure-system/quarterly-update",
}


def sources_context() -> dict:
    return {
        "releases": Release.objects.in_use().prefetch_related("files"),
        "hcpcs_releases": HcpcsRelease.objects.all(),
        "corrections": Correction.objects.all(),
        "sources": SOURCES,
    }
