// The live page: it sends what a class does, takes in what changed, and draws it.

import { Stage, shape, ROLES, ROLE_COLOURS, HOLD_COLOURS } from "./stage.js";
import { Chart } from "./chart.js";
import { askView } from "./ask.js";
import { fill, presetMenus, presetsOf, scenarioMenu } from "./menus.js";

const $ = (id) => document.getElementById(id);
const SIDES = ["left", "right"];
const state = { opened: null, frame: null, playing: false, teaches: true, drawnFrames: 0, spoken: 0, next: 0, asked: 0 };

const menus = await (await fetch("/menus")).json();
const socket = new WebSocket(`ws://${location.host}/live`);
const PATIENCE = 100; // milliseconds: while what a class did waits for its answer, no picture takes the time
function send(what, more = {}) {
  if (socket.readyState !== 1) return;
  if (what !== "drawn") state.asked = performance.now();
  socket.send(JSON.stringify({ do: what, ...more }));
}
const chart = new Chart($("chart"));
const stages = Object.fromEntries(SIDES.map((side) => [side, new Stage($(`stage-${side}`), {
  acts: menus.acts, suppliers: menus.suppliers, onPick: (id) => { state.side = side; send("person", { side, id }); },
})]));
const asks = askView({ $, menus, send });

// ---- what the server says

const takes = {
  hello(said) {
    state.teaches = said.teaches;
    document.body.classList.toggle("room", !said.teaches);
    document.body.classList.toggle("looks", !said.teaches && !said.allows);
    room(said);
    if (said.teaches) open();
  },
  opened(said) {
    state.opened = said;
    chart.reset(said.days, true);
    chart.acts = said.timeline;
    chart.predictions = said.predictions;
    for (const side of SIDES) stages[side].reset();
    $("hours").hidden = !said.game;
    $("levers").hidden = $("choose").hidden = said.game;
    $("let-go").hidden = $("fan").hidden = $("play").hidden = $("step").hidden = said.game;
    $("let-go").disabled = false;
    $("predict-day").value = said.days;
    for (const name of ["people", "days", "seed"]) $(name).placeholder = said[name];
    document.title = `Barnraise: ${said.title}`;
    sliders();
    predictions(said.predictions);
    takes.playing({ on: said.playing });
    closeStory();
  },
  frame(said) {
    state.frame = said;
    for (const side of SIDES) stages[side].take(said[side]);
    said.left.past.forEach(([day, now], k) => chart.take(day, now, said.right.past[k][1]));
    chart.take(said.day, said.left.now, said.right.now);
    send("drawn");
    state.fresh = true;
    if (said.over) takes.playing({ on: false });
    if (said.game) score(said.game);
  },
  playing(said) {
    state.playing = said.on;
    $("play").textContent = said.on ? "❚❚ Pause" : "▶ Play";
  },
  acted(said) {
    chart.acts.push(said);
    if (said.key === "silence") $("let-go").disabled = true;
    const shown = chosenSide() === "left" || (chosenSide() === "both" && said.side !== "right") ? "left" : "right";
    for (const side of SIDES)
      if (said.side === side || said.side === "both")
        for (const one of state.opened.levers[side]) if (one.key === said.key) one.value = said.value;
    if (said.side === shown || said.side === "both") values(shown);
    state.acted = performance.now();
  },
  person: story,
  predictions(said) { predictions(said.all); },
  fan(said) {
    chart.fan = said;
    $("fan").textContent = `Other seeds: ${said.seeds} of ${menus.seeds}`;
    state.fresh = true;
  },
  fan_full() {
    $("fan").textContent = "Show other seeds";
    $("fan").disabled = false;
  },
  planned() {},
  allowed(said) {
    if (!state.teaches) document.body.classList.toggle("looks", !said.on);
  },
  asked(said) { asks.take(said); },
  cancelling() { asks.cancelling(); },
  error(said) { message(said.text); },
};

socket.onmessage = ({ data }) => {
  const said = JSON.parse(data);
  if (said.is !== "frame" || !state.playing) state.asked = -PATIENCE;
  takes[said.is]?.(said);
};
socket.onclose = () => message("The connection has ended: the program was stopped, or the page slept. Load the page again.");

function message(text) {
  $("message").textContent = text;
  $("message").hidden = !text;
  clearTimeout(state.fades);
  if (socket.readyState === 1) state.fades = setTimeout(() => ($("message").hidden = true), 9000);
}

// ---- drawing: the stages move on their own between frames

function draw() {
  const now = performance.now();
  if (!$("watch").hidden && now >= state.next && now >= state.asked + PATIENCE) {
    for (const side of SIDES) stages[side].draw(now);
    if (state.fresh) {
      state.fresh = false;
      state.drawnFrames += 1;
      const one = menus.measures.find((measure) => measure.name === $("measure").value);
      chart.draw(one.name, one.label, one.unit);
      words();
    }
    const spent = performance.now() - now;
    state.next = now + 1.5 * spent; // a third of the time stays free, so that a click does not wait for pictures
  }
  requestAnimationFrame(draw);
}

function words() {
  const said = state.frame, { opened } = state;
  if (!said || !opened) return;
  $("status").textContent = `Day ${said.day} of ${opened.days}`;
  const now = performance.now();
  if (now - state.spoken < 700 && !said.over) return; // text that changes faster cannot be read
  state.spoken = now;
  for (const side of SIDES) {
    const n = said[side].now;
    $(`words-${side}`).textContent = `${n.active} active members: ${n.champions} champions, ${n.helpers - n.champions} helpers, ` +
      `${n.askers} who ask, ${n.lurkers} who only read. Host ${n.host ? "at work" : "silent"}. Ads a visit: ${Math.round(10 * n.ads) / 10}.`;
  }
  const one = menus.measures.find((measure) => measure.name === $("measure").value);
  const text = (side) => { const value = said[side].now[one.name]; return value < 0 ? "undefined" : Math.round(100 * value) / 100; };
  $("words-chart").textContent = `${one.label} on day ${said.day}: left ${text("left")}, right ${text("right")}. One run each; ` +
    `${chart.fan ? `the bands hold four fifths of ${chart.fan.seeds} other seeds.` : "other seeds may differ: “Show other seeds”."}`;
}

// ---- controls

const split = (text) => text.trim().split(/\s+/).filter(Boolean);

function settings() {
  const numbers = [["people", "people"], ["days", "days"], ["seed", "seed"]].filter(([id]) => $(id).value !== "").map(([id, key]) => `${key}=${$(id).value}`);
  return [`scenario=${$("scenario").value}`, ...presetsOf($("presets")), ...numbers, ...split($("more").value)];
}

function open(more = {}) {
  send("open", { settings: settings(), right: split($("only-right").value), ...more });
}

const chosenSide = () => document.querySelector("input[name=side]:checked").value;

function sliders() {
  const box = $("sliders"), shown = chosenSide() === "left" ? "left" : "right";
  box.replaceChildren(...state.opened.levers[shown].map((one) => {
    const label = document.createElement("label"), input = document.createElement("input"), value = document.createElement("span");
    label.className = "slider";
    Object.assign(input, { type: "range", min: one.low, max: Math.max(one.high, one.value), step: one.step, value: one.value });
    input.dataset.key = one.key;
    input.title = `${one.key}, ${one.unit}`;
    const show = () => (value.textContent = plain(Number(input.value)));
    input.oninput = show;
    input.onchange = () => send("lever", { side: chosenSide(), key: one.key, value: Number(input.value) });
    label.append(one.label, value, input);
    show();
    return label;
  }));
}

function values(side) {
  for (const input of $("sliders").querySelectorAll("input")) {
    const one = state.opened.levers[side].find((lever) => lever.key === input.dataset.key);
    if (document.activeElement !== input) input.value = one.value;
    input.previousSibling.textContent = plain(Number(input.value));
  }
}

const plain = (value) => String(Math.round(1000 * value) / 1000);

function predictions(all) {
  chart.predictions = all;
  state.fresh = true;
  $("predicted").replaceChildren(...all.slice(-6).map((one) => {
    const line = document.createElement("li");
    line.textContent = `Day ${one.day}: left ${one.left}, right ${one.right}${one.text ? ` (${one.text})` : ""}`;
    return line;
  }));
}

function room(said) {
  if (!said.invitation) return;
  const text = document.createElement("span"), picture = new Image(), show = document.createElement("button"), allow = document.createElement("label"), box = document.createElement("input");
  text.textContent = `Join: ${said.invitation}`;
  picture.src = "/invitation.svg";
  picture.alt = `QR code of ${said.invitation}`;
  show.textContent = "QR code";
  show.onclick = () => $("room").classList.toggle("open");
  box.type = "checkbox";
  box.onchange = () => send("allow", { on: box.checked });
  allow.append(box, " the room may act");
  $("room").replaceChildren(text, show, allow, picture);
  $("room").hidden = false;
}

// ---- a person's story

function story(said) {
  const box = $("story");
  const add = (tag, text, parent = box) => { const made = document.createElement(tag); made.textContent = text; parent.append(made); return made; };
  box.replaceChildren();
  const close = add("button", "×");
  close.className = "close";
  close.setAttribute("aria-label", "Close the story");
  close.onclick = closeStory;
  add("h2", said.title);
  for (const one of said.sentences) add("p", one).style.margin = "3px 0";
  bars(box, "Looks for", said.wants, add);
  bars(box, "What holds them: given by", said.holds, add);
  if (said.ties.length) {
    const line = add("p", "Would miss: ");
    for (const id of said.ties) {
      const one = add("button", `person ${id}`, line);
      one.onclick = () => stages[said.side].choose(id);
    }
  }
  if (said.latest.length) {
    add("h2", "Of late");
    const list = add("ul", "");
    for (const one of said.latest) add("li", one, list);
  }
  box.className = said.side;
  box.hidden = false;
}

function bars(box, title, parts, add) {
  const shown = Object.entries(parts).filter(([, value]) => value > 0);
  if (!shown.length) return;
  const most = Math.max(...shown.map(([, value]) => value)), total = shown.reduce((sum, [, value]) => sum + value, 0);
  add("h2", title);
  const grid = add("div", "");
  grid.className = "bars";
  for (const [name, value] of shown) {
    add("span", name, grid);
    add("i", "", grid).style.width = `${(100 * value) / most}%`;
    add("span", `${Math.round((100 * value) / total)} %`, grid);
  }
}

function closeStory() {
  $("story").hidden = true;
  for (const side of SIDES) stages[side].picked = null;
}

// ---- be the host

const DUTIES = { replies: "replying to questions", greetings: "greeting newcomers", posts: "posts of your own", awards: "recognising members" };

function duties() {
  $("duties").replaceChildren(...menus.game.duties.map((name) => {
    const label = document.createElement("label"), input = document.createElement("input"), value = document.createElement("span");
    label.className = "slider";
    Object.assign(input, { type: "range", min: 0, max: menus.game.hours, step: 0.5, value: menus.game.hours / 4 });
    input.dataset.duty = name;
    const show = () => { value.textContent = `${input.value} h`; spent(); };
    input.oninput = show;
    input.onchange = plan;
    label.append(DUTIES[name], value, input);
    return label;
  }));
  for (const input of $("duties").querySelectorAll("input")) input.oninput();
}

const hours = () => Object.fromEntries([...$("duties").querySelectorAll("input")].map((one) => [one.dataset.duty, Number(one.value)]));

function spent() {
  const sum = Object.values(hours()).reduce((a, b) => a + b, 0), over = sum > menus.game.hours;
  $("spent").textContent = `${sum} of ${menus.game.hours} hours${over ? ": too many, take some away" : ""}`;
  for (const id of ["week", "month", "rest"]) $(id).disabled = over;
  return over;
}

function plan() { if (!spent()) send("plan", hours()); }

function score(said) {
  const stands = `${said.active} active members; ${said.without} where nobody hosts`;
  const year = menus.game.hosted;
  $("spent").textContent = said.over ? `The end. Half a year after you stopped, ${stands}. Your score: ${said.score}.`
    : `Day ${state.frame.day}: ${stands}. ${state.frame.day < year ? `You host until day ${year}.` : "You have stopped: what stands?"}`;
  for (const id of ["week", "month", "rest"]) $(id).disabled = said.over > 0;
}

// ---- saving

function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function runAsTable() {
  const names = Object.keys(chart.rows[0]?.left ?? {}), lines = [`# ${settings().join(" ")}`];
  for (const act of chart.acts) lines.push(`# day ${act.day}: ${act.side} ${act.key}=${act.value}`);
  for (const one of chart.predictions) lines.push(`# predicted for day ${one.day}: left ${one.left}, right ${one.right} ${one.text}`);
  lines.push(["day", "world", ...names].join(","));
  for (const row of chart.rows) for (const side of SIDES) lines.push([row.day, side, ...names.map((name) => row[side][name])].join(","));
  return lines.join("\n") + "\n";
}

function wholePicture() {
  const parts = [$("stage-left"), $("stage-right"), $("chart")], [a, b, c] = parts;
  const all = document.createElement("canvas"), head = 34 * (window.devicePixelRatio || 1);
  all.width = Math.max(a.width + b.width, c.width);
  all.height = head + a.height + c.height;
  const pen = all.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, all.width, all.height);
  pen.fillStyle = "#000";
  pen.font = `600 ${0.5 * head}px sans-serif`;
  pen.fillText(`${state.opened.title}, day ${state.frame.day}: left ${state.frame.left.now.active} active members, right ${state.frame.right.now.active}`, 8, 0.7 * head);
  pen.drawImage(a, 0, head);
  pen.drawImage(b, a.width, head);
  pen.drawImage(c, 0, head + a.height);
  return all;
}

// ---- the key

function key() {
  const by = $("colours").value, drawn = by === "role"
    ? [["champion: helps often, at home", "champion", ROLE_COLOURS[4]], ["helper", "helper", ROLE_COLOURS[3]], ["asks", "asker", ROLE_COLOURS[2]], ["only reads", "lurker", ROLE_COLOURS[1]]]
    : [["other members", "lurker", HOLD_COLOURS.members], ["the host", "lurker", HOLD_COLOURS.host], ["the archive", "lurker", HOLD_COLOURS.archive], ["the cause", "lurker", HOLD_COLOURS.cause], ["first hopes", "lurker", HOLD_COLOURS.nobody]];
  $("key").replaceChildren(...drawn.map(([text, role, colour]) => {
    const item = document.createElement("span"), mark = document.createElement("canvas");
    mark.width = mark.height = 16;
    mark.style.cssText = "width:16px;height:16px;display:inline-block;vertical-align:-3px;margin-right:4px;flex:none";
    const pen = mark.getContext("2d");
    pen.fillStyle = colour;
    pen.beginPath();
    shape(pen, ROLES.indexOf(role), 8, 8, 5);
    pen.fill();
    item.append(mark, text);
    return item;
  }), Object.assign(document.createElement("span"), { textContent: "○ gone quiet · × left · grey dots: customers who have not joined · lines: bonds · glowing: help, thanks, greetings · larger: wrote more · bright: here today" }));
}

// ---- wiring

function view(name) {
  const sections = name === "game" ? "watch" : name;
  for (const id of ["watch", "ask", "earlier"]) $(id).hidden = id !== sections;
  for (const one of document.querySelectorAll("nav button")) one.toggleAttribute("aria-current", one.dataset.view === name);
  if (name === "earlier") asks.earlier();
  if (name === "game") { duties(); open({ game: true }); }
  if (name === "watch" && state.opened?.game) open();
}

for (const one of document.querySelectorAll("nav button")) one.onclick = () => view(one.dataset.view);
scenarioMenu($("scenario"), menus.scenarios);
presetMenus($("presets"), menus.presets);
fill($("measure"), menus.measures.map((one) => [one.name, one.label]), "active");
$("scenario").onchange = () => open();
$("open").onclick = () => open();
$("reset").onclick = () => (state.opened?.game ? open({ game: true }) : open());
const pace = () => { const [pace, days] = $("pace").value.split(",").map(Number); return { pace, days }; };
const play = (on) => send("play", { on, ...pace() });
$("play").onclick = () => play(!state.playing);
$("pace").onchange = () => state.playing && play(true);
$("step").onclick = () => send("step", { days: 1 });
$("let-go").onclick = () => send("let_go", { side: "right" });
$("fan").onclick = () => { $("fan").disabled = true; send("fan", { measure: $("measure").value }); };
$("measure").onchange = $("colours").onchange = () => { for (const side of SIDES) stages[side].by = $("colours").value; state.fresh = true; key(); };
for (const one of document.querySelectorAll("input[name=side]")) one.onchange = sliders;
$("predict").onclick = () => send("predict", { left: Number($("predict-left").value), right: Number($("predict-right").value), day: Number($("predict-day").value), text: $("predict-text").value });
$("week").onclick = () => { plan(); send("step", { days: 1 }); };
$("month").onclick = () => { plan(); send("step", { days: 4 }); };
$("rest").onclick = () => { plan(); send("step", { days: 78 }); };
$("save-run").onclick = () => save("barnraise_run.csv", new Blob([runAsTable()], { type: "text/csv" }));
$("save-picture").onclick = () => wholePicture().toBlob((blob) => save("barnraise.png", blob));
document.addEventListener("keydown", (event) => {
  if (/INPUT|SELECT|TEXTAREA|BUTTON/.test(event.target.tagName) || event.ctrlKey || event.metaKey || $("watch").hidden) return;
  const acts = { " ": () => $("play").click(), s: () => $("step").click(), r: () => $("reset").click(), l: () => $("let-go").click(), Escape: closeStory }[event.key];
  if (acts) { acts(); event.preventDefault(); }
});
window.addEventListener("resize", () => (state.fresh = true));
window.barnraise = { state, chart, stages, send, open }; // for tests and for the curious
key();
draw();
