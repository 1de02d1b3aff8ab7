// A chart over time: two worlds, faint lines of earlier runs, a fan over seeds, what was done, and what was predicted.

const LEFT = "#0072B2", RIGHT = "#D55E00";
const MARGIN = { left: 46, right: 96, top: 24, bottom: 26 };

export class Chart {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.earlier = []; // runs that went before
    this.reset(1);
  }

  // Begin a run. The one before stays as a faint line, unless there is nothing in it.
  reset(days, keeps = false) {
    if (keeps && this.rows?.length > 7) this.earlier = [...this.earlier.slice(-3), this.rows];
    Object.assign(this, { days, rows: [], acts: [], fan: null, predictions: [] });
  }

  take(day, left, right) {
    const last = this.rows[this.rows.length - 1];
    if (last && last.day >= day) this.rows.pop();
    this.rows.push({ day, left, right });
  }

  draw(name, label, unit) {
    const { x, y, h } = this.open(this.highest(name, unit), label), { pen } = this;
    for (const run of this.earlier) {
      this.line(pen, run, "left", name, x, y, "rgba(0,114,178,.28)", 1, []);
      this.line(pen, run, "right", name, x, y, "rgba(213,94,0,.28)", 1, [4, 3]);
    }
    if (this.fan && this.fan.measure === name) {
      this.band(pen, this.fan, "left", x, y, "rgba(0,114,178,.17)");
      this.band(pen, this.fan, "right", x, y, "rgba(213,94,0,.17)");
    }
    this.marks(pen, x, y, h);
    this.line(pen, this.rows, "left", name, x, y, LEFT, 2.6, []);
    this.line(pen, this.rows, "right", name, x, y, RIGHT, 2.6, [7, 4]);
    this.ends(pen, name, unit, x, y);
    if (name === "active") this.guesses(pen, x, y);
  }

  // Clear the canvas and draw the axes up to a value. Returns where days and values lie.
  open(top, label) {
    const ratio = window.devicePixelRatio || 1, { clientWidth: w, clientHeight: h } = this.canvas, pen = this.pen;
    if (this.canvas.width !== Math.round(w * ratio) || this.canvas.height !== Math.round(h * ratio)) {
      this.canvas.width = Math.round(w * ratio);
      this.canvas.height = Math.round(h * ratio);
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, w, h);
    const x = (day) => MARGIN.left + (day / this.days) * (w - MARGIN.left - MARGIN.right);
    const y = (value) => h - MARGIN.bottom - (value / top) * (h - MARGIN.top - MARGIN.bottom);
    this.axes(pen, x, y, top, label, w, h);
    return { x, y, w, h };
  }

  highest(name, unit) {
    if (unit === "share" || unit === "0 to 1") return 1;
    let most = 10;
    for (const run of [this.rows, ...this.earlier])
      for (const row of run) most = Math.max(most, row.left[name] ?? 0, row.right[name] ?? 0);
    if (this.fan?.measure === name) most = Math.max(most, ...this.fan.bands.left[2], ...this.fan.bands.right[2]);
    if (name === "active") for (const one of this.predictions) most = Math.max(most, one.left, one.right);
    return ceiling(most);
  }

  axes(pen, x, y, top, label, w, h) {
    pen.font = "600 14px sans-serif";
    pen.fillStyle = "#222";
    pen.textAlign = "left";
    pen.textBaseline = "alphabetic";
    pen.fillText(label, 6, 15);
    pen.font = "12px sans-serif";
    pen.strokeStyle = "#e2e2e2";
    pen.lineWidth = 1;
    pen.textAlign = "right";
    for (let k = 0; k <= 4; k++) {
      const value = (top * k) / 4;
      pen.beginPath();
      pen.moveTo(x(0), y(value));
      pen.lineTo(x(this.days), y(value));
      pen.stroke();
      pen.fillText(top < 10 ? value.toFixed(top > 1 ? 1 : 2) : Math.round(value), x(0) - 6, y(value) + 4);
    }
    pen.textAlign = "center";
    const years = this.days > 120, step = years ? Math.ceil(this.days / 360) * 61 : Math.max(7, Math.ceil(this.days / 42) * 7);
    for (let day = 0; day <= this.days; day += step) pen.fillText(day, x(day), h - 8);
    pen.textAlign = "left";
    pen.fillText("day", x(this.days) + 10, h - 8);
  }

  line(pen, rows, side, name, x, y, colour, width, dash) {
    pen.beginPath();
    let begun = false;
    for (const row of rows) {
      const value = row[side]?.[name];
      if (value === undefined || value < 0) continue;
      begun ? pen.lineTo(x(row.day), y(value)) : pen.moveTo(x(row.day), y(value));
      begun = true;
    }
    pen.setLineDash(dash);
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    pen.stroke();
    pen.setLineDash([]);
  }

  band(pen, fan, side, x, y, colour) {
    const [low, , high] = fan.bands[side];
    pen.beginPath();
    fan.days.forEach((day, k) => (k ? pen.lineTo(x(day), y(high[k])) : pen.moveTo(x(day), y(high[k]))));
    for (let k = fan.days.length - 1; k >= 0; k--) pen.lineTo(x(fan.days[k]), y(low[k]));
    pen.closePath();
    pen.fillStyle = colour;
    pen.fill();
  }

  // When something was done: a tick, and a full line with words where a host fell silent.
  marks(pen, x, y, h) {
    pen.font = "12px sans-serif";
    pen.textAlign = "left";
    for (const act of this.acts) {
      const silent = act.key === "silence";
      pen.beginPath();
      pen.setLineDash(silent ? [3, 3] : []);
      pen.moveTo(x(act.day), h - MARGIN.bottom);
      pen.lineTo(x(act.day), silent ? MARGIN.top : h - MARGIN.bottom - 7);
      pen.lineWidth = silent ? 1.4 : 2;
      pen.strokeStyle = act.side === "right" ? RIGHT : act.side === "left" ? LEFT : "#444";
      pen.stroke();
      pen.setLineDash([]);
      if (silent) {
        pen.fillStyle = "#333";
        pen.fillText("host silent", x(act.day) + 4, MARGIN.top + 10);
      }
    }
  }

  ends(pen, name, unit, x, y) {
    const last = this.rows[this.rows.length - 1];
    if (!last) return;
    pen.font = "600 14px sans-serif";
    pen.textAlign = "left";
    let [a, b] = [last.left[name], last.right[name]];
    let [ya, yb] = [y(Math.max(0, a)), y(Math.max(0, b))];
    if (Math.abs(ya - yb) < 16) a >= b ? ([ya, yb] = [(ya + yb) / 2 - 8, (ya + yb) / 2 + 8]) : ([ya, yb] = [(ya + yb) / 2 + 8, (ya + yb) / 2 - 8]);
    const text = (value) => (value < 0 ? "none" : unit === "people" || unit === "replies" ? Math.round(value) : value.toFixed(2));
    pen.fillStyle = LEFT;
    pen.fillText(`${text(a)} left`, x(last.day) + 7, ya + 5);
    pen.fillStyle = "#B34A00";
    pen.fillText(`${text(b)} right`, x(last.day) + 7, yb + 5);
  }

  guesses(pen, x, y) {
    for (const one of this.predictions)
      for (const [side, colour] of [["left", LEFT], ["right", "#B34A00"]]) {
        const [cx, cy] = [x(one.day), y(one[side])];
        pen.beginPath();
        pen.moveTo(cx - 6, cy - 6); pen.lineTo(cx + 6, cy + 6); pen.moveTo(cx + 6, cy - 6); pen.lineTo(cx - 6, cy + 6);
        pen.lineWidth = 2.4;
        pen.strokeStyle = colour;
        pen.stroke();
      }
    if (this.predictions.length) {
      pen.font = "12px sans-serif";
      pen.fillStyle = "#333";
      pen.textAlign = "right";
      pen.fillText("× predicted", x(this.days), MARGIN.top - 8);
    }
  }
}

// A round number a little above the highest value.
export function ceiling(most) {
  const step = 10 ** Math.floor(Math.log10(most));
  return Math.ceil((1.05 * most) / (step / 2)) * (step / 2);
}
