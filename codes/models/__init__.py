from codes.models.code import Category, Code, Faq, Modifier, Specialty
from codes.models.desk import CodeViews, ImportRun, MissedSearch, Proposal
from codes.models.facts import Benchmark, CaseMinimum
from codes.models.hcpcs import HcpcsRecord, HcpcsRelease
from codes.models.release import Locality, OppsCap, Release, ReleaseFile, RvuRow
from codes.models.search import SearchDocument, SearchTerm
from codes.models.state import CatalogueBusyError, CatalogueModel, CatalogueState

__all__ = [
    "Benchmark",
    "CaseMinimum",
    "CatalogueBusyError",
    "CatalogueModel",
    "CatalogueState",
    "Category",
    "Code",
    "CodeViews",
    "Faq",
    "HcpcsRecord",
    "HcpcsRelease",
    "ImportRun",
    "Locality",
    "MissedSearch",
    "Modifier",
    "OppsCap",
    "Proposal",
    "Release",
    "ReleaseFile",
    "RvuRow",
    "SearchDocument",
    "SearchTerm",
    "Specialty",
]
