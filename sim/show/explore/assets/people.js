// The page of a run or a comparison: people in time, arms side by side, every seed's lines.

import { $, data, fill, make, number, words } from "./common.js";
import { Stage, shape, ROLES, ROLE_COLOURS, HOLD_COLOURS } from "../../live/assets/stage.js";
import { Chart, ceiling } from "../../live/assets/chart.js";

const SILENT = "host_silent", STAYS = "as_it_was", BOTH = "both", ALL = "all";
const ARM_COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7"], ARM_INKS = ["#0072B2", "#B34A00", "#00664B", "#8A3A6A"];
const ARM_DASHES = [[], [11, 4], [6, 3], [12, 3, 3, 3]], SILENT_DASH = [2, 4];
const KINDS = ["is a champion", "helps", "mostly asks", "reads", "has not come", "has gone quiet", "has left"];
const LOOKS_ON = 1600; // milliseconds that a picture goes on moving after a change
const IS_STILL = matchMedia("(prefers-reduced-motion: reduce)").matches;
const state = { at: 0, playing: false, panes: [], picked: null, told: null, pane: null, seed: null, moves: 0, stepped: 0 };

// ---- lives: a life that parted from another begins with the frames of that one

const lives = data.lives.map((life, k) => ({ ...life, all: framesOf(k), tellings: tellingsOf(k) }));
const days = lives.length ? lives[0].all.map((frame) => frame.day) : [];

function framesOf(k) {
  const { past, shared, frames } = data.lives[k];
  return past === null ? frames : [...framesOf(past).slice(0, shared), ...frames];
}

function tellingsOf(k) {
  const { past, shared, stories } = data.lives[k];
  if (past === null) return stories;
  if (isSame(k)) return tellingsOf(past);
  const first = stories[0]?.day ?? Infinity;
  return [...tellingsOf(past).filter((told) => told.day < first && told.day <= parted(k)), ...stories];
}

// Whether a life never differs from the one that it parted from: a host that is not there can fall silent without a trace.
function isSame(k) {
  return data.lives[k].past !== null && !data.lives[k].frames.length;
}

function parted(k) {
  return data.lives[k].world === SILENT ? data.host_off : data.change_day ?? 0;
}

const armNumber = (name) => data.arms.findIndex((arm) => arm.name === name);
const nameOf = (arm, world) => [data.arms.length > 1 ? words(arm) : "", world === SILENT ? "host falls silent" : data.worlds.length > 1 && data.arms.length === 1 ? "host stays" : ""]
  .filter(Boolean).join(", ") || "as it was";

// ---- which lives are shown

function choices() {
  const others = data.arms.slice(1).map((arm) => [arm.name, `base and ${words(arm.name)}`]);
  const all = data.arms.length > 2 ? [[ALL, "all arms"]] : [];
  fill($("arms"), [...others, ...all, ...data.arms.map((arm) => [`only:${arm.name}`, `only ${words(arm.name)}`])]);
  $("arms-label").hidden = data.arms.length < 2;
  fill($("hosts"), [[STAYS, "stays"], [SILENT, `falls silent on day ${data.host_off}`], [BOTH, "both, side by side"]], data.arms.length > 1 ? STAYS : BOTH);
  $("hosts-label").hidden = data.worlds.length < 2;
}

function shownPairs() {
  const arms = $("arms").value, hosts = data.worlds.length > 1 ? $("hosts").value : STAYS;
  const named = data.arms.length < 2 ? ["base"] : arms === ALL ? data.arms.map((arm) => arm.name)
    : arms.startsWith("only:") ? [arms.slice(5)] : ["base", arms];
  return named.flatMap((arm) => (hosts === BOTH ? [STAYS, SILENT] : [hosts]).map((world) => ({ arm, world })));
}

function show() {
  const pairs = shownPairs();
  $("stages").classList.toggle("many", pairs.length > 3);
  state.panes = lives.length ? pairs.map((pair, place) => pane(pair, place)) : [];
  $("stages").replaceChildren(...state.panes.map((one) => one.box));
  go(state.at);
}

function pane({ arm, world }, place) {
  const life = lives.find((one) => one.arm === arm && one.world === world);
  const box = make("figure"), title = make("figcaption", "", box), canvas = make("canvas", "", box), text = make("p", "", box, { className: "words", id: `words-${place}` });
  const name = nameOf(arm, world);
  title.textContent = name[0].toUpperCase() + name.slice(1);
  title.style.color = ARM_INKS[armNumber(arm)];
  Object.assign(canvas, { tabIndex: 0, role: "img" });
  canvas.setAttribute("aria-label", `People, ${name}. Arrow keys go from member to member.`);
  canvas.setAttribute("aria-describedby", text.id);
  const one = { life, name, place, box, text, at: -1 };
  one.stage = new Stage(canvas, { acts: data.acts, suppliers: data.suppliers, onPick: (id) => pick(id, one) });
  one.stage.by = $("colours").value;
  one.stage.picked = state.picked;
  return one;
}

// ---- time

function go(at) {
  state.at = Math.max(0, Math.min(at, days.length - 1));
  for (const one of state.panes) turn(one, state.at);
  $("time").value = state.at;
  $("time").setAttribute("aria-valuetext", `day ${days[state.at]}`);
  $("status").textContent = `Day ${days[state.at] ?? data.days} of ${data.days}`;
  describe();
  moved();
}

// Take in the next frame, or begin from the first one and pass by all up to the day. People go on from where they stood.
function turn(one, at) {
  const { stage } = one, frames = one.life.all;
  if (at !== one.at + 1) {
    const stood = stage.people, { picked } = stage;
    stage.reset();
    stage.picked = picked;
    for (let k = 0; k < at; k++) stage.take({ ...frames[k], acts: [], here: [] });
    stage.take(frames[at]);
    for (const [id, before] of stood) {
      const now = stage.people.get(id);
      if (now) [now.x, now.y] = [before.x, before.y];
    }
  } else stage.take(frames[at]);
  one.at = at;
}

function moved() {
  const asleep = performance.now() > state.moves;
  state.moves = performance.now() + LOOKS_ON;
  state.fresh = true;
  if (asleep) requestAnimationFrame(draw);
}

function draw(now) {
  if (state.playing && now - state.stepped > 1000 / Number($("pace").value)) {
    state.stepped = now;
    if (state.at + 1 >= days.length) play(false);
    else go(state.at + 1);
  }
  for (const { stage, life } of state.panes) {
    for (const id of life.all[state.at].here) stage.person(id).here = 1; // who came stays bright while time stands still
    if (IS_STILL) stage.move(1);
    stage.draw(performance.now());
  }
  if (state.fresh) drawLines();
  state.fresh = false;
  if (performance.now() < state.moves) requestAnimationFrame(draw);
}

function play(on) {
  if (on && state.at + 1 >= days.length) state.at = -1;
  state.playing = on;
  $("play").textContent = on ? "❚❚ Pause" : "▶ Play";
  moved();
  if (!on) describe();
}

function describe() {
  const said = state.panes.map((one) => {
    const n = one.life.all[state.at].now;
    one.text.textContent = `${counted(n.active, "active member")}: ${counted(n.champions, "champion")}, ${counted(n.helpers - n.champions, "helper")}, ` +
      `${n.askers} who ask, ${n.lurkers} who only read. Host ${n.host ? "at work" : "silent or absent"}. ${counted(Math.round(n.ads), "ad")} a visit.`;
    return `${one.name}: ${counted(n.active, "active member")}`;
  });
  if (!state.playing && said.length) $("said").textContent = `Day ${days[state.at]}. ${said.join("; ")}.`;
}

const counted = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

// ---- a person's story, in the life where they were clicked, and how they fare elsewhere

function pick(id, from = state.panes.includes(state.pane) ? state.pane : state.panes[0], told = null) {
  [state.picked, state.pane, state.told] = [id, from, told];
  for (const one of state.panes) one.stage.picked = id;
  moved();
  story();
}

function close() {
  $("story").hidden = true;
  state.picked = null;
  for (const one of state.panes) one.stage.picked = null;
  moved();
}

const tellingOn = (life, day) => [...life.tellings].reverse().find((told) => told.day <= day) ?? life.tellings[0];

function story() {
  const box = $("story"), { life, name, place } = state.pane, id = state.picked;
  const telling = state.told === null ? tellingOn(life, days[state.at]) : life.tellings.find((told) => told.day === state.told);
  box.replaceChildren();
  box.classList.toggle("at-left", place % 2 === 1);
  make("button", "×", box, { className: "close", onclick: close, ariaLabel: "Close the story" });
  const [title, sentences, wants, holds, ties, latest] = telling.of[id] ?? [`Person ${id} had not joined by then`, [], {}, {}, [], []];
  make("h2", title, box);
  const told = make("div", `${name}, told on day `, box, { className: "told" });
  for (const one of life.tellings) {
    const button = make("button", one.day, told, { onclick: () => { state.told = one.day; story(); } });
    if (one === telling) button.setAttribute("aria-current", "true");
  }
  for (const one of sentences) make("p", one, box).style.margin = "3px 0";
  bars(box, "Looks for", wants);
  bars(box, "What holds them: given by", holds);
  if (ties.length) {
    const line = make("p", "Would miss: ", box);
    for (const other of ties) make("button", `person ${other}`, line, { onclick: () => pick(other, state.pane) });
  }
  if (latest.length) {
    make("h2", "Of late", box);
    const list = make("ul", "", box);
    for (const one of latest) make("li", one, list);
  }
  elsewhere(box, life, id, telling.day);
  box.hidden = false;
}

function elsewhere(box, life, id, day) {
  const others = lives.filter((one, k) => one !== life && !isSame(k));
  if (others.length) make("h2", "The same person elsewhere", box);
  for (const one of others) {
    const telling = tellingOn(one, day), found = telling.of[id], part = make("details", "", box);
    make("summary", `${nameOf(one.arm, one.world)}, day ${telling.day}: ${found ? found[0].replace(`Person ${id} `, "") : "has not joined"}`, part);
    for (const text of found?.[1] ?? []) make("p", text, part).style.margin = "3px 0";
  }
}

function bars(box, title, parts) {
  const shown = Object.entries(parts).filter(([, value]) => value > 0);
  if (!shown.length) return;
  const most = Math.max(...shown.map(([, value]) => value)), total = shown.reduce((sum, [, value]) => sum + value, 0);
  make("h2", title, box);
  const grid = make("div", "", box, { className: "bars" });
  for (const [name, value] of shown) {
    make("span", name, grid);
    make("i", "", grid).style.width = `${(100 * value) / most}%`;
    make("span", `${Math.round((100 * value) / total)} %`, grid);
  }
}

// Some people to begin with: of each kind at the end, those with the most ties.
function meet() {
  const last = lives[0].tellings[lives[0].tellings.length - 1].of, kinds = new Map();
  for (const [id, [title, , , , ties]] of Object.entries(last)) {
    const kind = title.replace(`Person ${id} `, "");
    kinds.set(kind, [...(kinds.get(kind) ?? []), { id, ties: ties.length }]);
  }
  const rank = (kind) => KINDS.findIndex((known) => kind.startsWith(known));
  $("meet").replaceChildren(new Option("somebody …", ""), ...[...kinds].sort(([a], [b]) => rank(a) - rank(b)).map(([kind, ones]) => {
    const group = make("optgroup", "", null, { label: `${kind} (${ones.length})` });
    ones.sort((a, b) => b.ties - a.ties || a.id - b.id);
    group.append(...ones.slice(0, 5).map((one) => new Option(`person ${one.id}`, one.id)));
    return group;
  }));
}

// ---- every seed's lines

class Lines extends Chart {
  drawAll(curves, { label, unit }) {
    const { x, y, h } = this.open(topOf(curves, unit), label), { pen } = this;
    this.place = { x, y };
    if (data.change_day && data.arms.length > 1) this.upright(x(data.change_day), h, "arms part", [3, 3]);
    if (curves.some((curve) => curve.world === SILENT)) this.upright(x(data.host_off), h, "host falls silent", [3, 3]);
    for (const [k, curve] of curves.entries()) {
      pen.globalAlpha = curve.seeds.length > 30 ? 0.16 : 0.28;
      for (const rows of curve.seeds) this.line(pen, rows, "v", "v", x, y, curve.colour, 1, curve.dash);
      pen.globalAlpha = 1;
      if (!k) this.line(pen, curve.mean, "v", "v", x, y, "#fff", 5, []); // the dashes of others let it through
      this.line(pen, curve.mean, "v", "v", x, y, curve.colour, 3, curve.dash);
      const own = curve.seeds[data.lines.seeds.indexOf(data.replicate)];
      if (lives.length && own) this.line(pen, own, "v", "v", x, y, curve.colour, 1.4, []);
      if (state.seed !== null) this.line(pen, curve.seeds[data.lines.seeds.indexOf(state.seed)], "v", "v", x, y, "#000", 1.8, curve.dash);
    }
    if (days.length) this.upright(x(days[state.at]), h, "", []);
    this.names(curves, unit, x, y);
  }

  upright(at, h, text, dash) {
    const { pen } = this;
    pen.beginPath();
    pen.setLineDash(dash);
    pen.moveTo(at, 20);
    pen.lineTo(at, h - 24);
    pen.lineWidth = dash.length ? 1.2 : 1.8;
    pen.strokeStyle = dash.length ? "#777" : "#000";
    pen.stroke();
    pen.setLineDash([]);
    pen.font = "12px sans-serif";
    pen.fillStyle = "#444";
    pen.textAlign = "right";
    pen.fillText(text, at - 4, 32);
  }

  names(curves, unit, x, y) {
    const { pen } = this, ends = curves.map((curve) => ({ curve, last: curve.mean[curve.mean.length - 1] })).filter(({ last }) => last.v.v >= 0);
    ends.sort((a, b) => a.last.v.v - b.last.v.v);
    let below = y(0) + 12;
    pen.font = "600 12px sans-serif";
    pen.textAlign = "left";
    for (const { curve, last } of ends) {
      below = Math.min(below - 14, y(last.v.v) + 4);
      pen.fillStyle = curve.ink;
      let text = `${number(last.v.v, unit)} ${curve.name}`;
      while (pen.measureText(text).width > 88) text = `${text.slice(0, -2)}…`;
      pen.fillText(text, x(last.day) + 6, below);
    }
  }
}

function topOf(curves, unit) {
  if (unit === "share" || unit === "0 to 1") return 1;
  return ceiling(Math.max(1, ...curves.flatMap((curve) => [curve.mean, ...curve.seeds].flat().map((row) => row.v.v))));
}

const chart = new Lines($("chart"));
const cache = new Map(); // curves as rows, by measure, arm and world

function curve({ arm, world }, name) {
  const key = `${name} ${arm} ${world}`;
  if (!cache.has(key)) {
    const found = data.lines.curves.find((one) => one.arm === arm && one.world === world)?.of[name];
    const k = armNumber(arm), rows = (values) => found.days.map((day, at) => ({ day, v: { v: values[at] } }));
    cache.set(key, found && {
      arm, world, name: [data.arms.length > 1 ? words(arm) : "", world === SILENT ? "silent" : data.arms.length > 1 ? "" : "host stays"].filter(Boolean).join(", "),
      colour: ARM_COLOURS[k], ink: ARM_INKS[k], dash: world === SILENT ? SILENT_DASH : ARM_DASHES[k],
      mean: rows(found.mean), seeds: found.seeds.map(rows),
    });
  }
  return cache.get(key);
}

// The curves that are shown. A world with a silent host is drawn from the first day on, unless the other stands beside it.
function shownCurves(name) {
  const found = shownPairs().map((pair) => curve(pair, name)).filter(Boolean);
  return $("hosts").value === SILENT ? found.map((one) => whole(one, name)) : found;
}

function whole(one, name) {
  const before = one.world === SILENT && curve({ arm: one.arm, world: STAYS }, name);
  if (!before) return one;
  const [first] = one.mean, join = (past, own) => [...past.filter((row) => row.day < first.day), ...own];
  return { ...one, mean: join(before.mean, one.mean), seeds: one.seeds.map((own, k) => join(before.seeds[k], own)) };
}

const measure = () => data.lines.measures.find((one) => one.name === $("measure").value);

function on(rows, day) {
  const row = [...rows].reverse().find((one) => one.day <= day);
  return row ? row.v.v : undefined;
}

function valueOn(one, pick, day) {
  const own = on(pick(one), day);
  if (own !== undefined || one.world === STAYS) return own;
  return on(pick(curve({ arm: one.arm, world: STAYS }, measure().name)), day); // before it parted
}

function drawLines() {
  const one = measure(), curves = shownCurves(one.name), day = days[state.at] ?? data.days;
  chart.days = data.days;
  chart.drawAll(curves, one);
  const list = (pick) => curves.map((found) => {
    const value = valueOn(found, pick, day);
    return `${found.name || "as it was"} ${value === undefined || value < 0 ? "undefined" : number(value, one.unit)}`;
  }).join("; ");
  const of = (seed) => (found) => found.seeds[data.lines.seeds.indexOf(seed)];
  const parts = [`${one.label} on day ${day}, mean of ${data.replicates} seeds: ${list((found) => found.mean)}.`];
  if (lives.length) parts.push(`Replicate ${data.replicate}, whose people are drawn (thin full line): ${list(of(data.replicate))}.`);
  if (state.seed !== null && !(lives.length && state.seed === data.replicate))
    parts.push(`Replicate ${state.seed} (black): ${list(of(state.seed))}.${lives.length ? ` To see its people: barnraise explore FOLDER replicate=${state.seed}` : ""}`);
  parts.push("Faint lines: one seed each.");
  $("words-chart").textContent = parts.join(" ");
}

function chooseSeed(seed) {
  state.seed = seed;
  $("seed").value = seed === null ? "" : seed;
  moved();
  setTimeout(() => ($("said").textContent = $("words-chart").textContent), 100);
}

// The seed whose line passes nearest to where somebody clicked.
function nearest(event) {
  const { x, y } = chart.place, box = $("chart").getBoundingClientRect();
  const at = event.clientX - box.left, height = event.clientY - box.top;
  const day = Math.max(0, Math.min(data.days, (data.days * (at - x(0))) / (x(data.days) - x(0))));
  let best = null, least = 24;
  for (const one of shownCurves(measure().name))
    one.seeds.forEach((rows, k) => {
      const value = on(rows, day);
      const away = value === undefined || value < 0 ? Infinity : Math.abs(y(value) - height);
      if (away < least) [best, least] = [data.lines.seeds[k], away];
    });
  return best;
}

// ---- the key and the words

function key() {
  const drawn = $("colours").value === "role"
    ? [["champion", "champion", ROLE_COLOURS[4]], ["helper", "helper", ROLE_COLOURS[3]], ["asks", "asker", ROLE_COLOURS[2]], ["only reads", "lurker", ROLE_COLOURS[1]]]
    : [["other members", "lurker", HOLD_COLOURS.members], ["the host", "lurker", HOLD_COLOURS.host], ["the archive", "lurker", HOLD_COLOURS.archive], ["the cause", "lurker", HOLD_COLOURS.cause], ["first hopes", "lurker", HOLD_COLOURS.nobody]];
  $("key").replaceChildren(...drawn.map(([text, role, colour]) => {
    const item = make("span"), mark = make("canvas", "", item, { width: 16, height: 16 }), pen = mark.getContext("2d");
    mark.style.cssText = "width:16px;height:16px;display:inline-block;vertical-align:-3px;margin-right:4px;flex:none";
    pen.fillStyle = colour;
    pen.beginPath();
    shape(pen, ROLES.indexOf(role), 8, 8, 5);
    pen.fill();
    item.append(text);
    return item;
  }), make("span", `○ gone quiet · × left · lines: bonds · glowing: some of the help, thanks, greetings of late · larger: wrote more · bright: came ${data.every > 1 ? "lately" : "that day"}`));
}

function facts() {
  const add = (text) => make("p", text, $("facts"));
  if (data.story) add(data.story);
  if (data.claim) add(`What is claimed: ${data.claim}`);
  for (const arm of data.arms) if (arm.name !== "base") add(`${words(arm.name)}: ${arm.words}.`);
  const strangers = data.people > data.customers ? ` and ${(data.people - data.customers).toLocaleString("en")} strangers who may become customers` : "";
  add(`A simulation of ${data.customers.toLocaleString("en")} customers${strangers} over ${data.days} days, not of real people. ` + (lives.length
    ? `The people are those of one run, replicate ${data.replicate} of ${data.replicates} (counted from 0; seed ${data.seed}). It was lived again day by day from the settings that the folder keeps, and came to the same outcomes. All arms have the same people and the same luck until something differs. A picture is kept every ${data.every === 1 ? "day" : `${data.every} days`}.`
    : "Nobody's days are shown: see the note above."));
  add("One run is an example, not an answer: other seeds may differ as much as the arms do, and their lines are beside it. The report has the differences with their intervals.");
  if (data.venues > 1) add(`People and lines are those of the main venue, ${words(data.main)}, of ${data.venues}.`);
  add(`Made by: ${data.command} (run ${data.hash}).`);
  add("Keys: Space plays and pauses. Arrow left and right move in time, Home and End to its ends. On a picture of people the arrow keys go from member to member. On the lines, arrow up and down choose a seed. Escape closes a story.");
}

// ---- wiring

// The page opens on the last day or, if nobody is there any more, on the day with the most active members.
function opening() {
  const active = (lives[0]?.all ?? []).map((frame) => frame.now.active);
  return active[active.length - 1] > 0 ? days.length - 1 : active.indexOf(Math.max(...active));
}

function begin() {
  choices();
  facts();
  fill($("measure"), data.lines.measures.map((one) => [one.name, one.label]));
  fill($("seed"), [["", "none chosen"], ...data.lines.seeds.map((seed) => [seed, `replicate ${seed}${lives.length && seed === data.replicate ? " (its people are drawn)" : ""}`])]);
  $("lines").hidden = false;
  $("people").hidden = !lives.length;
  $("time").max = Math.max(0, days.length - 1);
  $("person").max = Math.max(0, data.people - 1);
  state.at = opening();
  if (lives.length) { meet(); key(); }
  show();
}

$("arms").onchange = $("hosts").onchange = () => { close(); show(); };
$("colours").onchange = () => { for (const one of state.panes) one.stage.by = $("colours").value; key(); moved(); };
$("measure").onchange = moved;
$("time").oninput = () => { play(false); go(Number($("time").value)); };
$("play").onclick = () => play(!state.playing);
$("back").onclick = () => { play(false); go(state.at - 1); };
$("step").onclick = () => { play(false); go(state.at + 1); };
$("meet").onchange = () => { if ($("meet").value) pick(Number($("meet").value), state.panes[0], data.days); };
$("person").onchange = () => { if ($("person").value !== "") pick(Number($("person").value)); };
$("seed").onchange = () => chooseSeed($("seed").value === "" ? null : Number($("seed").value));
$("chart").onclick = (event) => chooseSeed(nearest(event));
$("chart").addEventListener("keydown", (event) => {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!way) return;
  const { seeds } = data.lines, at = seeds.indexOf(state.seed);
  chooseSeed(at < 0 ? (way > 0 ? seeds[0] : seeds[seeds.length - 1]) : seeds[(at + way + seeds.length) % seeds.length]);
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return close();
  if (/INPUT|SELECT|TEXTAREA|BUTTON|SUMMARY/.test(event.target.tagName) || !lives.length) return;
  const acts = {
    " ": () => play(!state.playing), ArrowLeft: () => $("back").click(), ArrowRight: () => $("step").click(),
    Home: () => go(0), End: () => go(days.length - 1),
  }[event.key];
  if (acts) { acts(); event.preventDefault(); }
});
window.addEventListener("resize", moved);
window.barnraise = { state, data, lives, days, go, pick, chart }; // for tests and for the curious
begin();
