// Below each result of the search stand words of the page: no equations and pictures, and of formulae in a line what
// is read there, not the LaTeX that they carry.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false; // files may not read each other

document.addEventListener("DOMContentLoaded", () => {
  if (typeof Search === "undefined") return;
  const unread = [
    "annotation", ".nbsolve-equation", ".math", "svg", ".cell_input", "#jb-print-docs-body", ".bd-header-article",
    ".bd-sidebar-secondary", ".prev-next-footer", ".bd-footer-content",
  ];
  const textOf = Search.htmlToText;
  Search.htmlToText = (source, anchor) => {
    const page = new DOMParser().parseFromString(source, "text/html");
    for (const element of page.querySelectorAll(unread.join())) element.remove();
    for (const fraction of page.querySelectorAll("mfrac")) fraction.firstElementChild?.after("/");
    const plain = (letter) => letter.normalize("NFKC"); // 𝑛𝑒𝑡: letters of mathematics are written as others are
    return textOf(page.documentElement.outerHTML, anchor).replace(/\s+/g, " ").replace(/[\u{1d400}-\u{1d7ff}]/gu, plain);
  };
});
