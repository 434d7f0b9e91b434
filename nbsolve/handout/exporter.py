"""`jupyter nbconvert --to nbsolve-pdf NOTEBOOK`: a notebook as a handout, also after a person has edited it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter, TemplateExporter
from traitlets import Bool, Enum, Unicode

from nbsolve.errors import NbsolveError
from nbsolve.handout.course import CourseData
from nbsolve.handout.notebooks import NotebookPages
from nbsolve.handout.paper import PAPERS
from nbsolve.handout.typesetting import Sheet, typeset

__all__ = ["NbsolvePDFExporter"]


class NbsolvePDFExporter(TemplateExporter):
    """Typesets the blocks that nbsolve left among a notebook's outputs, and its Markdown through pandoc.

    The tags remove-cell, hide-input, hide-output and solution are honoured, and the options of every exporter
    (`--no-input`, `--TagRemovePreprocessor.remove_cell_tags=…`) mean what they mean elsewhere.
    """

    export_from_notebook = "PDF handout (nbsolve)"
    output_mimetype = "application/pdf"

    solutions = Bool(True, help="Whether cells tagged `solution` are shown.").tag(config=True)
    paper = Enum(list(PAPERS), "a4", help="The size of the paper.").tag(config=True)
    course = Unicode("", help="The course's name, at the top of the first page.").tag(config=True)
    term = Unicode("", help="The term.").tag(config=True)
    date = Unicode("", help="The date, printed as written.").tag(config=True)
    institution = Unicode("", help="The institution.").tag(config=True)
    logo = Unicode("", help="The file of its logo.").tag(config=True)
    language = Unicode("en", help="The language of the text (a code such as en).").tag(config=True)

    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]
        self, nb: Any, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """The PDF. Raises: NbsolveError, naming the cell, for what cannot be put on paper.

        Under nbconvert's own command that is one line and exit code 1, as everywhere in nbsolve.
        """
        try:
            return self._typeset(nb, resources, **kw)
        except NbsolveError as error:
            from nbconvert.nbconvertapp import NbConvertApp  # which imports every exporter, this one too

            if not NbConvertApp.initialized():
                raise
            self.log.error("%s", error)
            raise SystemExit(1) from None

    def _typeset(self, nb: Any, resources: dict[str, Any] | None, **kw: Any) -> tuple[bytes, dict[str, Any]]:
        # the preprocessors of every exporter, without the templates of TemplateExporter
        notebook, resources = Exporter.from_notebook_node(self, nb, resources, **kw)
        metadata = resources.get("metadata", {})
        course = CourseData(
            self.course,
            self.term,
            self.date,
            self.institution,
            Path(self.logo) if self.logo else None,
            self.language,
        )
        pages = NotebookPages(
            notebook,
            PAPERS[self.paper],
            solutions=self.solutions,
            code=not (self.exclude_input or self.exclude_code_cell),
            outputs=not (self.exclude_output or self.exclude_code_cell),
        )
        pages.check_run()
        title = pages.title(str(metadata.get("name", "")) or "Notebook")
        root = Path(str(metadata.get("path", "")) or ".")
        sheet = Sheet(
            title, list(pages.pieces()), title, course=course, paper=PAPERS[self.paper], folder=root
        )
        resources["output_extension"] = ".pdf"
        return typeset(sheet), resources
