// A solution one can step through: the drawing stays in view, beside the text or at the foot of the page, while one goes
// from line to line.
// Nothing is computed here. A line says what it finds and uses (data-finds, data-uses), a drawing what each of its parts
// shows (data-quantity, data-part); both are in the page already, and are shown, hidden and lit up.

(() => {
  const article = document.querySelector(".bd-article");
  const drawings = [...(article?.querySelectorAll("svg[data-drawing]") ?? [])];
  const phases = [
    ["Forward", /^(z|a|e|exp|S)(_new)?\[/],
    ["Loss", /^(L|penalty)/],
    ["Update", /_(new|change)\b/],
    ["Backward", /^(d|delta|share)/],
  ];
  // The graph of a computation has names of its author's, and a wire for each of them, an array or not.
  const circuit = drawings.find((one) => one.dataset.drawing === "circuit");
  // What a recurrence finds has a wire for each step, h@2: `axes` says which place of h[2,1] that is (-1: all).
  const axes = JSON.parse(circuit?.dataset.axes ?? "{}");
  const wireOf = (stem, places) => {
    const axis = axes[stem.replace(/_new$/, "")];
    if (axis === undefined) return stem;
    return `${stem}@${axis < 0 ? places : places.split(",")[axis]}`;
  };
  const simple = (name) => {
    if (!circuit) return name;
    const plain = name
      .split("/")
      .map((part, at, parts) =>
        part.replace(/^(d?)(\w+)\[([^\]]*)\]/, (_, d, stem, places) =>
          parts.length > 1 ? d + wireOf(stem, places) : wireOf(d + stem, places),
        ),
      )
      .join("/");
    const [, of, to] = /^d(.+)\/d(.+)$/.exec(plain) ?? [, , plain];
    if (of === undefined) return to;
    return of === circuit.dataset.of || of === "L" ? `∂${to}` : `d${of}/d${to}`;
  };
  const phaseOfNode = (name) =>
    /^d.+\/d/.test(name) ? "Backward" : circuit.querySelector(`[data-quantity="${simple(name)}"]`) && !/_new\b/.test(name) ? "Forward" : "Update";
  const phaseOf = (name) => (circuit ? phaseOfNode(name) : phases.find(([, pattern]) => pattern.test(name))?.[0]);

  // ---------------------------------------------------------------- the steps: the lines that find one quantity

  // Where a page has numbers, these are the steps: not the same pass in letters before them, nor the answers once more.
  const steps = [];
  const grid = article?.querySelector(".nbsolve-math[data-iteration]") ? ".nbsolve-math[data-iteration]" : ".nbsolve-math";
  let iteration = 1;
  for (const line of article?.querySelectorAll(`${grid} > div`) ?? []) {
    iteration = Number(line.parentElement.dataset.iteration ?? iteration);
    const last = steps.at(-1);
    const { finds, sample } = line.dataset;
    if (line.classList.contains("left")) {
      const phase = finds && phaseOf(finds);
      const goesOn = last && last.finds === finds && last.iteration === iteration && last.sample === sample;
      if (phase && !goesOn) steps.push({ finds, sample, iteration, phase, lines: [line], uses: [] });
      else if (phase) last.lines.push(line);
      else steps.push(null);
    } else if (last) {
      last.lines.push(line);
      if (line.dataset.uses) last.uses = line.dataset.uses.split(" ");
    }
  }
  for (let at = steps.length; at--; ) if (!steps[at]) steps.splice(at, 1);
  if (!drawings.length || !steps.length) return;

  // A drawing has the numbers of one iteration and, in a batch, of one sample; one in letters is of every sample.
  const isOfIteration = (step, drawing) => Number(drawing.dataset.iteration ?? 1) === step.iteration;
  const isShownBy = (step, drawing) =>
    isOfIteration(step, drawing) &&
    (!step.sample || !drawing.dataset.sample || drawing.dataset.sample === step.sample);
  const drawingOf = (step) =>
    [isShownBy, isOfIteration, () => true].map((fits) => drawings.find((one) => fits(step, one))).find(Boolean);

  // ---------------------------------------------------------------- what of a drawing a name means

  // A whole vector means each of its entries, and δ is ∂L/∂z; a gradient that has no place of its own is at what it
  // belongs to.
  const covers = (name, quantity) => {
    if (circuit) return simple(name) === simple(quantity);
    const whole = name.replace("[:]", "").replace(/^delta\b/, "dL/dz");
    return quantity === whole || quantity.startsWith(`${whole}[`);
  };
  const ownerOf = (name) => name.replace(/^d.*\/d/, "").replace(/_(new|change)\b/, "");
  const placeOf = (name) => (circuit ? ownerOf(name) : placeInNetwork(name));
  const placeInNetwork = (name) =>
    name
      .replace(/^dz\[(\d+)\](\[\d+\])\/da\[\d+\](\[\d+\])$/, "W[$1]$2$3") // what a unit passes on, and
      .replace(/^share\[(\d+)\](\[\d+\])(\[\d+\])$/, (_, layer, from, to) => `W[${Number(layer) + 1}]${to}${from}`) // back
      .replace(/^d.*\/d/, "")
      .replace(/_(new|change)\b/, "")
      .replace(/^L(_\w+)?(\[\d+\])?$/, "L")
      .replace(/^(z|delta|s|e)\[(\d+)\]/, "a[$2]")
      .replace(/^(b|theta)\[(\d+)\](\[(\d+|:)\])?$/, (_, letter, layer, unit) => `a[${layer}]${unit ?? ""}`.replace("[:]", ""));
  const parts = (picture, name) => {
    const all = [...picture.querySelectorAll("[data-quantity]")];
    const own = all.filter((part) => covers(name, part.dataset.quantity));
    return own.some((part) => part.dataset.part) ? own : [...own, ...all.filter((part) => part.dataset.part && covers(placeOf(name), part.dataset.quantity))];
  };

  // ---------------------------------------------------------------- the panel

  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const button = (text, label, action) => {
    const made = element("button", { type: "button", textContent: text, title: label, onclick: action });
    made.setAttribute("aria-label", label);
    return made;
  };

  const root = document.documentElement;
  let panel;
  let picture; // of the iteration and the sample of the current step
  let current = -1;
  let playing;
  const shown = {};

  const build = () => {
    shown.back = button("◀", "Step back (←)", () => go(current - 1));
    shown.forward = button("▶", "Step forward (→)", () => go(current + 1));
    shown.play = button("Play", "Play", () => (playing ? pause() : play()));
    shown.phases = element("select", { onchange: () => go(Number(shown.phases.value)) });
    shown.phases.setAttribute("aria-label", "Phase");
    shown.iterations = element("select", { onchange: () => go(Number(shown.iterations.value)) });
    shown.iterations.setAttribute("aria-label", "Iteration");
    shown.count = element("span", { className: "nbsolve-count" });
    shown.close = button("✕", "Close (Esc)", close);
    shown.picture = element("figure", { className: "nbsolve-drawing nbsolve-picture" });
    shown.said = element("div", { className: "nbsolve-said" });
    shown.said.tabIndex = 0; // it may scroll
    shown.said.setAttribute("aria-live", "polite");
    shown.said.setAttribute("aria-atomic", "true");
    const bar = element("div", { className: "nbsolve-bar" }, shown.back, shown.forward, shown.play, shown.phases);
    const numbers = [...new Set(steps.map((step) => step.iteration))];
    if (numbers.length > 1) {
      for (const number of numbers) {
        const first = steps.findIndex((step) => step.iteration === number);
        shown.iterations.append(element("option", { value: first, textContent: `Iteration ${number}` }));
      }
      bar.append(shown.iterations);
    }
    bar.append(shown.count, shown.close);
    panel = element("section", { className: "nbsolve-stepper" }, bar, shown.picture, shown.said);
    panel.setAttribute("aria-label", "Step by step");
    root.style.setProperty("--nbsolve-widest", Math.max(...drawings.map((one) => one.viewBox.baseVal.width)));
    panel.addEventListener("keydown", keyed);
    for (const kind of ["pointerover", "focusin"]) shown.picture.addEventListener(kind, pointed);
    for (const kind of ["pointerleave", "focusout"]) shown.picture.addEventListener(kind, () => say(steps[current]));
    document.body.append(panel);
    new ResizeObserver(fit).observe(panel);
  };

  const keyed = (event) => {
    if (event.target.tagName === "SELECT" && event.key !== "Escape") return;
    const to = { ArrowLeft: current - 1, ArrowRight: current + 1, Home: 0, End: steps.length - 1 }[event.key];
    if (event.key === "Escape") close();
    else if (to !== undefined) go(to);
    else return;
    event.preventDefault();
  };

  const play = () => {
    shown.play.textContent = "Pause";
    playing = setInterval(() => (current < steps.length - 1 ? go(current + 1, true) : pause()), 2500);
  };
  const pause = () => {
    clearInterval(playing);
    playing = undefined;
    shown.play.textContent = "Play";
  };
  const close = () => {
    pause();
    light([]);
    panel.remove();
    root.classList.remove("nbsolve-stepping");
    history.replaceState(null, "", location.pathname + location.search);
    current = -1;
    start.focus();
  };

  // ---------------------------------------------------------------- one step

  const go = (to, byItself = false) => {
    if (to < 0 || to >= steps.length) return;
    if (!panel) build();
    if (!byItself) pause();
    if (!panel.isConnected) document.body.append(panel);
    root.classList.add("nbsolve-stepping");
    const step = steps[(current = to)];
    draw(step);
    chapters(step);
    light(step.lines);
    panel.classList.remove("nbsolve-asked");
    say(step);
    const { sample } = picture.source.dataset;
    const other = isShownBy(step, picture.source) ? "" : ` (drawing: sample ${sample})`;
    shown.count.textContent = `${to + 1} / ${steps.length}${other}`;
    shown.back.setAttribute("aria-disabled", to === 0);
    shown.forward.setAttribute("aria-disabled", to === steps.length - 1);
    history.replaceState(null, "", `#step-${to + 1}`);
    fit();
    reveal(step);
  };

  // What stands at a part of the drawing, for those who come to it with the keyboard.
  const wordsOf = (copy, part) => {
    const about = (text) => placeOf(text.dataset.quantity) === placeOf(part.dataset.quantity);
    const texts = [...copy.querySelectorAll("text[data-quantity]")].filter(about);
    return texts.map((text) => text.textContent.trim()).join(", ") || part.dataset.quantity;
  };

  // The drawing fills up as a person would fill it in: what is given, and what was found up to here.
  const draw = (step) => {
    const source = drawingOf(step);
    if (picture?.source !== source) {
      const copy = source.cloneNode(true);
      copy.removeAttribute("id");
      copy.setAttribute("role", "group");
      for (const part of copy.querySelectorAll('[data-part="line"], [data-part="unit"]')) {
        part.tabIndex = 0;
        part.setAttribute("role", "button");
        part.setAttribute("aria-label", wordsOf(copy, part));
      }
      copy.removeAttribute("style");
      copy.style.setProperty("--wide", copy.viewBox.baseVal.width);
      copy.style.setProperty("--high", copy.viewBox.baseVal.height);
      shown.picture.replaceChildren(copy);
      picture = { source, copy };
    }
    const until = steps.slice(0, current + 1).filter((one) => isShownBy(one, source));
    const all = steps.filter((one) => isShownBy(one, source));
    const over = until.length === all.length;
    for (const text of picture.copy.querySelectorAll("text[data-quantity]")) {
      const name = text.dataset.quantity;
      const local = name.replace(/^da\/dz/, "dL/dz"); // a page may find the product without the factor
      const isFound = (one) =>
        name === "dL/dL" ? one.phase === "Backward" : covers(one.finds, name) || covers(one.finds, local);
      const given = circuit ? !all.some(isFound) : /^(x|y|W|b|theta)\[/.test(name);
      const waits = !given && !over && !until.some(isFound);
      text.classList.toggle("nbsolve-waits", waits);
      // that nothing passes a unit is said by its ground too
      if (name !== local) {
        const unit = name.replace("da/dz", "a");
        picture.copy.querySelector(`rect[data-quantity="${unit}"]`)?.classList.toggle("nbsolve-plain", waits);
      }
    }
    // signs and sizes of gradients that are not known yet are not shown by lines either
    for (const part of picture.copy.querySelectorAll('[data-part="line"], [data-part="label"]')) {
      const name = part.dataset.quantity;
      const found = until.some((one) => covers(one.finds, name) || covers(one.finds, `dL/d${name}`));
      part.classList.toggle("nbsolve-plain", !over && !found);
    }
    const mark = (names, kind) => {
      for (const part of picture.copy.querySelectorAll(`.${kind}`)) part.classList.remove(kind);
      for (const name of names) for (const part of parts(picture.copy, name)) part.classList.add(kind);
    };
    mark(step.uses, "nbsolve-uses");
    mark([step.finds], "nbsolve-finds");
  };

  const chapters = (step) => {
    const options = [];
    steps.forEach((one, at) => {
      if (one.iteration === step.iteration && options.at(-1)?.textContent !== one.phase)
        options.push(element("option", { value: at, textContent: one.phase, selected: at <= current }));
    });
    shown.phases.replaceChildren(...options);
    shown.phases.value = options.findLast((one) => Number(one.value) <= current).value;
    shown.iterations.value = steps.findIndex((one) => one.iteration === step.iteration);
  };

  const light = (lines) => {
    for (const line of article.querySelectorAll(".nbsolve-lit")) line.classList.remove("nbsolve-lit");
    for (const line of lines) line.classList.add("nbsolve-lit");
  };

  // The sentence before the lines, and the lines themselves.
  const say = (step) => {
    if (!step) return;
    const equation = step.lines[0].closest(".nbsolve-equation");
    let before = equation.previousElementSibling;
    while (before && !before.textContent.trim()) before = before.previousElementSibling;
    const { sample } = picture.source.dataset;
    const other = isShownBy(step, picture.source) ? "" : `; the drawing is of sample ${sample}`;
    const heading = element("p", { className: "nbsolve-step" }, `Step ${steps.indexOf(step) + 1}: ${step.phase}${other}`);
    const copies = [...(before?.matches("p") ? [before] : []), ...step.lines].map((line) => line.cloneNode(true));
    for (const copy of copies) {
      copy.classList.remove("nbsolve-lit");
      for (const part of [copy, ...copy.querySelectorAll("[id]")]) part.removeAttribute("id");
      for (const link of copy.querySelectorAll("a")) link.removeAttribute("href");
    }
    const lines = copies.filter((copy) => copy.matches("div"));
    const grid = element("div", { className: step.lines[0].parentElement.className }, ...lines);
    shown.said.replaceChildren(heading, ...copies.filter((copy) => copy.matches("p")), grid);
  };

  // What comes into view is laid out only then, and may push the line away again: it is looked at once more.
  const reveal = (step, again = 3) => {
    for (let fold = step.lines[0].closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const top = step.lines[0].getBoundingClientRect().top;
    const bottom = step.lines.at(-1).getBoundingClientRect().bottom;
    const isSeen = top > 80 && bottom < (panel.getBoundingClientRect().top || innerHeight);
    if (isSeen) return;
    step.lines[step.lines.length >> 1].scrollIntoView({ block: "center" });
    if (again) setTimeout(() => step === steps[current] && reveal(step, again - 1), 100);
  };

  // The text ends above the panel, also after the window was turned.
  const fit = () => {
    root.style.setProperty("--nbsolve-panel-height", `${panel.offsetHeight}px`);
    follow();
  };

  // Where a drawing is too large to be read as a whole, what the step uses and finds is brought into view: all of it if
  // there is room, what it finds in any case.
  const follow = () => {
    const figure = shown.picture;
    const frame = figure.getBoundingClientRect();
    const nearest = (at, size, low, high) =>
      high - low > size ? (low + high - size) / 2 : Math.min(Math.max(at, high - size), low);
    let { scrollLeft: left, scrollTop: top } = figure;
    const [x, y] = [left - frame.left, top - frame.top];
    for (const kinds of [".nbsolve-uses, .nbsolve-finds", ".nbsolve-finds"]) {
      const boxes = [...picture.copy.querySelectorAll(kinds)].map((part) => part.getBoundingClientRect());
      if (!boxes.length) continue;
      const most = (edge) => Math.max(...boxes.map((box) => box[edge])) + 6;
      const least = (edge) => Math.min(...boxes.map((box) => box[edge])) - 6;
      left = nearest(left, figure.clientWidth, least("left") + x, most("right") + x);
      top = nearest(top, figure.clientHeight, least("top") + y, most("bottom") + y);
    }
    figure.scrollTo(left, top);
  };

  // ---------------------------------------------------------------- pointing: a line of the network, and its line in the text

  const pointed = (event) => {
    const part = event.target.closest("[data-quantity]");
    if (!part) return;
    const name = part.dataset.quantity;
    const here = steps.filter((step) => step.iteration === steps[current].iteration && isShownBy(step, picture.source));
    const about = (step) => covers(step.finds, name) || (step.phase === steps[current].phase && step.uses.includes(name));
    const own = here.find((step) => step.phase === steps[current].phase && placeOf(step.finds) === placeOf(name));
    const step = own ?? here.find(about) ?? here.find((one) => one.uses.includes(name));
    if (!step) return;
    panel.classList.add("nbsolve-asked");
    light([...steps[current].lines, ...step.lines]);
    say(step);
  };

  article.addEventListener("pointerover", (event) => {
    const line = event.target.closest?.(".nbsolve-math > div");
    if (!panel?.isConnected) return;
    for (const part of picture.copy.querySelectorAll(".nbsolve-pointed")) part.classList.remove("nbsolve-pointed");
    const step = line && steps.find((one) => one.lines.includes(line));
    if (step) for (const part of parts(picture.copy, step.finds)) part.classList.add("nbsolve-pointed");
  });

  // ---------------------------------------------------------------- where it begins

  const start = element("button", { type: "button", className: "nbsolve-start", textContent: "Step through the solution" });
  const open = (at) => {
    go(at);
    shown.forward.focus({ preventScroll: true });
  };
  start.onclick = () => open(0);
  const first = article.querySelector("figure.nbsolve-drawing");
  (first.nextElementSibling?.matches("details") ? first.nextElementSibling : first).after(start);

  const linked = () => {
    const number = /^#step-(\d+)$/.exec(location.hash)?.[1];
    if (number) open(Math.min(Math.max(Number(number), 1), steps.length) - 1);
  };
  addEventListener("hashchange", linked);
  linked();
})();
