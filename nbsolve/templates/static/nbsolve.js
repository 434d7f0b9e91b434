// A line of a solution stands on one line of its source. Where there is no room, reasons go below their lines, and what
// is wider still is continued on a new line before a plus or minus that stands alone.
const reasonsBelow = (source) =>
  source.replace(
    /^(.*) && (.*\\text\{[^}]*[a-z]{2}[^}]*\}.*?)( \\\\(?:\[4pt\])?)?$/gm,
    (_, line, reason, end) => `${line} \\\\[1pt]\n&\\quad{\\small ${reason}}${end ? " \\\\[7pt]" : ""}`,
  );

const LEAST = 8; // visible signs in each piece of a broken line
const UNSEEN = /\\(?:mathbf|mathrm|boldsymbol|text|frac|left|right|quad|[,;:! ])|[{}_^&\s]/g;
const signs = (line) => line.replace(UNSEEN, "").replace(/\\[a-zA-Z]+/g, "x").length;

const continued = (source) =>
  source.replace(/^(.*?&(?:=|\\approx) )(?!\\boxed)(.*?)( && .*| \\\\(?:\[\w+\])?)?$/gm, (whole, start, right, end = "") => {
    if (right.includes("\\begin")) return whole;
    const pieces = [];
    let depth = 0;
    let piece = "";
    for (const token of right.match(/\\left\W|\\right\W|\\?[a-zA-Z]+|\\.| [+-] |[^\\]/g) ?? []) {
      if (token === "{" || token === "(" || /^\\left\W/.test(token)) depth += 1;
      if (token === "}" || token === ")" || /^\\right\W/.test(token)) depth -= 1;
      if (depth === 0 && / [+-] /.test(token) && signs(piece) >= LEAST) {
        pieces.push(piece);
        piece = "";
      }
      piece += token;
    }
    if (pieces.length && signs(piece) < LEAST) piece = pieces.pop() + piece;
    return start + [...pieces, piece].join(" \\\\[3pt]\n&\\qquad{}") + end;
  });

// On a phone reasons never fit beside the lines. (The document has then been read, its mathematics is not yet set.)
document.addEventListener("readystatechange", () => {
  if (document.readyState !== "interactive" || !window.matchMedia("(max-width: 40rem)").matches) return;
  for (const equation of document.querySelectorAll(".bd-article div.math")) {
    if (equation.textContent.includes(" && ")) equation.textContent = reasonsBelow(equation.textContent);
  }
});

// Elsewhere, and for the longest lines, it shows once the mathematics is set.
window.addEventListener("load", async () => {
  if (!window.MathJax?.startup?.promise) return;
  await MathJax.startup.promise;
  for (const narrower of [reasonsBelow, continued]) {
    const again = [];
    for (const equation of document.querySelectorAll(".bd-article div.math")) {
      const shown = equation.querySelector("mjx-container");
      if (!shown || shown.scrollWidth <= shown.clientWidth + 1) continue;
      const [item] = MathJax.startup.document.getMathItemsWithin(equation);
      const source = item && narrower(item.math);
      if (!source || source === item.math) continue;
      MathJax.typesetClear([equation]);
      equation.textContent = `\\[${source}\\]`;
      again.push(equation);
    }
    if (again.length) await MathJax.typesetPromise(again);
  }
});

// On paper nothing scrolls: every equation learns how wide it is, in its own ems, and nbsolve.css then sets it as
// small as the sheet needs, whatever the sheet's size.
window.addEventListener("beforeprint", () => {
  for (const equation of document.querySelectorAll(".bd-article mjx-container[display='true']")) {
    const width = Math.max(...[...equation.children].map((child) => child.getBoundingClientRect().width));
    if (width > 0) {
      const ems = width / parseFloat(getComputedStyle(equation).fontSize);
      equation.style.setProperty("--nbsolve-ems", (ems + 0.5).toFixed(2));
    }
  }
});

// An equation that is only a little too wide is set a little smaller rather than made to scroll.
const SMALLEST = 0.8;
window.addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  for (const equation of document.querySelectorAll(".bd-article mjx-container[display='true']")) {
    const room = equation.clientWidth / equation.scrollWidth;
    const size = parseFloat(getComputedStyle(equation).fontSize);
    if (room < 1 && room > SMALLEST) equation.style.fontSize = `${(0.98 * room * size).toFixed(2)}px`;
  }
});
