// The pages read without this. It sorts tables, and draws and follows memory on
// the first page. Text from the server goes into textContent and attributes only.

const $ = (id) => document.getElementById(id);

function el(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value) e.setAttribute(name, value);
  e.append(...children);
  return e;
}

const svgSpace = "http://www.w3.org/2000/svg";
function svg(tag, attributes = {}, ...children) {
  const e = document.createElementNS(svgSpace, tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children);
  return e;
}

// ---- Tables: each column that can be sorted gets a button.

const reading = new Intl.Collator(undefined, { numeric: true });

function sortable(table) {
  const head = [...table.tHead.rows[0].cells];
  head.forEach((th, column) => {
    if (!th.dataset.sort) return;
    const button = el("button", { type: "button" }, th.textContent);
    th.replaceChildren(button);
    button.addEventListener("click", () => sortBy(table, head, th, column));
  });
}

function sortBy(table, head, th, column) {
  const number = th.dataset.sort === "number";
  const before = th.getAttribute("aria-sort");
  const down = before ? before === "ascending" : number; // numbers: the largest first
  for (const other of head) other.removeAttribute("aria-sort");
  th.setAttribute("aria-sort", down ? "descending" : "ascending");
  const body = table.tBodies[0];
  const key = (row) => row.cells[column]?.dataset.v ?? "";
  const compare = number ? (a, b) => key(a) - key(b) : (a, b) => reading.compare(key(a), key(b));
  body.append(...[...body.rows].sort((a, b) => (down ? compare(b, a) : compare(a, b))));
}

for (const table of document.querySelectorAll("table[data-sortable]")) sortable(table);

// ---- Figures as the server writes them.

function size(bytes) {
  if (bytes === 0) return "0MB";
  let n = Math.abs(bytes), unit = 0;
  while (n >= 999.5 && unit < 4) { n /= 1024; unit++; }
  const decimals = (unit > 0 && n < 9.95) || (unit > 2 && n < 99.95) ? 1 : 0;
  return (bytes < 0 ? "-" : "") + n.toFixed(decimals) + ["B", "KB", "MB", "GB", "TB"][unit];
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

// ---- The chart of the first page.

const lines = [
  { key: "rss", at: 1, text: "Resident" },
  { key: "heap", at: 2, text: "Heap" },
  { key: "live", at: 3, text: "Live heap" },
  { key: "external", at: 4, text: "Outside Go" },
];
const windows = [
  { text: "5 min", ms: 5 * 60e3 },
  { text: "1 h", ms: 60 * 60e3 },
  { text: "All", ms: Infinity },
];
const mebibyte = 1024 * 1024;

class Chart {
  points = [];
  marks = { limit: 0, thresholds: [], dumps: [] };
  hidden = new Set();
  window = windows.at(-1);
  cursor = null; // index into what is shown

  constructor() {
    this.canvas = $("canvas");
    for (const w of windows) {
      w.button = el("button", { type: "button" }, w.text);
      w.button.addEventListener("click", () => { this.window = w; this.cursor = null; this.draw(); });
      $("windows").append(w.button);
    }
    for (const line of lines) {
      const sample = svg("svg", { viewBox: "0 0 24 10", "aria-hidden": "true" }, svg("path", { class: "series " + line.key, d: "M0 5H24" }));
      line.value = el("b");
      line.button = el("button", { type: "button" }, sample, line.text, line.value);
      line.button.addEventListener("click", () => {
        if (!this.hidden.delete(line.key)) this.hidden.add(line.key);
        this.draw();
      });
      $("legend").append(line.button);
    }
    this.canvas.addEventListener("pointermove", (e) => this.point(e));
    this.canvas.addEventListener("pointerleave", () => { this.cursor = null; this.draw(); });
    this.canvas.addEventListener("blur", () => { this.cursor = null; this.draw(); });
    this.canvas.addEventListener("keydown", (e) => this.key(e));
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  add(points, marks) {
    this.points.push(...points);
    if (this.points.length > 4000) this.points = this.points.filter((_, i) => i % 2 || i > 3000);
    this.marks = marks;
    this.draw();
  }

  clear() { this.points = []; }

  point(e) {
    const left = this.canvas.getBoundingClientRect().left;
    const at = this.from + (e.clientX - left - this.left) / this.width * (this.to - this.from);
    let best = 0;
    this.seen.forEach((p, i) => { if (Math.abs(p[0] - at) < Math.abs(this.seen[best][0] - at)) best = i; });
    this.cursor = best;
    this.draw();
  }

  key(e) {
    const last = this.seen.length - 1;
    const at = this.cursor ?? last;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last, PageUp: at - 10, PageDown: at + 10 }[e.key];
    if (e.key === "Escape") this.cursor = null;
    else if (to !== undefined) this.cursor = Math.min(last, Math.max(0, to));
    else return;
    e.preventDefault();
    this.draw();
  }

  // draw lays everything anew: some hundred points are little.
  draw() {
    const all = this.points;
    if (all.length < 2) return;
    $("chart").hidden = false;
    const width = this.canvas.clientWidth, height = this.canvas.clientHeight;
    if (!width) return;
    this.to = all.at(-1)[0];
    this.from = Math.max(all[0][0], this.to - this.window.ms);
    this.seen = all.filter((p) => p[0] >= this.from);
    const narrow = width < 500;
    this.left = narrow ? 44 : 56;
    this.width = width - this.left - 8;
    const top = 14, bottom = height - 24;
    const shown = lines.filter((l) => !this.hidden.has(l.key));
    const { highest, step } = this.scale(shown);
    const x = (t) => this.left + (t - this.from) / Math.max(1, this.to - this.from) * this.width;
    const y = (b) => bottom - b / highest * (bottom - top);
    const drawing = svg("svg", { width, height, "aria-hidden": "false" });
    for (let b = 0; b <= highest + 1; b += step) {
      drawing.append(svg("line", { class: b ? "grid" : "base", x1: this.left, x2: this.left + this.width, y1: y(b), y2: y(b) }),
        svg("text", { x: this.left - 8, y: y(b) + 4, "text-anchor": "end" }, size(b)));
    }
    this.times(drawing, x, height, narrow);
    const limit = this.marks.limit && this.marks.limit <= highest ? y(this.marks.limit) : -Infinity;
    let free = -Infinity; // where the last text ended: from the top down
    for (const t of [...this.marks.thresholds ?? []].reverse()) {
      if (t.bytes > highest) continue;
      const at = y(t.bytes);
      drawing.append(svg("line", { class: "threshold", x1: this.left, x2: this.left + this.width, y1: at, y2: at }));
      if (at - 16 < free || at > limit - 4 && at - 18 < limit) continue;
      drawing.append(svg("text", { x: this.left + 4, y: at - 4 }, "heap profile at " + t.text));
      free = at;
    }
    if (limit > -Infinity) {
      drawing.append(svg("line", { class: "limit", x1: this.left, x2: this.left + this.width, y1: limit, y2: limit }),
        svg("text", { x: this.left + this.width, y: limit - 5, "text-anchor": "end" }, "limit " + size(this.marks.limit)));
    }
    const path = (at) => this.seen.map((p, i) => (i ? "L" : "M") + x(p[0]).toFixed(1) + " " + y(p[at]).toFixed(1)).join("");
    if (shown.some((l) => l.key === "live")) {
      drawing.append(svg("path", { class: "area", d: path(3) + "L" + x(this.to) + " " + bottom + "L" + x(this.seen[0][0]) + " " + bottom + "Z" }));
    }
    for (const l of shown) drawing.append(svg("path", { class: "series " + l.key, d: path(l.at) }));
    for (const d of this.marks.dumps ?? []) if (d.time >= this.from && d.time <= this.to) drawing.append(this.dump(d, x, y, top, bottom, highest));
    if (this.cursor !== null && this.seen[this.cursor]) {
      const at = x(this.seen[this.cursor][0]);
      drawing.append(svg("line", { class: "cursor", x1: at, x2: at, y1: top, y2: bottom }));
    }
    const focused = document.activeElement?.dataset?.dump;
    this.canvas.replaceChildren(drawing);
    if (focused) this.canvas.querySelector(`[data-dump="${CSS.escape(focused)}"]`)?.focus();
    this.label();
  }

  // scale takes in the lines, the threshold above them, and the limit where it is
  // near.
  scale(shown) {
    let highest = mebibyte;
    for (const p of this.seen) for (const l of shown) highest = Math.max(highest, p[l.at]);
    const above = (this.marks.thresholds ?? []).find((t) => t.bytes > highest);
    if (above && above.bytes < highest * 1.5) highest = above.bytes;
    if (this.marks.limit > highest && this.marks.limit < highest * 2.5) highest = this.marks.limit;
    highest *= 1.05;
    let step = mebibyte / 4;
    while (highest / step > 6) step *= 2;
    return { highest, step };
  }

  times(drawing, x, height, narrow) {
    const steps = [5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400, 604800].map((s) => s * 1e3);
    const span = this.to - this.from;
    const step = steps.find((s) => span / s <= (narrow ? 4 : 8)) ?? steps.at(-1);
    const zone = new Date(this.from).getTimezoneOffset() * 60e3;
    const format = step < 60e3 ? clock : minute;
    for (let t = Math.ceil((this.from - zone) / step) * step + zone; t <= this.to; t += step) {
      const edge = x(t) > this.left + this.width - 24 ? "end" : "middle";
      drawing.append(svg("text", { x: x(t), y: height - 6, "text-anchor": edge }, format.format(t)));
    }
  }

  dump(d, x, y, top, bottom, highest) {
    const at = x(d.time), high = y(Math.min(d.bytes, highest));
    const text = `Heap profile, ${d.text}, ${clock.format(d.time)}`;
    return svg("a", { class: "dump", href: "dumps#" + d.name, "data-dump": d.name, "aria-label": text },
      svg("title", {}, text),
      svg("line", { x1: at, x2: at, y1: high, y2: bottom }),
      svg("path", { d: `M${at} ${high - 6}l6 6l-6 6l-6-6Z` }));
  }

  // label says in words what is pointed at, else what is newest.
  label() {
    const pointed = this.cursor !== null && this.seen[this.cursor];
    const p = pointed || this.points.at(-1);
    for (const l of lines) {
      l.value.textContent = size(p[l.at]);
      l.button.setAttribute("aria-pressed", String(!this.hidden.has(l.key)));
    }
    for (const w of windows) w.button.setAttribute("aria-pressed", String(w === this.window));
    const far = this.marks.limit && !this.canvas.querySelector(".limit") ? `The limit of ${size(this.marks.limit)} is above the chart.` : "";
    $("readout").textContent = pointed ? "At " + clock.format(p[0]) + ": " + lines.map((l) => `${l.text} ${size(p[l.at])}`).join(", ") + "." : far;
  }
}

// ---- Following the process.

function set(id, text) { if ($(id).textContent !== text) $(id).textContent = text; }

// fill lays a part anew where its figures changed: what a person selects stays.
const filled = {};
function fill(id, figures, make) {
  const text = JSON.stringify(figures ?? []);
  if (filled[id] === text) return;
  filled[id] = text;
  $(id).replaceChildren(...(figures ?? []).flatMap(make));
}

function show(s) {
  $("verdict").className = "verdict " + s.mood;
  set("mood", s.label);
  $("mood").className = s.mood === "leak" ? "badge hot" : "badge";
  set("sentence", s.sentence);
  set("rest", s.rest);
  $("rest").hidden = !s.rest;
  $("compare").hidden = !s.compare;
  if (s.compare) $("compare").setAttribute("href", s.compare);
  set("profile", s.profile);
  fill("off", s.off, (text) => el("li", { class: "notice" }, text));
  fill("facts", s.facts, (f) => el("div", {}, el("dt", {}, f.label), el("dd", {}, f.value, el("small", {}, f.note))));
  fill("top", s.top, (o) => el("tr", { class: o.leaks && "hot" },
    el("th", { scope: "row", class: "name" }, o.name),
    el("td", { class: "n", "data-label": "Live" }, o.live + " ", el("small", { class: "error" }, "± " + o.error)),
    el("td", { "data-label": "Verdict" }, o.verdict ? el("span", { class: o.verdict === "growing" ? "badge hot" : "badge" }, o.verdict) : ""),
    el("td", { class: "n", "data-label": "Growth" }, o.rate),
    el("td", { "data-label": "Most of it allocated at" }, ...(o.site ? [el("code", { title: o.path }, o.site), " ", el("small", {}, o.function)] : []))));
  $("patterns").hidden = !s.findings?.length;
  fill("found", s.findings, (f) => [
    el("dt", {}, f.pattern), el("dd", {}, f.evidence + ". ", el("span", {}, `Next: ${f.next}.`))]);
}

function follow() {
  const chart = new Chart();
  let source = null;
  const say = (text) => set("following", text);
  const open = () => {
    if (source) return;
    source = new EventSource("events");
    let first = true;
    source.addEventListener("open", () => { first = true; });
    source.addEventListener("state", (e) => {
      const s = JSON.parse(e.data);
      if (first) chart.clear(); // a stream begins with all that is kept
      first = false;
      chart.add(s.points ?? [], s);
      if (s.state) show(s.state);
      say(", followed live");
    });
    source.addEventListener("over", () => { close(); say(". Memory diagnostics were shut down: these are the last figures."); });
    source.addEventListener("error", () => {
      say(source?.readyState === EventSource.CLOSED
        ? ", not followed: too many pages are open, or the program has another one now. Reload to try again."
        : ". The program does not answer: these are the last figures.");
    });
  };
  const close = () => { source?.close(); source = null; };
  // A page that nobody sees costs the process nothing.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", (e) => e.persisted && open());
  if (!document.hidden) open();
}

if ($("canvas")) follow();
