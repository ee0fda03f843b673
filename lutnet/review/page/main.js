// The page: what is at hand, what is shown of it, and what the buttons do.

import { api } from "./api.js";
import { Decisions, OFFLINE } from "./decisions.js";
import { byId } from "./dom.js";
import { differences, finding } from "./figures.js";
import { giveBack } from "./focus.js";
import { History } from "./history.js";
import { listen, sheet } from "./keys.js";
import { CutsInside } from "./inside.js";
import { ChangingLight } from "./light.js";
import { recalled, remember } from "./place.js";
import { Player } from "./player.js";
import { Plots } from "./plots.js";
import { Renderer, decodeStill, parseLattice, parseLut } from "./renderer.js";
import { Scopes } from "./scopes.js";
import { Sliders, neutral } from "./sliders.js";
import { Stage } from "./stage.js";
import { MARKS } from "./strip.js";
import { Timeline } from "./timeline.js";

const LOOK_AGAIN_MS = 2000;
const SCOPES_SHARE = 1 / 20; // of the time, while playing; a change is measured at once
const KEPT_LUTS = 24;

const film = byId("film");

const page = {
  shots: new Map(),
  id: null,
  details: null,
  luts: new Map(),
  lattices: new Map(),
  copied: null,
  asked: 0,
};

const renderer = new Renderer(byId("picture"));
const scopes = new Scopes(byId("scopes"));
const plots = new Plots(byId("cube"), byId("curves"));
const history = new History(() => {
  byId("undo").disabled = !history.done.length;
  byId("redo").disabled = !history.undone.length;
});
const player = new Player(film, renderer, {
  onFrame: (measure) => { light.follow(); stage.draw(); measureScopes(measure); },
  onState: () => { showTransport(); if (!player.playing && stage.fineness < 1) stage.draw(); },
  onLate: () => stage.coarser(),
  onEnd: () => passEnd(),
  onWait: (text) => { if (byId("wait").textContent !== text) byId("wait").textContent = text; },
});
const stage = new Stage(renderer, () => player.playing);
const inside = new CutsInside(player);
const light = new ChangingLight(renderer, player, () => { stage.draw(); measureScopes(true); });
const timeline = new Timeline(page.shots, { onChoose: (id) => choose(id), onSelect: () => showButtons() });
const decisions = new Decisions({
  shots: page.shots,
  history,
  onLearned: (outlines) => { timeline.learn(outlines); showStanding(); },
  onProblem: (text) => problem(text),
  onRefused: () => lookAgain(),
});
let sliders = null;

// ---- the shot at hand

async function choose(id, { play = false } = {}) {
  if (!page.shots.has(id)) return;
  await decisions.saved();
  page.id = id;
  timeline.choose(id);
  remember({ id });
  if (!decisions.unsaved.size) problem("");
  let details;
  try {
    details = await api.details(id);
  } catch (error) {
    return problem(error.message);
  }
  if (page.id !== id) return;
  page.details = details;
  timeline.learn([details]);
  showShot();
  renderer.through("into", await latticeOf(details.into));
  await applyGrade(details.grade);
  if (decisions.pending(id)?.controls) preview();
  if (page.id !== id) return;
  timeline.showCuts(); // before the film: a proxy may take its time
  await player.open(page.shots.get(id), details, { play });
}

function showShot() {
  const { details } = page;
  byId("name").textContent = byId("name").title = details.name;
  byId("facts").textContent = [details.file !== details.name && details.file, `${details.seconds.toFixed(2)} s`, details.scene && `scene ${details.scene}`, details.skipped].filter(Boolean).join(" · ");
  showStanding();
  byId("said").replaceChildren(...details.sentences.map(finding));
  inside.show(details);
  byId("measured").textContent = details.delta_e ? differences(details.delta_e, details.proposed, details.followed) : "";
  byId("warned").replaceChildren(...details.warnings.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  byId("undo-found").hidden = !details.undoing;
  byId("note").value = decisions.pending(page.id)?.note ?? details.note;
  showControls();
}

function showStanding() {
  const shot = page.shots.get(page.id);
  byId("standing").textContent = MARKS[shot.status];
  byId("standing").className = shot.status;
  const skipped = shot.status === "skipped";
  for (const id of ["note", "lut", "look", "reference"]) byId(id).disabled = skipped;
  for (const id of ["sliders", "wheels", "cdl"]) byId(id).inert = skipped;
  showButtons();
}

/** What is decided is decided about all shots that are selected. */
function showButtons() {
  const many = graded().length;
  for (const id of ["approve", "reject", "reset"]) byId(id).disabled = !many;
  byId("copy").disabled = page.shots.get(page.id)?.status === "skipped";
  byId("paste").disabled = !many || !page.copied;
  byId("selection").textContent = timeline.selected.size > 1 ? `${timeline.selected.size} shots are selected: Approve, Reject, Reset and Paste act on all of them.` : "";
}

/** The selected shots that have a grade. */
function graded() {
  return [...timeline.selected].map((id) => page.shots.get(id)).filter((shot) => shot.status !== "skipped");
}

function showControls() {
  const controls = decisions.pending(page.id)?.controls ?? page.details.controls ?? neutral();
  sliders.show(controls, page.details.grade.cdl);
  byId("lut").checked = controls.lut;
  byId("look").value = controls.look;
  byId("mix").value = controls.look_mix;
}

async function applyGrade(grade) {
  const lut = grade.lut ? await lutOf(grade.lut.digest) : null;
  renderer.grade(grade.cdl, lut);
  page.details.grade = grade;
  light.show(page.details, JSON.stringify(grade.cdl) === JSON.stringify(page.details.proposed.cdl));
  light.follow(grade.cdl);
  sliders.showCdl(grade.cdl);
  byId("lut-facts").textContent = grade.lut ? `${grade.lut.size} points${owner(grade.lut)}` : "none in use";
  measureScopes(true); // before the large picture: the card works in order, and the scopes would wait for it
  stage.draw();
  requestAnimationFrame(() => plots.update(renderer));
}

/** Whose LUT it is, where clips share one. */
function owner({ digest }) {
  const shared = page.details.shared_lut;
  if (!shared || shared.digest !== digest) return "";
  return `, shared by ${shared.scene === null ? "the timeline" : `scene ${shared.scene}`} (costs ΔE ${shared.cost.toFixed(1)})`;
}

async function lutOf(digest) {
  if (!page.luts.has(digest)) {
    page.luts.set(digest, parseLut(await api.lut(digest)));
    if (page.luts.size > KEPT_LUTS) page.luts.delete(page.luts.keys().next().value);
  }
  return page.luts.get(digest);
}

async function latticeOf(name) {
  if (!name) return null;
  if (!page.lattices.has(name)) page.lattices.set(name, parseLattice(await api.lattice(name)));
  return page.lattices.get(name);
}

// ---- looking

function showTransport() {
  const { frame, frames, playing } = player;
  const place = byId("place");
  place.max = frames - 1;
  place.value = frame;
  place.disabled = !player.isFilm;
  const seconds = player.media?.rate ? ` · ${(frame / player.media.rate).toFixed(2)} s` : "";
  byId("clock").textContent = `${frame + 1} / ${frames}${seconds}`;
  byId("play").textContent = playing ? "Stop" : "Play";
  byId("play").setAttribute("aria-pressed", String(playing));
  byId("play").disabled = !player.isFilm;
}

let restUntil = 0;
function measureScopes(now) {
  const start = performance.now();
  if (!now && start < restUntil) return;
  scopes.update(renderer);
  const end = performance.now();
  restUntil = end + (end - start) / SCOPES_SHARE;
}

// ---- changing

/** Ask for the grade of the controls: one question at a time, and the latest is always asked. */
async function preview() {
  page.asked += 1;
  if (page.previewing) return;
  page.previewing = true;
  try {
    for (let asked = -1; asked !== page.asked;) {
      asked = page.asked;
      const id = page.id;
      const grade = await api.preview(id, sliders.controls);
      if (page.id === id) await applyGrade(grade);
    }
    problem("");
  } catch (error) {
    problem(error.message);
  } finally {
    page.previewing = false;
  }
}

function onControls() {
  if (!page.details || page.shots.get(page.id).status === "skipped") return;
  preview();
  saveSoon({ controls: structuredClone(sliders.controls) });
}

function saveSoon(change) {
  decisions.saveSoon(page.id, { ...change, based: page.details.based });
}

async function settle(status) {
  const { id } = page;
  await decisions.saved();
  // What was changed by hand stands already, and its note with it.
  const shots = graded().filter((shot) => status !== "approved" || shot.status !== "changed");
  if (await decided(shots, { status })) return;
  if (page.id !== id) return; // a second press, or another way on, was faster: no shot is passed over
  const next = timeline.nextOpen();
  if (next) choose(next);
  else reload();
}

async function reset() {
  const shots = graded();
  for (const { id } of shots) decisions.forget(id);
  if (!(await decided(shots, { status: "proposed" }))) reload();
}

async function paste() {
  if (!page.copied) return;
  await decisions.saved();
  const shots = graded().filter(({ id }) => id !== page.copied);
  if (shots.length && !(await decided(shots, { status: "changed", copy: page.copied }))) reload();
}

/** What was found is taken back, whatever the scene or a reference made of it. */
async function undoFound() {
  await decisions.saved();
  const shots = graded().filter(({ faults }) => faults.length);
  if (shots.length && !(await decided(shots, { status: "changed", undo: true }))) reload();
}

/** Decide the same about `shots`, in one step; notes stay. */
function decided(shots, wish) {
  const note = (shot) => (shot.id === page.id ? byId("note").value : shot.note);
  return shots.length ? decisions.decide(shots.map((shot) => ({ id: shot.id, ...wish, note: note(shot) }))) : null;
}

async function reload() {
  const id = page.id;
  const details = await api.details(id);
  if (page.id !== id) return;
  page.details = details;
  timeline.learn([details]);
  showShot();
  await applyGrade(details.grade);
  timeline.showCuts();
}

async function step(again) {
  const ids = await decisions.step(again);
  if (ids.includes(page.id)) reload();
  else if (ids.length) choose(ids[0]);
}

async function copy() {
  await decisions.saved();
  page.copied = page.id;
  problem("");
  byId("paste").textContent = byId("paste").title = `Paste from ${page.shots.get(page.copied).name}`;
  showButtons();
}

async function rematch(file) {
  if (!file) return;
  await decisions.saved();
  const id = page.id;
  byId("wait").textContent = "Matching…";
  try {
    const outline = await api.rematch(id, file);
    history.add([{ id, from: page.shots.get(id).stamp, to: outline.stamp }]);
    timeline.learn([outline]);
    renderer.uploadReference(await decodeStill(file));
    byId("against-reference").disabled = false;
    if (page.id === id) await reload();
  } catch (error) {
    problem(error.message);
  } finally {
    byId("wait").textContent = "";
    byId("reference").value = "";
  }
}

function problem(text) {
  byId("problem").textContent = text;
}

// ---- the timeline

function passEnd() {
  const next = byId("through").checked ? timeline.neighbour(1) : null;
  if (next) choose(next, { play: true });
  else {
    player.seek(0);
    film.play().catch(() => {});
  }
}

/** See what other windows decided. */
async function lookAgain() {
  if ((document.hidden && page.details) || decisions.sending) return;
  try {
    const { version } = await api.version();
    if (byId("problem").textContent === OFFLINE) problem("");
    await decisions.again();
    if (version === page.version) return;
    const stamps = {};
    for (const shot of page.shots.values()) stamps[shot.id] = shot.stamp;
    const changed = await api.changes(stamps);
    if (decisions.sending) return; // what came back may be our own, on its way
    page.version = version;
    timeline.learn(changed);
    if (changed.some(({ id }) => id === page.id) && !decisions.pending(page.id)) await reload();
  } catch (error) {
    if (error instanceof TypeError) problem(OFFLINE);
  }
}

// ---- wiring

async function write() {
  await decisions.saved();
  byId("export").disabled = true;
  try {
    const { written } = await api.write();
    timeline.showTally(written ? `Files written anew: ${written} clips had changed.` : "The files were up to date.");
  } catch (error) {
    problem(error.message);
  } finally {
    byId("export").disabled = false;
  }
}

function wire() {
  const click = (id, act) => byId(id).addEventListener("click", act);
  const { view } = renderer;
  const turn = (layout) => stage.lay(view.layout === layout ? "after" : layout);
  const actions = {
    play: () => (player.playing ? player.pause() : player.play()),
    rewind: () => player.rewind(),
    stop: () => player.pause(),
    forward: () => player.play(player.playing && film.playbackRate === 1 ? 2 : 1),
    frameBack: () => { player.pause(); player.seek(player.frame - 1); },
    frameOn: () => { player.pause(); player.seek(player.frame + 1); },
    first: () => player.seek(0),
    last: () => player.seek(player.frames - 1),
    previous: () => timeline.go(-1),
    next: () => timeline.go(1),
    selectPrevious: () => timeline.extend(-1),
    selectNext: () => timeline.extend(1),
    selectAll: () => timeline.selectAll(),
    selectOne: () => timeline.select([]),
    approve: () => settle("approved"),
    reject: () => settle("rejected"),
    reset,
    undoFound,
    undo: () => step(false),
    redo: () => step(true),
    wipe: () => turn("wipe"),
    side: () => turn("side"),
    before: () => turn("before"),
    against: () => { if (!byId("against-reference").disabled) stage.compare(view.against === "before" ? "reference" : "before"); },
    zoom: () => stage.toggleZoom(),
    lut: () => byId("lut").click(),
    weaker: () => sliders.nudgeStrength(-0.05),
    stronger: () => sliders.nudgeStrength(0.05),
    copy,
    paste,
    note: () => byId("note").focus(),
    help: () => byId("sheet").showModal(),
  };
  for (const id of ["play", "previous", "next", "approve", "reject", "reset", "undo", "redo", "copy", "paste", "zoom", "help"]) click(id, actions[id]);
  click("export", write);
  click("undo-found", undoFound);
  listen(actions);
  byId("place").addEventListener("input", () => { player.pause(); player.seek(Number(byId("place").value)); });
  stage.listen();
  giveBack();
  byId("lut").addEventListener("change", () => { sliders.controls.lut = byId("lut").checked; onControls(); });
  byId("look").addEventListener("change", () => { sliders.controls.look = byId("look").value; onControls(); });
  byId("mix").addEventListener("input", () => { sliders.controls.look_mix = Number(byId("mix").value); onControls(); });
  byId("note").addEventListener("input", () => saveSoon({ note: byId("note").value }));
  byId("reference").addEventListener("change", (event) => rematch(event.target.files[0]));
  dropped(byId("drop"));
  addEventListener("pagehide", () => decisions.saved());
  addEventListener("beforeunload", (event) => { if (decisions.unsaved.size) event.preventDefault(); });
  if (api.live) setInterval(lookAgain, LOOK_AGAIN_MS);
}

function dropped(target) {
  for (const kind of ["dragover", "dragleave", "drop"]) {
    target.addEventListener(kind, (event) => {
      event.preventDefault();
      target.classList.toggle("over", kind === "dragover");
      if (kind === "drop") rematch(event.dataTransfer.files[0]);
    });
  }
}

async function showReference(found) {
  byId("against-reference").disabled = !found;
  if (found) renderer.uploadReference(await decodeStill(await (await fetch(api.reference())).blob()));
}

async function start() {
  if (!api.live) document.body.classList.add("frozen");
  if (api.live && location.search) window.history.replaceState(null, "", location.pathname); // the token is in a cookie by now
  sheet(byId("sheet"));
  const [overview, steps] = await Promise.all([api.overview(), api.history()]);
  history.load(steps);
  document.title = `${overview.name} · lutnet review`;
  byId("title").textContent = overview.name;
  for (const shot of overview.shots) page.shots.set(shot.id, shot);
  renderer.through("view", await latticeOf(overview.view));
  sliders = new Sliders({ sliders: byId("sliders"), wheels: byId("wheels"), table: byId("cdl"), corrections: overview.corrections, onInput: onControls });
  byId("look").replaceChildren(new Option("none", ""), ...overview.looks.map((name) => new Option(name.replaceAll("_", " "), name)));
  byId("looks").hidden = !overview.looks.length;
  wire();
  await timeline.listen(overview.corrections);
  stage.show();
  const first = page.shots.get(recalled().id) ?? overview.shots.find(({ status }) => status === "proposed") ?? overview.shots[0];
  const reference = showReference(overview.still);
  if (first) await choose(first.id);
  await reference;
  timeline.cuts.measure().catch(() => {}); // for their flags; nobody waits for them
  document.documentElement.dataset.ready = "true";
}

start().catch((error) => problem(error.message));

// For the tests, which read the canvas back, and for anyone who looks under the bonnet.
window.lutnet = { page, renderer, stage, timeline, decisions, player, scopes, history, sliders: () => sliders };
