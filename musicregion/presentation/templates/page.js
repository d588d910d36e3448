"use strict";
// Plays the clips that the page carries, shows the songs that match, walks over the map.
const all = (selector) => [...document.querySelectorAll(selector)];
const one = (selector) => document.querySelector(selector);
const clips = JSON.parse(one("#clips").textContent);
const audio = one("#player audio");

function play(button) {
  const song = button.dataset.play;
  const again = audio.dataset.song === song && !audio.paused;
  all(".playing").forEach((each) => each.classList.remove("playing"));
  if (again) return audio.pause();
  audio.dataset.song = song;
  audio.src = `data:audio/webm;base64,${clips[song]}`;
  all("[data-play]").forEach((each) => each.classList.toggle("playing", each.dataset.play === song));
  one("#playing").textContent = button.getAttribute("aria-label") || button.textContent.trim();
  one("#player").hidden = false;
  audio.play().catch((error) => {
    if (error.name !== "NotSupportedError") return; // another song was chosen meanwhile
    one("#playing").textContent = "This browser cannot play Opus in WebM. Firefox and Chromium can.";
  });
}

audio.addEventListener("ended", () => all(".playing").forEach((each) => each.classList.remove("playing")));
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-play]");
  if (button) play(button);
});

const filters = one("#filters");
if (filters) {
  const showMatching = () => {
    const wanted = new FormData(filters);
    const title = wanted.get("title").toLowerCase();
    const matches = (item, names) => item.dataset.title.toLowerCase().includes(title)
      && names.every((name) => !wanted.get(name) || item.dataset[name] === wanted.get(name));
    const cards = all(".song");
    for (const card of cards) card.hidden = !matches(card, ["part", "correct", "region", "predicted"]);
    for (const point of all(".point")) { // rings show what is correct
      point.classList.toggle("faint", !matches(point, ["region", "predicted"]));
    }
    one("#count").textContent = `${cards.filter((card) => !card.hidden).length} of ${cards.length} songs`;
  };

  filters.addEventListener("input", showMatching);
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("reset", () => setTimeout(showMatching));
  all("[data-cell]").forEach((cell) => cell.addEventListener("click", () => {
    filters.reset();
    filters.elements.correct.value = "";
    filters.elements.region.value = cell.dataset.region;
    filters.elements.predicted.value = cell.dataset.predicted;
    showMatching();
    one("#songs").focus();
    one("#songs").scrollIntoView();
  }));
  showMatching();
}

const map = one(".map");
if (map) {
  const points = all(".point");
  const distance = (point, event) => {
    const box = point.getBoundingClientRect();
    return Math.hypot(box.x + box.width / 2 - event.clientX, box.y + box.height / 2 - event.clientY);
  };
  map.addEventListener("click", (event) => { // a finger is wider than a point
    if (event.target.closest(".point")) return;
    const nearest = points.reduce((a, b) => (distance(b, event) < distance(a, event) ? b : a));
    if (distance(nearest, event) < 24) play(nearest);
  });
  map.addEventListener("keydown", (event) => {
    const at = points.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Enter" || event.key === " ") play(points[at]);
    else if (!step) return;
    event.preventDefault();
    const next = points[at + (step || 0)];
    if (next) {
      points[at].tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
  });
}
