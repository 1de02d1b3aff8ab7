// The stage: a place and its people, drawn on a canvas from frames (see frames.py).
// It needs nothing else, so the live page, a notebook and an exported file draw the same picture.

export const ROLES = ["outside", "lurker", "asker", "helper", "champion", "inactive", "dormant", "left"];
const [OUTSIDE, LURKER, ASKER, HELPER, CHAMPION, INACTIVE, DORMANT, LEFT] = ROLES.keys();
export const HOST = -2;
// Okabe and Ito's colours: the colour-blind can tell them apart; the shapes do it without any colour.
export const ROLE_COLOURS = { [LURKER]: "#56B4E9", [ASKER]: "#E69F00", [HELPER]: "#009E73", [CHAMPION]: "#D55E00" };
export const HOLD_COLOURS = { members: "#0072B2", host: "#D55E00", archive: "#56B4E9", cause: "#009E73", nobody: "#8a8a8a" };
const ACT_COLOURS = { reply: "#0072B2", thanks: "#CC79A7", award: "#CC79A7", greeting: "#E69F00", post: "#D55E00",
  message: "#D55E00", question: "#E69F00", talk: "#56B4E9", join: "#009E73", invitation: "#009E73", exit: "#5A5A5A" };
// How far from the middle somebody stands, by role: the more they take part, the nearer.
const RADIUS = { [CHAMPION]: 0.27, [HELPER]: 0.43, [ASKER]: 0.58, [LURKER]: 0.74, [INACTIVE]: 0.88, [DORMANT]: 0.91 };
const EDGE = 0.98, BEYOND = 1.08, WIDE = 0.16, GOLDEN = 0.6180339887498949, BINS = 72;
const LASTS = 900; // milliseconds that an act glows
const KEPT = 400; // milliseconds that the painting of those outside is kept
const MOST_GLOWS = 160;

const spread = (id) => (id * GOLDEN) % 1; // round the place: neighbours in number are far apart
const scatter = (id) => { const x = Math.sin(id * 12.9898 + 78.233) * 43758.5453; return x - Math.floor(x); };
const isActive = (role) => role >= LURKER && role <= CHAMPION;

export class Stage {
  constructor(canvas, { acts, suppliers, label = "", onPick = () => {} }) {
    Object.assign(this, { canvas, acts, suppliers, label, onPick, by: "role", picked: null });
    this.pen = canvas.getContext("2d");
    this.outside = document.createElement("canvas").getContext("2d");
    this.reset();
    canvas.addEventListener("click", (event) => this.pick(event));
    canvas.addEventListener("keydown", (event) => this.walk(event));
  }

  reset() {
    this.people = new Map(); // by id: role, what holds them, size, angle, place
    this.stood = new Map();
    this.ties = new Map();   // "i,j" to the pair
    this.glows = [];
    this.repaint = 0;
    this.now = {};
    this.picked = null;
  }

  // Take a frame in: who changed, which ties came and went, what was done.
  take(frame, time = performance.now()) {
    if (frame.whole) {
      const { picked, people } = this;
      this.reset();
      this.picked = picked;
      this.stood = people; // who was there goes on from where they stood
    }
    const p = frame.people;
    for (let k = 0; k < p.length; k += 4) {
      const one = this.person(p[k]);
      one.role = p[k + 1];
      one.held = this.suppliers[p[k + 2]] ?? "nobody";
      one.size = p[k + 3];
      aim(one);
    }
    for (let k = 0; k < frame.gone.length; k += 2) this.ties.delete(`${frame.gone[k]},${frame.gone[k + 1]}`);
    for (let k = 0; k < frame.new.length; k += 2)
      this.ties.set(`${frame.new[k]},${frame.new[k + 1]}`, [this.person(frame.new[k]), this.person(frame.new[k + 1])]);
    for (const id of frame.here) this.person(id).here = 1;
    for (let k = 0; k < frame.acts.length; k += 3) {
      const [what, from, to] = [this.acts[frame.acts[k]], frame.acts[k + 1], frame.acts[k + 2]];
      this.glows.push({ what, from, to, time });
    }
    if (this.glows.length > MOST_GLOWS) this.glows.splice(0, this.glows.length - MOST_GLOWS);
    this.now = frame.now;
    this.gather();
  }

  person(id) {
    let one = this.people.get(id);
    if (!one) {
      const at = 2 * Math.PI * spread(id);
      const { angle, x, y } = this.stood.get(id) ?? { angle: at, x: 1.3 * Math.cos(at), y: 1.3 * Math.sin(at) };
      one = { id, role: OUTSIDE, held: "nobody", size: 0, angle, here: 0, painted: false, x, y, goes: [0, 0] };
      aim(one);
      this.people.set(id, one);
    }
    return one;
  }

  // Move people round the place: towards those they are tied to, and away from crowds.
  gather() {
    const crowd = new Float32Array(BINS);
    for (const one of this.people.values()) {
      one.sx = one.sy = 0;
      if (isActive(one.role)) crowd[bin(one.angle)] += 1;
    }
    for (const [a, b] of this.ties.values()) {
      a.sx += Math.cos(b.angle); a.sy += Math.sin(b.angle);
      b.sx += Math.cos(a.angle); b.sy += Math.sin(a.angle);
    }
    const most = Math.max(1, ...crowd);
    for (const one of this.people.values()) {
      if (!isActive(one.role)) continue;
      if (one.sx || one.sy) one.angle += 0.05 * turn(Math.atan2(one.sy, one.sx) - one.angle);
      const at = bin(one.angle);
      one.angle += 0.04 * (crowd[(at + BINS - 1) % BINS] - crowd[(at + 1) % BINS]) / most;
      aim(one);
    }
  }

  // Bring everybody nearer to where they go: a fifth of the way for each picture, or all of it.
  move(share = 0.2) {
    for (const one of this.people.values()) {
      one.x += share * (one.goes[0] - one.x);
      one.y += share * (one.goes[1] - one.y);
    }
  }

  fit() {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: w, clientHeight: h } = this.canvas;
    if (this.canvas.width !== Math.round(w * ratio) || this.canvas.height !== Math.round(h * ratio)) {
      this.canvas.width = Math.round(w * ratio);
      this.canvas.height = Math.round(h * ratio);
    }
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    return [w, h];
  }

  draw(time = performance.now()) {
    const [w, h] = this.fit(), pen = this.pen;
    if (!w || !h) return; // not yet laid out, as in a notebook at first
    const R = Math.min(w / 2, h / 2) / 1.27;
    this.view = { x: w / 2, y: h / 2, R };
    pen.clearRect(0, 0, w, h);
    pen.save();
    pen.translate(w / 2, h / 2);
    this.drawPlace(R);
    this.move();
    this.drawTies(R);
    this.drawOutside(R, time);
    this.drawGlows(R, time);
    this.drawMembers(R);
    this.drawHost(R);
    pen.restore();
  }

  drawPlace(R) {
    const pen = this.pen;
    pen.beginPath();
    pen.arc(0, 0, EDGE * R, 0, 7);
    pen.fillStyle = "#fbf7ee";
    pen.fill();
    pen.lineWidth = 1.5;
    pen.strokeStyle = "#b9ad93";
    pen.stroke();
    const ads = Math.min(12, Math.round(this.now.ads ?? 0));
    pen.font = `bold ${Math.max(9, 0.05 * R)}px sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (let k = 0; k < ads; k++) {
      const angle = Math.PI * (0.5 + 0.09 * (k - (ads - 1) / 2)), r = EDGE * R;
      const [x, y, a, b] = [r * Math.cos(angle), r * Math.sin(angle), 0.058 * R + 5, 0.036 * R + 4];
      pen.fillStyle = "#F0E442";
      pen.strokeStyle = "#000";
      pen.lineWidth = 1;
      pen.fillRect(x - a, y - b, 2 * a, 2 * b);
      pen.strokeRect(x - a, y - b, 2 * a, 2 * b);
      pen.fillStyle = "#000";
      pen.fillText("AD", x, y + 1);
    }
  }

  drawTies(R) {
    const pen = this.pen;
    pen.beginPath();
    for (const [a, b] of this.ties.values()) {
      pen.moveTo(a.x * R, a.y * R);
      pen.quadraticCurveTo(0.35 * R * (a.x + b.x), 0.35 * R * (a.y + b.y), b.x * R, b.y * R);
    }
    pen.lineWidth = this.ties.size > 400 ? 0.5 : 1;
    pen.strokeStyle = "rgba(70,60,40,.28)";
    pen.stroke();
  }

  // Most people are outside and stand still: they are painted now and then, and those on their way in each picture.
  drawOutside(R, time) {
    const { width, height } = this.canvas;
    if (time >= this.repaint || this.outside.canvas.width !== width || this.outside.canvas.height !== height)
      this.paintOutside(R, time);
    this.pen.drawImage(this.outside.canvas, -this.view.x, -this.view.y, 2 * this.view.x, 2 * this.view.y);
    drawAway(this.pen, R, [...this.people.values()].filter((one) => !isActive(one.role) && !one.painted));
  }

  paintOutside(R, time) {
    const pen = this.outside, { width, height } = this.canvas, ratio = width / (2 * this.view.x);
    Object.assign(pen.canvas, { width, height }); // this clears it, too
    pen.setTransform(ratio, 0, 0, ratio, width / 2, height / 2);
    const still = [...this.people.values()].filter((one) => !isActive(one.role) && isThere(one));
    for (const one of still) one.painted = true;
    drawAway(pen, R, still);
    this.repaint = time + KEPT;
  }

  drawMembers(R) {
    const pen = this.pen, members = [...this.people.values()].filter((one) => isActive(one.role));
    const scale = Math.max(0.75, R / 190) * Math.max(1, 1.5 - members.length / 150); // few can be seen better
    for (const one of members) {
      const size = (3.7 + 0.7 * one.size) * scale;
      pen.globalAlpha = 0.62 + 0.38 * one.here;
      one.here *= 0.8;
      pen.fillStyle = this.by === "role" ? ROLE_COLOURS[one.role] : HOLD_COLOURS[one.held];
      pen.beginPath();
      shape(pen, one.role, one.x * R, one.y * R, size);
      pen.fill();
      pen.lineWidth = 0.7;
      pen.strokeStyle = "#fff";
      pen.stroke();
    }
    pen.globalAlpha = 1;
    const one = this.picked === null ? null : this.people.get(this.picked);
    if (one) {
      pen.beginPath();
      pen.arc(one.x * R, one.y * R, 11, 0, 7);
      pen.lineWidth = 2.5;
      pen.strokeStyle = "#000";
      pen.stroke();
    }
  }

  drawGlows(R, time) {
    const pen = this.pen;
    this.glows = this.glows.filter((glow) => time - glow.time < LASTS);
    for (const glow of this.glows) {
      const age = (time - glow.time) / LASTS, [x, y] = this.at(glow.from);
      pen.globalAlpha = (1 - age) * (glow.what === "post" ? 0.4 : 0.9);
      pen.strokeStyle = pen.fillStyle = glow.from === HOST ? "#D55E00" : ACT_COLOURS[glow.what];
      pen.beginPath();
      if (glow.to >= 0 && glow.what !== "exit") {
        const [u, v] = this.at(glow.to);
        pen.lineWidth = glow.what === "reply" ? 2.6 : 1.6;
        pen.moveTo(x * R, y * R);
        pen.lineTo(u * R, v * R);
        pen.stroke();
        pen.beginPath();
        pen.arc((x + age * (u - x)) * R, (y + age * (v - y)) * R, 3, 0, 7);
        pen.fill();
      } else {
        const reach = glow.what === "message" ? EDGE * age * R : glow.from === HOST ? 14 + 0.14 * age * R : 5 + 9 * age;
        pen.lineWidth = 1.6;
        pen.arc(x * R, y * R, reach, 0, 7);
        pen.stroke();
      }
    }
    pen.globalAlpha = 1;
  }

  at(id) {
    const one = id === HOST ? null : this.people.get(id);
    return one ? [one.x, one.y] : [0, 0];
  }

  drawHost(R) {
    const pen = this.pen, works = this.now.host > 0, r = Math.max(11, 0.075 * R);
    pen.beginPath();
    pen.arc(0, -0.35 * r, 0.55 * r, 0, 7);
    pen.moveTo(r, r);
    pen.arc(0, r, r, 0, Math.PI, true);
    pen.closePath();
    pen.lineWidth = 2;
    pen.setLineDash(works ? [] : [3, 3]);
    pen.fillStyle = works ? "#000" : "#fff";
    pen.fill();
    pen.strokeStyle = "#000";
    pen.stroke();
    pen.setLineDash([]);
    pen.font = `600 ${Math.max(12, 0.06 * R)}px sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "top";
    pen.fillStyle = "#000";
    pen.fillText(works ? "host" : "host silent", 0, r + 3);
  }

  nearest(x, y, reach) {
    let best = null, least = reach;
    for (const one of this.people.values()) {
      const away = Math.hypot(one.x * this.view.R - x, one.y * this.view.R - y) + (isActive(one.role) ? 0 : 4);
      if (away < least) [best, least] = [one, away];
    }
    return best;
  }

  pick(event) {
    if (!this.view) return;
    const box = this.canvas.getBoundingClientRect();
    const one = this.nearest(event.clientX - box.left - this.view.x, event.clientY - box.top - this.view.y, 18);
    if (one) this.choose(one.id);
  }

  choose(id) {
    this.picked = id;
    this.onPick(id);
  }

  // By keyboard: the arrow keys go from member to member round the place, Enter opens a story.
  walk(event) {
    const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (way) {
      const ring = [...this.people.values()].filter((one) => isActive(one.role)).sort((a, b) => b.role - a.role || a.id - b.id);
      if (!ring.length) return;
      const at = ring.findIndex((one) => one.id === this.picked);
      this.choose(ring[(at + way + ring.length) % ring.length].id);
      event.preventDefault();
    } else if (event.key === "Enter" && this.picked !== null) this.choose(this.picked);
  }
}

// Say where somebody goes: by their role, and each a little apart from others of it.
function aim(one) {
  const r = RADIUS[one.role] === undefined ? BEYOND + WIDE * scatter(one.id) : RADIUS[one.role] + 0.11 * (scatter(one.id) - 0.5);
  one.goes[0] = r * Math.cos(one.angle);
  one.goes[1] = r * Math.sin(one.angle);
  one.painted = false;
}

function isThere({ x, y, goes }) { return Math.abs(goes[0] - x) + Math.abs(goes[1] - y) < 0.01; }

// Customers who have not joined are dots, those who left are crosses, those who went quiet are rings.
function drawAway(pen, R, people) {
  pen.fillStyle = "#c4c4c4";
  for (const one of people)
    if (one.role === OUTSIDE) pen.fillRect(one.x * R - 1.1, one.y * R - 1.1, 2.2, 2.2);
  pen.beginPath();
  for (const one of people)
    if (one.role === LEFT) cross(pen, one.x * R, one.y * R, 2.6);
  pen.lineWidth = 1.1;
  pen.strokeStyle = "#8a8a8a";
  pen.stroke();
  pen.beginPath();
  for (const one of people) {
    if (one.role !== DORMANT && one.role !== INACTIVE) continue;
    pen.moveTo(one.x * R + 2.4, one.y * R);
    pen.arc(one.x * R, one.y * R, 2.4, 0, 7);
  }
  pen.strokeStyle = "#a3a3a3";
  pen.stroke();
}

function bin(angle) { return Math.floor((((angle / (2 * Math.PI)) % 1) + 1) % 1 * BINS) % BINS; }
function turn(angle) { return Math.atan2(Math.sin(angle), Math.cos(angle)); }
function cross(pen, x, y, r) { pen.moveTo(x - r, y - r); pen.lineTo(x + r, y + r); pen.moveTo(x + r, y - r); pen.lineTo(x - r, y + r); }

export function shape(pen, role, x, y, r) {
  if (role === LURKER) pen.arc(x, y, r, 0, 7);
  else if (role === ASKER) { pen.moveTo(x, y - 1.25 * r); pen.lineTo(x + 1.15 * r, y + 0.85 * r); pen.lineTo(x - 1.15 * r, y + 0.85 * r); pen.closePath(); }
  else if (role === HELPER) pen.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
  else { pen.moveTo(x, y - 1.45 * r); pen.lineTo(x + 1.45 * r, y); pen.lineTo(x, y + 1.45 * r); pen.lineTo(x - 1.45 * r, y); pen.closePath(); }
}
