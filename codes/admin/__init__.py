from codes.admin import code, imports, names, releases

__all__ = ["code", "imports", "names", "releases"]
