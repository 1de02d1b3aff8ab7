// A question without a terminal: arms are composed from menus and sliders, and the command that does the same is shown.

import { presetMenus, presetsOf, scenarioMenu } from "./menus.js";

export function askView({ $, menus, send }) {
  const arms = $("arms");

  const base = () => [`scenario=${$("ask-scenario").value}`, ...presetsOf($("ask-presets")),
    ...[["ask-people", "people"], ["ask-days", "days"], ["replicates", "replicates"]]
      .filter(([id]) => $(id).value !== "").map(([id, key]) => `${key}=${$(id).value}`)];
  const quote = (text) => (/^[\w.,=+-]+$/.test(text) ? text : `'${text}'`);

  function argumentsOf() {
    return [...base(), ...[...arms.children].map((arm) => {
      const name = arm.querySelector(".name").value.trim() || "changed";
      const levers = [...arm.querySelectorAll(".lever")].map((one) => `${one.dataset.key}=${one.value}`);
      const words = [...presetsOf(arm.querySelector(".presets")), ...levers, ...arm.querySelector(".free").value.trim().split(/\s+/).filter(Boolean)];
      return `alt.${name}=${words.join(" ")}`;
    })];
  }

  function command() {
    const parts = argumentsOf().map((text) => {
      const at = text.indexOf("=");
      return text.startsWith("alt.") ? `${text.slice(0, at)}=${quote(text.slice(at + 1))}` : quote(text);
    });
    $("command").textContent = `barnraise ${arms.children.length ? "compare " : ""}${parts.join(" ")}`;
  }

  function addArm(name, words = "") {
    const arm = document.createElement("div");
    arm.className = "arm";
    arm.innerHTML = `<div class="row"><label>Name <input class="name" size="12" pattern="[a-z][a-z0-9_]*"></label>
      <label>Change a lever <select class="add"></select></label>
      <label>or in words <input class="free" size="34" placeholder="host.replies=0 host.seeding=0"></label>
      <button type="button" class="remove">Remove</button></div><div class="row presets"></div><div class="row levers"></div>`;
    arm.querySelector(".name").value = name;
    arm.querySelector(".free").value = words;
    arm.querySelector(".remove").onclick = () => { arm.remove(); command(); };
    presetMenus(arm.querySelector(".presets"), menus.presets, command);
    const add = arm.querySelector(".add");
    add.replaceChildren(new Option("choose …", ""), ...menus.levers.map((one) => new Option(one.label, one.key)));
    add.onchange = () => {
      const one = menus.levers.find((lever) => lever.key === add.value);
      if (!one) return;
      const label = document.createElement("label"), input = document.createElement("input"), value = document.createElement("span");
      Object.assign(input, { type: "range", min: one.low, max: one.high, step: one.step, value: one.low, className: "lever" });
      input.dataset.key = one.key;
      const show = () => { value.textContent = input.value; command(); };
      input.oninput = show;
      label.append(one.label, input, value);
      arm.querySelector(".levers").append(label);
      add.value = "";
      show();
    };
    arm.oninput = command;
    arms.append(arm);
    command();
  }

  // The scenario's own alternatives are the first arms: they are the contrast that it was made for.
  function chosen() {
    const one = menus.scenarios.find((found) => found.name === $("ask-scenario").value);
    $("ask-story").textContent = one ? `${one.question} ${one.story}` : "";
    arms.replaceChildren();
    const own = Object.entries(one?.alternatives ?? {});
    for (const [name, words] of own.slice(0, 3)) addArm(name, words);
    if (!own.length) addArm("no_manager", "host=none");
    command();
  }

  const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
  const text = (row, value) => (value === null || value === undefined ? "undefined" : NUMBER.format(value * row.scale));

  const between = (row) => (row.low === null ? "" : `${text(row, row.low)} to ${text(row, row.high)}`);

  function plot(rows) {
    const values = rows.flatMap((row) => [row.low, row.high, 0]).filter((value) => value !== null);
    const [low, high] = [Math.min(...values), Math.max(...values)], x = (value) => 6 + (188 * (value - low)) / (high - low || 1);
    return (row) => row.value === null ? "" : `<svg width="200" height="18" role="img" aria-label="from ${text(row, row.low)} to ${text(row, row.high)}">
      <line x1="${x(0)}" x2="${x(0)}" y1="0" y2="18" stroke="#999" stroke-dasharray="2 2"/>
      <line x1="${x(row.low ?? row.value)}" x2="${x(row.high ?? row.value)}" y1="9" y2="9" stroke="#0072B2" stroke-width="3"/>
      <circle cx="${x(row.value)}" cy="9" r="5" fill="#0072B2"/></svg>`;
  }

  const words = { running: "at work", done: "done", cancelled: "cancelled", failed: "failed" };

  function take(said) {
    const running = said.state === "running";
    $("run").disabled = running;
    $("cancel").hidden = !running;
    if (!running) { $("cancel").disabled = false; $("cancel").textContent = "Cancel, and keep what is finished"; }
    const box = $("answer"), names = [...new Set(said.rows.map((row) => row.arm))].filter((name) => name !== "base");
    const escape = (found) => String(found).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
    let html = `<h2>${said.finished} of ${said.total} pairs of runs, ${words[said.state]}</h2>
      <progress max="${said.total}" value="${said.finished}"></progress><p>${escape(said.why)}</p>`;
    for (const line of said.notes ?? []) html += `<p>${escape(line)}</p>`;
    for (const name of names) {
      html += `<h2>${escape(name.replaceAll("_", " "))} minus base</h2><table><tr><th>Outcome</th><th>Base</th><th>Difference</th><th>95 % interval</th><th></th></tr>`;
      for (const row of said.rows.filter((one) => one.arm === name)) {
        const base = said.rows.find((one) => one.arm === "base" && one.outcome === row.outcome);
        html += `<tr><td>${escape(row.label)} (${escape(row.unit)})</td><td>${text(base, base.value)}</td><td>${row.value > 0 ? "+" : ""}${text(row, row.value)}</td>
          <td>${between(row)}</td><td>${plot([row])(row)}</td></tr>`;
      }
      html += "</table>";
    }
    if (!names.length && said.rows.length) {
      html += "<table><tr><th>Outcome</th><th>Mean</th><th>95 % interval</th></tr>";
      for (const row of said.rows) html += `<tr><td>${escape(row.label)} (${escape(row.unit)})</td><td>${text(row, row.value)}</td><td>${between(row)}</td></tr>`;
      html += "</table>";
    }
    if (running && said.rows.length) html += "<p>A rough answer: it narrows as runs come in.</p>";
    if (said.folder) html += `<p><a href="/results/${encodeURI(said.folder)}/report.html" target="_blank">Open the report</a> to read, print or save it. It stands in ${escape(said.folder)}.</p>`;
    box.innerHTML = html;
    if (said.folder) show(said.folder);
  }

  function show(folder) {
    $("report").src = `/results/${encodeURI(folder)}/report.html`;
    $("report").hidden = false;
  }

  async function earlier() {
    const found = await (await fetch("/earlier")).json();
    $("list").replaceChildren(...found.map((one) => {
      const row = document.createElement("tr"), when = document.createElement("td"), what = document.createElement("td"), how = document.createElement("td");
      const link = document.createElement(one.has_report ? "a" : "span"), code = document.createElement("code");
      link.textContent = one.title;
      if (one.has_report) Object.assign(link, { href: `/results/${encodeURI(one.folder)}/report.html`, target: "_blank" });
      when.textContent = one.created.replace("T", " ").slice(0, 16);
      what.append(link, document.createElement("br"), one.question);
      code.textContent = one.command;
      how.append(code);
      row.append(when, what, how);
      return row;
    }));
    if (!found.length) $("list").innerHTML = "<tr><td colspan=3>Nothing has been asked yet.</td></tr>";
  }

  scenarioMenu($("ask-scenario"), menus.scenarios);
  presetMenus($("ask-presets"), menus.presets, command);
  $("ask-scenario").onchange = chosen;
  $("add-arm").onclick = () => addArm(`arm_${arms.children.length + 1}`);
  $("question").oninput = command;
  $("question").onsubmit = (event) => { event.preventDefault(); $("report").hidden = true; send("ask", { arguments: argumentsOf() }); };
  $("cancel").onclick = () => send("cancel");
  $("copy").onclick = () => navigator.clipboard?.writeText($("command").textContent);
  chosen();

  return { take, earlier, cancelling: () => { $("cancel").disabled = true; $("cancel").textContent = "Stopping after the runs in progress …"; } };
}
