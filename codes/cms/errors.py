class CmsFileError(Exception):
    """What is wrong with a CMS file, as one line: file, line, column, value.

    `line` counts from 1 as an editor does; `column` is the header's own name.
    """

    def __init__(self, problem: str, *, file: str = "", line: int | None = None, column: str = "", value: str = ""):
        self.problem, self.file, self.line, self.column, self.value = problem, file, line, column, value
        super().__init__(str(self))

    def __str__(self):
        place = self.file
        if self.line:
            place += f", line {self.line}"
        if self.column:
            place += f", column {self.column}"
        shown = f" ({self.value[:60]!r})" if self.value else ""
        return f"{place}: {self.problem}{shown}" if place else f"{self.problem}{shown}"
