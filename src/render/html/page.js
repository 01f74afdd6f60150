/* The page of `effcompare -f html`: sorting, filtering, the detail view and the scatter plot.
 *
 * Laying out thousands of rows takes a browser seconds, so only the first of them are in the table;
 * more come when they are scrolled to, and all of them for printing.
 *
 * The table is there without this script; what is needed besides what it shows (exact values, files,
 * times) is in the JSON of #data, whose rows are the table's runs in the order of the document. Text from
 * outside becomes text nodes and attributes, never markup.
 */
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const table = byId("table");
  const collator = new Intl.Collator("en", { numeric: true });

  function element(name, text, properties) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    return Object.assign(made, properties);
  }

  /* ---- What the table shows ---- */

  function describeColumn(header) {
    const { key, id, label, scale } = header.dataset;
    const about = data.columns.find((candidate) => candidate.key === key);
    const heading = about.group ? about.group + ": " : "";
    return {
      header, key, about,
      label: heading + label,
      title: heading + header.textContent, // with the unit
      words: [key, id, heading + label].filter(Boolean)
        .map((word) => word.toLowerCase().replace(/\s+/g, "")),
      scale: Number(scale), // of a stored value to a shown one
    };
  }

  const columns = [...table.querySelectorAll("th[data-key]")].map(describeColumn);

  /* Rows and columns here are runs and metrics, also where the table shows runs in columns. Their
   * sections are the bodies of the table then, or the headings over its columns. */
  const transposed = table.classList.contains("transposed");
  const header = table.tHead.rows[table.tHead.rows.length - 1];
  const headings = transposed && table.tHead.rows.length > 1
    ? [...table.tHead.rows[0].cells].slice(1) : [];
  const sections = transposed ? (headings.length > 0 ? headings : [null]) : [...table.tBodies];

  /* The table's spelling of names is used throughout: nothing in it is invisible. */
  function describeRow(nameCell, cells, section, index) {
    const of = data.sections.filter((candidate) => candidate.first_row <= index).pop();
    return {
      nameCell, cells, section,
      matches: true, // the filter
      name: nameCell.firstElementChild.textContent,
      about: data.rows[index],
      reference: of !== undefined && of.reference,
    };
  }

  function collectRows() {
    if (!transposed)
      return [...table.querySelectorAll("tbody tr:not(.section)")].map((line, index) =>
        describeRow(line.cells[0], [...line.cells].slice(1), line.parentNode, index));
    const lines = columns.map((column) => [...column.header.parentNode.cells]);
    const sectionOf = headings.flatMap((heading) => Array(heading.colSpan).fill(heading));
    return [...header.cells].slice(1).map((nameCell, index) => describeRow(
      nameCell, lines.map((line) => line[index + 1]), sectionOf[index] || null, index));
  }

  const rows = collectRows();

  /* In the unit that is shown; undefined when it is not a number. */
  function numberOf(row, column) {
    const value = row.about.values[column.key];
    const shown = typeof value === "number" ? value * column.scale : NaN;
    return Number.isFinite(shown) ? shown : undefined;
  }

  function spreadOf(row, column) {
    const spread = row.about.spreads ? row.about.spreads[column.key] : undefined;
    return spread === undefined ? 0 : spread * column.scale;
  }

  function plural(count, word) {
    return count + " " + word + (count === 1 ? "" : "s");
  }

  const thing = data.grouped ? "group" : "run";

  /* ---- Sorting: within each section; what was not measured comes last ---- */

  const sorting = { column: null, descending: false };

  function compareValues(a, b, descending) {
    if (a === null || b === null) return (a === null) - (b === null);
    const sign = descending ? -1 : 1;
    if (typeof a !== typeof b) return sign * (typeof a < typeof b ? -1 : 1);
    if (typeof a === "string") return sign * collator.compare(a, b);
    return sign * (a - b);
  }

  function sortValue(row) {
    return sorting.column.key === undefined ? row.name : row.about.values[sorting.column.key];
  }

  /* All rows in the order chosen; those of a section stay together. */
  function sortedRows() {
    const sorted = rows.slice();
    if (sorting.column)
      sorted.sort((a, b) => compareValues(sortValue(a), sortValue(b), sorting.descending));
    return sections.flatMap((section) => sorted.filter((row) => row.section === section));
  }

  /* ---- Showing: the first rows that match, with headings where there are any left ---- */

  const STEP = 250;
  let limit = STEP;

  function showInRows(shown) {
    for (const body of sections) {
      const lines = shown.filter((row) => row.section === body)
        .map((row) => row.nameCell.parentNode);
      const heading = body.querySelector("tr.section");
      body.replaceChildren(...(heading ? [heading] : []), ...lines);
      body.hidden = lines.length === 0;
    }
  }

  function showInColumns(shown) {
    header.replaceChildren(header.cells[0], ...shown.map((row) => row.nameCell));
    columns.forEach((column, index) => column.header.parentNode.replaceChildren(
      column.header, ...shown.map((row) => row.cells[index])));
    for (const heading of headings) {
      const count = shown.filter((row) => row.section === heading).length;
      heading.hidden = count === 0;
      heading.colSpan = Math.max(count, 1);
    }
    for (const heading of table.querySelectorAll("tr.section th"))
      heading.colSpan = shown.length + 1;
  }

  function fillTable() {
    const matching = sortedRows().filter((row) => row.matches);
    const shown = matching.slice(0, limit);
    for (const row of shown) makeDetailButton(row);
    if (transposed) showInColumns(shown);
    else showInRows(shown);
    const rest = matching.length - shown.length;
    byId("more").textContent = `Show more (${rest} not shown)`;
    byId("more").hidden = rest === 0;
    byId("shown").textContent = matching.length === rows.length
      ? plural(rows.length, thing) : `${matching.length} of ${plural(rows.length, thing)}`;
  }

  function showUpTo(count) {
    limit = count;
    fillTable();
  }

  function makeGrowable() {
    const more = byId("more");
    const frame = more.parentNode;
    more.addEventListener("click", () => showUpTo(limit + STEP));
    frame.addEventListener("scroll", () => {
      const below = frame.scrollHeight - frame.scrollTop - frame.clientHeight;
      if (!more.hidden && below < frame.clientHeight) showUpTo(limit + STEP);
    });
    window.addEventListener("beforeprint", () => showUpTo(Infinity));
    window.addEventListener("afterprint", () => showUpTo(STEP));
  }

  /* The best first, then the other way round, then as the table came. */
  function nextSorting(column) {
    const bestDescends = column.about !== undefined && column.about.direction === "higher";
    if (sorting.column !== column) Object.assign(sorting, { column, descending: bestDescends });
    else if (sorting.descending === bestDescends) sorting.descending = !bestDescends;
    else sorting.column = null;
  }

  function showSorting(sortable) {
    for (const column of sortable) {
      const order = sorting.descending ? "descending" : "ascending";
      if (sorting.column === column) column.header.setAttribute("aria-sort", order);
      else column.header.removeAttribute("aria-sort");
    }
  }

  function makeSortable() {
    const name = { header: table.tHead.querySelector("th.name") };
    const sortable = transposed ? columns : [name, ...columns];
    for (const column of sortable) {
      const button = element("button", undefined, { type: "button", className: "sort" });
      button.append(...column.header.childNodes);
      column.header.append(button);
      button.addEventListener("click", () => {
        nextSorting(column);
        showSorting(sortable);
        fillTable();
      });
    }
  }

  /* ---- Filtering: every word must be in the row, every condition must hold ---- */

  const tests = {
    "<": (a, b) => a < b,
    "<=": (a, b) => a <= b,
    ">": (a, b) => a > b,
    ">=": (a, b) => a >= b,
    "=": (a, b) => a === b,
  };

  /* "time<300" as a test of a row; null when the word is no condition on a column. */
  function conditionOf(word) {
    const parts = /^(.+?)(<=|>=|<|>|=)(.+)$/.exec(word);
    const column = parts && columns.find((candidate) => candidate.words.includes(parts[1]));
    if (!column || Number.isNaN(Number(parts[3]))) return null;
    const limit = Number(parts[3]);
    return (row) => {
      const number = numberOf(row, column);
      return number !== undefined && tests[parts[2]](number, limit);
    };
  }

  function textOf(row) {
    if (row.text === undefined)
      row.text = [row.nameCell, ...row.cells].map((cell) => cell.textContent).join("").toLowerCase();
    return row.text;
  }

  function filterOf(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return words.map((word) => conditionOf(word) || ((row) => textOf(row).includes(word)));
  }

  function applyFilter() {
    const wanted = filterOf(byId("filter").value);
    for (const row of rows) row.matches = wanted.every((test) => test(row));
    showUpTo(STEP);
    drawPlot();
  }

  function makeFilterable() {
    let due = 0;
    byId("filter").addEventListener("input", () => {
      cancelAnimationFrame(due);
      due = requestAnimationFrame(applyFilter);
    });
    byId("table-tools").hidden = false;
  }

  /* ---- The detail view ---- */

  function describe(list, term, description) {
    if (description !== undefined && description !== null)
      list.append(element("dt", term), element("dd", String(description)));
  }

  const markNames = { best: "best", second: "second best", tied: "tied with the best" };

  function describeValue(list, row, column) {
    const about = column.about;
    const value = row.about.values[column.key];
    let text = value === null ? "not measured" : String(value);
    if (row.about.spreads && column.key in row.about.spreads)
      text += " \u00b1 " + row.about.spreads[column.key];
    if (value !== null && about.unit) text += " " + about.unit;
    if (row.about.counts && column.key in row.about.counts)
      text += " (" + plural(row.about.counts[column.key], "run") + ")";
    const marks = (row.about.marks[column.key] || []).map((mark) => markNames[mark]);
    const rank = row.about.ranks[column.key];
    if (rank && !marks.includes("best")) marks.unshift("rank " + rank);
    if (marks.length > 0) text += " \u2013 " + marks.join(", ");
    describe(list, column.label, text);
  }

  function showDetail(row) {
    const dialog = byId("detail");
    const list = element("dl");
    describe(list, "Status", row.about.status);
    describe(list, "File", row.about.file);
    describe(list, "Modified", row.about.modified && row.about.modified.replace(/\.0+Z$/, "Z"));
    for (const column of columns) describeValue(list, row, column);
    byId("detail-name").textContent = row.name;
    byId("detail-content").replaceChildren(list);
    dialog.showModal();
  }

  function detailButton(row, text) {
    const button = element("button", text, { type: "button" });
    button.setAttribute("aria-haspopup", "dialog");
    button.addEventListener("click", () => showDetail(row));
    return button;
  }

  /* The row's name becomes the button that opens its details. */
  function makeDetailButton(row) {
    const name = row.nameCell.firstElementChild;
    if (name.localName !== "button") name.replaceWith(detailButton(row, row.name || "(no name)"));
  }

  function makeDetails() {
    byId("detail-close").addEventListener("click", () => byId("detail").close());
  }

  /* ---- The scatter plot ---- */

  /* One unit of the drawing is one pixel, so that text keeps its size on narrow screens. */
  const area = { left: 76, top: 20 };
  const axes = { x: {}, y: {} };

  function fitArea(plot) {
    const width = Math.min(Math.max(plot.parentNode.clientWidth, 280), 960);
    const height = Math.max(300, Math.round(width * 0.6));
    Object.assign(area, { right: width - 20, bottom: height - 52 });
    Object.assign(axes.x, { from: area.left, to: area.right });
    Object.assign(axes.y, { from: area.bottom, to: area.top });
    plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
  }
  const LABELS_MAX = 30;

  function drawn(name, attributes, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function line(x1, y1, x2, y2, name) {
    return drawn("line", { x1, y1, x2, y2, class: name });
  }

  /* Distances between ticks are 1, 2 or 5 times a power of ten. */
  function linearTicks(low, high) {
    const rough = (high - low) / (area.right < 500 ? 3 : 5);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
    const ticks = [];
    for (let i = Math.ceil(low / step); i * step <= high; i++) ticks.push(i * step);
    return ticks;
  }

  /* 1, 2 and 5 times powers of ten, or where that is too many, some of the powers. */
  function logTicks(low, high) {
    const powers = Math.ceil(Math.log10(high) - Math.log10(low));
    const factors = powers > 2 ? [1] : [1, 2, 5];
    const step = Math.max(1, Math.ceil(powers / 8));
    const ticks = [];
    for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power += step)
      ticks.push(...factors.map((factor) => factor * 10 ** power));
    const inside = ticks.filter((tick) => tick >= low && tick <= high);
    return inside.length >= 2 ? inside : [low, high];
  }

  /* Fits the axis to its values: range with some room, ticks, and `place` from value to drawing. */
  function fitAxis(axis, values) {
    const positive = axis.log ? values.filter((value) => value > 0) : values;
    const map = axis.log ? Math.log10 : (value) => value;
    const back = axis.log ? (value) => 10 ** value : (value) => value;
    let low = map(positive.reduce((a, b) => Math.min(a, b), Infinity));
    let high = map(positive.reduce((a, b) => Math.max(a, b), -Infinity));
    const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
    low -= room;
    high += room;
    axis.ticks = axis.log
      ? logTicks(Math.max(back(low), Number.MIN_VALUE), Math.min(back(high), Number.MAX_VALUE))
      : linearTicks(low, high);
    axis.place = (value) => axis.from + ((map(value) - low) / (high - low)) * (axis.to - axis.from);
  }

  function tickText(value) {
    const size = Math.abs(value);
    return size !== 0 && (size >= 1e6 || size < 1e-3)
      ? value.toExponential(1).replace(".0e", "e") : String(Number(value.toPrecision(6)));
  }

  /* How far from ideal, as the ranking sees it; undefined: no value is better than another. */
  function badness(column, value) {
    const about = column.about;
    if (about.direction === "lower") return value;
    if (about.direction === "higher") return -value;
    if (typeof about.target === "number") return Math.abs(value - about.target * column.scale);
    return undefined;
  }

  /* The points that no other point beats in one column without losing in the other. */
  function paretoFront(points) {
    const ranked = points
      .filter((point) => !point.row.reference &&
        (point.row.about.status || "completed") === "completed")
      .map((point) => ({
        point, x: badness(axes.x.column, point.x), y: badness(axes.y.column, point.y),
      }))
      .filter((entry) => entry.x !== undefined && entry.y !== undefined)
      .sort((a, b) => a.x - b.x || a.y - b.y);
    const front = [];
    let best = null;
    for (const entry of ranked) {
      const same = best && entry.x === best.x && entry.y === best.y;
      if (!best || entry.y < best.y || same) front.push(entry.point);
      if (!best || entry.y < best.y) best = entry;
    }
    return front;
  }

  function collectPoints() {
    const { x, y } = axes;
    const points = [];
    for (const row of rows) {
      const point = { row, x: numberOf(row, x.column), y: numberOf(row, y.column) };
      if (!row.matches || point.x === undefined || point.y === undefined) continue;
      if ((x.log && point.x <= 0) || (y.log && point.y <= 0)) continue;
      points.push(point);
    }
    return points;
  }

  function drawAxes(plot) {
    const { x, y } = axes;
    for (const tick of x.ticks) {
      const at = x.place(tick);
      plot.append(line(at, area.top, at, area.bottom, "grid"), drawn("text", {
        x: at, y: area.bottom + 20, "text-anchor": "middle", class: "tick" }, tickText(tick)));
    }
    for (const tick of y.ticks) {
      const at = y.place(tick);
      plot.append(line(area.left, at, area.right, at, "grid"), drawn("text", {
        x: area.left - 8, y: at + 4, "text-anchor": "end", class: "tick" }, tickText(tick)));
    }
    const middle = (area.top + area.bottom) / 2;
    plot.append(
      drawn("text", { x: (area.left + area.right) / 2, y: area.bottom + 44,
        "text-anchor": "middle" }, x.column.title),
      drawn("text", { x: 18, y: middle, "text-anchor": "middle",
        transform: `rotate(-90 18 ${middle})` }, y.column.title));
  }

  /* The spread to both sides, cut at the frame. */
  function drawErrorBars(plot, point) {
    const { x, y } = axes;
    const inside = (axis, value) => {
      const at = axis.log && value <= 0 ? axis.from : axis.place(value);
      return Math.min(Math.max(at, Math.min(axis.from, axis.to)), Math.max(axis.from, axis.to));
    };
    const dx = spreadOf(point.row, x.column), dy = spreadOf(point.row, y.column);
    if (dx > 0)
      plot.append(line(inside(x, point.x - dx), point.top, inside(x, point.x + dx), point.top, "bar"));
    if (dy > 0)
      plot.append(line(point.left, inside(y, point.y - dy), point.left, inside(y, point.y + dy), "bar"));
  }

  function drawPoint(plot, point, onFront) {
    const { x, y } = axes;
    const other = (point.row.about.status || "completed") !== "completed" || point.row.reference;
    const circle = drawn("circle", {
      cx: point.left, cy: point.top, r: onFront ? 5 : 4,
      class: onFront ? "on-front" : other ? "other" : "",
    });
    circle.append(drawn("title", {}, `${point.row.name}\n${x.column.title}: ` +
      `${tickText(point.x)}\n${y.column.title}: ${tickText(point.y)}`));
    circle.addEventListener("click", () => showDetail(point.row));
    plot.append(circle);
  }

  function overlaps(a, b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  }

  const GLYPH = 7.2, LINE = 14; // of the plot's text: about how wide and how high

  /* Where a text of this width may stand: right or left of its point, above or below. */
  function labelPlaces(point, width) {
    const { left: x, top: y } = point;
    return [
      { anchor: "start", x: x + 9, y: y + 4, left: x + 9 },
      { anchor: "end", x: x - 9, y: y + 4, left: x - 9 - width },
      { anchor: "middle", x, y: y - 10, left: x - width / 2 },
      { anchor: "middle", x, y: y + 20, left: x - width / 2 },
    ].map((place) => ({
      ...place, right: place.left + width, top: place.y + 2 - LINE, bottom: place.y + 2,
    }));
  }

  /* Names beside their points where there is room; the first points are served first. */
  function drawLabels(plot, points, taken) {
    const LONGEST = 28;
    for (const point of points.slice(0, LABELS_MAX)) {
      const text = point.row.name.length > LONGEST
        ? point.row.name.slice(0, LONGEST - 1) + "\u2026" : point.row.name;
      const place = labelPlaces(point, text.length * GLYPH).find((box) =>
        box.left >= area.left && box.right <= area.right && box.top >= 0 &&
        box.bottom <= area.bottom && !taken.some((other) => overlaps(box, other)));
      if (!place) continue;
      plot.append(drawn("text", { x: place.x, y: place.y, "text-anchor": place.anchor }, text));
      taken.push(place);
    }
  }

  /* The front as steps: whatever lies behind them is beaten by one of its points. */
  function frontSteps(front) {
    return front.slice(1).flatMap((point, i) => [
      { x1: front[i].left, y1: front[i].top, x2: point.left, y2: front[i].top },
      { x1: point.left, y1: front[i].top, x2: point.left, y2: point.top },
    ]);
  }

  function boxOf(step) {
    return {
      left: Math.min(step.x1, step.x2), right: Math.max(step.x1, step.x2),
      top: Math.min(step.y1, step.y2) - 1, bottom: Math.max(step.y1, step.y2) + 1,
    };
  }

  function describeFront(points, front) {
    const { x, y } = axes;
    const ranked = [x, y].every((axis) => badness(axis.column, 0) !== undefined);
    const neutral = [x, y].find((axis) => badness(axis.column, 0) === undefined);
    byId("plot-text").textContent = points.length === 0
      ? `No ${thing} that is shown has both values.`
      : ranked
        ? `${plural(points.length, thing)}. On the Pareto front, where no other is better in ` +
          `${x.column.title} without being worse in ${y.column.title}:`
        : `${plural(points.length, thing)}. There is no Pareto front: no value of ` +
          `${neutral.column.title} is better than another.`;
    byId("front").replaceChildren(...front.slice(0, LABELS_MAX).map((point) => {
      const item = element("li");
      item.append(detailButton(point.row, point.row.name),
        ` (${tickText(point.x)}, ${tickText(point.y)})`);
      return item;
    }));
    if (front.length > LABELS_MAX)
      byId("front").append(element("li", `and ${front.length - LABELS_MAX} more`));
    byId("plot").setAttribute("aria-label", `Scatter plot of ${plural(points.length, thing)}: ` +
      `${x.column.title} across, ${y.column.title} upwards`);
  }

  function drawPlot() {
    const { x, y } = axes;
    if (!x.column) return;
    const plot = byId("plot");
    const points = collectPoints();
    const front = paretoFront(points);
    const onFront = new Set(front);
    plot.replaceChildren();
    fitArea(plot);
    describeFront(points, front);
    if (points.length === 0) return;
    fitAxis(x, points.map((point) => point.x));
    fitAxis(y, points.map((point) => point.y));
    for (const point of points)
      Object.assign(point, { left: x.place(point.x), top: y.place(point.y) });
    drawAxes(plot);
    const steps = frontSteps(front);
    for (const { x1, y1, x2, y2 } of steps) plot.append(line(x1, y1, x2, y2, "front"));
    const others = points.filter((point) => !onFront.has(point));
    for (const point of points) drawErrorBars(plot, point);
    for (const point of others) drawPoint(plot, point, false);
    for (const point of front) drawPoint(plot, point, true);
    const dots = points.slice(0, 500).map((point) => ({ left: point.left - 5,
      right: point.left + 5, top: point.top - 5, bottom: point.top + 5 }));
    drawLabels(plot, others.length <= LABELS_MAX ? [...front, ...others] : front,
      [...dots, ...steps.map(boxOf)]);
  }

  function makeAxis(name, choices, chosen) {
    const axis = axes[name];
    const select = byId(name + "-axis"), log = byId(name + "-log");
    for (const column of choices) select.append(element("option", column.title));
    select.selectedIndex = choices.indexOf(chosen);
    axis.column = chosen;
    select.addEventListener("change", () => {
      axis.column = choices[select.selectedIndex];
      drawPlot();
    });
    log.addEventListener("change", () => {
      axis.log = log.checked;
      drawPlot();
    });
  }

  /* The first two columns in which one value is better than another, if there are two. */
  function makePlot() {
    const choices = columns.filter((column) =>
      rows.some((row) => numberOf(row, column) !== undefined));
    if (choices.length < 2) return;
    const ranked = choices.filter((column) => badness(column, 0) !== undefined);
    const [x, y] = [...ranked, ...choices.filter((column) => !ranked.includes(column))];
    makeAxis("x", choices, x);
    makeAxis("y", choices, y);
    byId("plot-section").hidden = false;
    let due = 0;
    window.addEventListener("resize", () => {
      cancelAnimationFrame(due);
      due = requestAnimationFrame(drawPlot);
    });
  }

  makeSortable();
  makeDetails();
  makePlot();
  makeGrowable();
  makeFilterable();
  applyFilter();
})();
