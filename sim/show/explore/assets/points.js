// The page of a sweep: an outcome over one factor as dots, or over two as a map of cells.

import { $, cleared, data, fill, make, number } from "./common.js";

const MARGIN = { left: 74, right: 18, top: 16, bottom: 46 }, BLUE = "#0072B2", INK = "#1a1a1a";
const SCALE = ["#00204d", "#31446b", "#666970", "#958f78", "#cbba69", "#ffea46"]; // cividis: from dark to light, for all eyes
const MOST_LEVELS = 14, BINS = 8, NONE = "";
const state = { marks: [], at: -1 };

const outcome = () => data.outcomes.find((one) => one.name === $("outcome").value);
const factor = (id) => data.factors.find((one) => one.name === $(id).value);
const known = (values) => values.filter((value) => value !== null);
const mean = (values) => (values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null);
const plain = (value, digits = 3) => (typeof value === "number" ? String(Number(value.toPrecision(digits))) : value);

// ---- an axis: levels side by side, or a range of numbers

const levelsOf = (one) => [...new Set(one.values)].sort((a, b) => (one.numeric ? a - b : 0));

function spanned(low, high, from, to, isLog = false) {
  const f = isLog ? Math.log : (value) => value;
  return (value) => from + ((to - from) * (f(value) - f(low))) / (f(high) - f(low) || 1);
}

function axisOf(one, from, to) {
  const levels = levelsOf(one), isLog = one.log && levels[0] > 0;
  if (!one.numeric) {
    const step = (to - from) / levels.length;
    return { at: (value) => from + step * (levels.indexOf(value) + 0.5), ticks: levels };
  }
  const at = spanned(levels[0], levels[levels.length - 1], from + 14, to - 14, isLog);
  return { at, ticks: levels.length <= 9 ? levels : ticksOf(levels[0], levels[levels.length - 1], isLog) };
}

function ticksOf(low, high, isLog) {
  if (isLog) return [0, 1, 2, 3, 4].map((k) => low * (high / low) ** (k / 4));
  const rough = (high - low) / 5, power = 10 ** Math.floor(Math.log10(rough || 1)), step = power * [1, 2, 5, 10].find((k) => k * power >= rough);
  const ticks = [];
  for (let value = Math.ceil(low / step) * step; value <= high + 1e-9 * step; value += step) ticks.push(Number(value.toPrecision(12)));
  return ticks;
}

// ---- drawing

function draw() {
  const { pen, w, h } = cleared($("field")), one = outcome(), across = factor("across"), up = factor("up");
  const box = { left: MARGIN.left + (up ? 26 : 0), right: w - MARGIN.right, top: MARGIN.top, bottom: h - MARGIN.bottom };
  $("runs-label").hidden = Boolean(up) || !one.runs;
  state.marks = up ? cells(pen, box, one, across, up) : dots(pen, box, one, across);
  pen.fillStyle = INK;
  pen.font = "600 13px sans-serif";
  pen.textAlign = "center";
  pen.fillText(across.name, (box.left + box.right) / 2, h - 6);
  pen.save();
  pen.translate(13, (box.top + box.bottom) / 2);
  pen.rotate(-Math.PI / 2);
  pen.fillText(up ? up.name : `${one.label}${one.unit.startsWith("share") ? " (%)" : one.unit ? ` (${one.unit.replace("money", "EUR")})` : ""}`, 0, 0);
  pen.restore();
  const mark = state.marks[state.at];
  if (mark) outlined(pen, mark);
  say(one, across, up);
}

function outlined(pen, mark) {
  pen.lineWidth = 3;
  pen.strokeStyle = "#000";
  pen.beginPath();
  if (mark.w) pen.rect(mark.x - mark.w / 2 + 1, mark.y - mark.h / 2 + 1, mark.w - 2, mark.h - 2);
  else pen.arc(mark.x, mark.y, 9, 0, 7);
  pen.stroke();
  pen.lineWidth = 1.2;
  pen.strokeStyle = "#fff";
  pen.stroke();
}

function grid(pen, box, x, y, ticksOfY, textOfY) {
  pen.font = "12px sans-serif";
  pen.lineWidth = 1;
  pen.strokeStyle = "#e2e2e2";
  pen.fillStyle = INK;
  pen.textAlign = "right";
  for (const value of ticksOfY) {
    pen.beginPath();
    pen.moveTo(box.left, y(value));
    pen.lineTo(box.right, y(value));
    pen.stroke();
    pen.fillText(textOfY(value), box.left - 5, y(value) + 4);
  }
  labels(pen, box, x);
}

function labels(pen, box, x) {
  pen.font = "12px sans-serif";
  pen.fillStyle = INK;
  pen.textAlign = "center";
  let last = -Infinity;
  for (const value of x.ticks) {
    const text = String(plain(value)), half = pen.measureText(text).width / 2;
    if (x.at(value) - half < last + 4) continue;
    last = x.at(value) + half;
    pen.fillText(text, x.at(value), box.bottom + 16);
  }
}

function dots(pen, box, one, across) {
  const runs = $("runs").checked && one.runs ? one.runs : null;
  const all = known([...one.mean, ...(runs ?? []).flat()]);
  let [low, high] = [Math.min(...all), Math.max(...all)];
  if (low > 0 && low < 0.5 * high) low = 0;
  if (low === high) [low, high] = [low - 1, high + 1];
  const pad = 0.05 * (high - low), y = spanned(low - (low === 0 ? 0 : pad), high + pad, box.bottom, box.top);
  const x = axisOf(across, box.left, box.right);
  grid(pen, box, x, y, ticksOf(low, high), (value) => number(value, one.unit).replace(" %", "").replace("EUR ", ""));
  if (runs) {
    pen.fillStyle = "rgba(90,90,90,.35)";
    runs.forEach((values, k) => known(values).forEach((value, r) => {
      const aside = (((r * 0.618 + k * 0.37) % 1) - 0.5) * 14;
      pen.fillRect(x.at(across.values[k]) + aside - 1.3, y(value) - 1.3, 2.6, 2.6);
    }));
  }
  pen.globalAlpha = one.mean.length > 300 ? 0.5 : 0.85;
  const marks = [];
  one.mean.forEach((value, k) => {
    if (value === null) return;
    const mark = { x: x.at(across.values[k]), y: y(value), value, points: [k] };
    pen.beginPath();
    pen.arc(mark.x, mark.y, one.mean.length > 300 ? 3 : 4.5, 0, 7);
    pen.fillStyle = BLUE;
    pen.fill();
    pen.lineWidth = 1;
    pen.strokeStyle = "#fff";
    pen.stroke();
    marks.push(mark);
  });
  pen.globalAlpha = 1;
  course(pen, x, y, one, across);
  return marks.sort((a, b) => a.x - b.x || b.y - a.y);
}

// The mean at each level, over all points there: a line, if there are few levels.
function course(pen, x, y, one, across) {
  const levels = levelsOf(across);
  if (levels.length > MOST_LEVELS || levels.length === one.mean.length) return;
  pen.beginPath();
  for (const level of levels) {
    const value = mean(known(one.mean.filter((_, k) => across.values[k] === level)));
    if (value === null) continue;
    pen.lineTo(x.at(level), y(value));
  }
  pen.lineWidth = 2.4;
  pen.strokeStyle = "#D55E00";
  pen.setLineDash(across.numeric ? [] : [3, 4]);
  pen.stroke();
  pen.setLineDash([]);
}

// The cells of a map: levels, or equal steps of a range.
function steps(one) {
  const levels = levelsOf(one);
  if (!one.numeric || levels.length <= MOST_LEVELS) return { count: levels.length, of: (value) => levels.indexOf(value), name: (k) => plain(levels[k]) };
  const [low, high] = [levels[0], levels[levels.length - 1]], isLog = one.log && low > 0;
  const to = spanned(low, high, 0, BINS, isLog), edge = (k) => (isLog ? low * (high / low) ** (k / BINS) : low + ((high - low) * k) / BINS);
  return { count: BINS, of: (value) => Math.min(BINS - 1, Math.floor(to(value))), name: (k) => `${plain(edge(k), 2)} to ${plain(edge(k + 1), 2)}` };
}

function cells(pen, box, one, across, up) {
  const columns = steps(across), rows = steps(up), held = new Map();
  one.mean.forEach((value, k) => {
    if (value === null) return;
    const key = rows.of(up.values[k]) * columns.count + columns.of(across.values[k]);
    held.set(key, [...(held.get(key) ?? []), k]);
  });
  const found = [...held].map(([key, points]) => ({ column: key % columns.count, row: Math.floor(key / columns.count), points, value: mean(points.map((k) => one.mean[k])) }));
  const [low, high] = [Math.min(...found.map((cell) => cell.value)), Math.max(...found.map((cell) => cell.value))];
  const w = (box.right - box.left) / columns.count, h = (box.bottom - box.top) / rows.count;
  pen.fillStyle = "#f3f0e8";
  pen.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  const marks = found.map((cell) => ({ ...cell, x: box.left + w * (cell.column + 0.5), y: box.bottom - h * (cell.row + 0.5), w, h,
    where: `${across.name} ${columns.name(cell.column)}, ${up.name} ${rows.name(cell.row)}` }));
  pen.font = "12px sans-serif";
  pen.textAlign = "center";
  for (const mark of marks) {
    const share = high > low ? (mark.value - low) / (high - low) : 0.5, text = number(mark.value, one.unit, high - low < 10);
    pen.fillStyle = colour(share);
    pen.fillRect(mark.x - w / 2 + 0.5, mark.y - h / 2 + 0.5, w - 1, h - 1);
    pen.fillStyle = share > 0.55 ? "#000" : "#fff";
    if (pen.measureText(text).width < w - 4 && h > 14) pen.fillText(text, mark.x, mark.y + 4);
  }
  labels(pen, box, { at: (k) => box.left + w * (columns.ticks.indexOf(k) + 0.5), ticks: (columns.ticks = names(columns)) });
  pen.textAlign = "right";
  names(rows).forEach((text, k) => {
    while (pen.measureText(text).width > box.left - 28) text = `${text.slice(0, -2)}…`;
    pen.fillText(text, box.left - 5, box.bottom - h * (k + 0.5) + 4);
  });
  return marks.sort((a, b) => a.x - b.x || b.y - a.y);
}

const names = (one) => Array.from({ length: one.count }, (_, k) => String(one.name(k)));

function colour(share) {
  const at = Math.min(SCALE.length - 2, Math.floor(share * (SCALE.length - 1))), rest = share * (SCALE.length - 1) - at;
  const part = (hex, k) => parseInt(hex.slice(1 + 2 * k, 3 + 2 * k), 16);
  return `rgb(${[0, 1, 2].map((k) => Math.round(part(SCALE[at], k) + rest * (part(SCALE[at + 1], k) - part(SCALE[at], k)))).join(",")})`;
}

// ---- words

function say(one, across, up) {
  const values = state.marks.map((mark) => mark.value), many = data.points.length.toLocaleString("en");
  const range = values.length ? `${number(Math.min(...values), one.unit)} to ${number(Math.max(...values), one.unit)}` : "undefined everywhere";
  $("words-field").textContent = up
    ? `${one.label} (${one.meaning}): each cell is the mean over its points, whatever the other factors are; ${range}. Light is much, dark is little.`
    : `${one.label} (${one.meaning}) at ${many} points: each dot is a point's mean over its runs; ${range}.` +
      (levelsOf(across).length <= MOST_LEVELS && levelsOf(across).length < one.mean.length ? " The orange line is the mean at each level." : "");
  const mark = state.marks[state.at];
  $("point").textContent = mark ? described(mark, one) : "Move over the picture, or use the arrow keys on it, to read a point's settings.";
}

const settings = (k) => data.factors.map((one) => `${one.name}=${plain(one.values[k])}`).join(" ");

function described(mark, one) {
  if (mark.where) {
    if (mark.points.length > 1) return `${mark.where}: ${one.label} ${number(mark.value, one.unit)}, mean of ${mark.points.length} points.`;
  }
  const [k] = mark.points, runs = one.runs ? known(one.runs[k]) : [];
  const spread = runs.length > 1 ? `, its ${runs.length} runs from ${number(Math.min(...runs), one.unit)} to ${number(Math.max(...runs), one.unit)}` : "";
  return `Point ${data.points[k]}, ${settings(k)}: ${one.label} ${number(mark.value, one.unit)}${spread}.`;
}

function choose(at) {
  if (at === state.at) return;
  state.at = at;
  draw();
  clearTimeout(state.says);
  state.says = setTimeout(() => ($("said").textContent = $("point").textContent), 250);
}

function nearest(event) {
  const box = $("field").getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
  let best = -1, least = 26;
  state.marks.forEach((mark, k) => {
    const isIn = mark.w && Math.abs(mark.x - x) <= mark.w / 2 && Math.abs(mark.y - y) <= mark.h / 2;
    const away = mark.w ? (isIn ? 0 : Infinity) : Math.hypot(mark.x - x, mark.y - y);
    if (away < least) [best, least] = [k, away];
  });
  return best;
}

// By keyboard: left and right go to the next column, up and down to the next in it.
function walk(event) {
  const { marks, at } = state, from = marks[at];
  const along = { ArrowRight: 1, ArrowLeft: -1 }[event.key], higher = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (!(along || higher) || !marks.length) return;
  event.preventDefault();
  if (!from) return choose(0);
  if (higher) return choose((at + higher + marks.length) % marks.length);
  const columns = [...new Set(marks.map((mark) => mark.x))], x = columns[(columns.indexOf(from.x) + along + columns.length) % columns.length];
  choose(marks.indexOf(marks.filter((mark) => mark.x === x).reduce((best, mark) => (Math.abs(mark.y - from.y) < Math.abs(best.y - from.y) ? mark : best))));
}

// ---- wiring

function again() {
  state.at = -1;
  if ($("up").value === $("across").value) $("up").value = NONE;
  draw();
}

fill($("outcome"), data.outcomes.map((one) => [one.name, one.label]));
fill($("across"), data.factors.map((one) => [one.name, one.name]));
fill($("up"), [[NONE, "nothing else"], ...data.factors.map((one) => [one.name, one.name])]);
$("points").hidden = false;
for (const text of [`A ${data.design.replaceAll("_", " ")} design with the factors ${data.factors.map((one) => one.name).join(", ")} (sweep ${data.hash}).`,
  "All points and their runs are simulated. Points share their seeds, so a difference between points is surer than each point alone. Where several factors vary at once, a picture over one or two of them averages over the others or mixes them.",
  "Keys: on the picture, arrow up and down go to the next point, arrow left and right to the next column."]) make("p", text, $("facts"));
for (const id of ["outcome", "across", "up", "runs"]) $(id).onchange = again;
$("field").addEventListener("mousemove", (event) => choose(nearest(event)));
$("field").addEventListener("click", (event) => choose(nearest(event)));
$("field").addEventListener("keydown", walk);
window.addEventListener("resize", draw);
window.barnraise = { state, data, choose }; // for tests and for the curious
draw();
