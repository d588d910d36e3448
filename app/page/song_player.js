// The slider over a song's pictures is its player's position.
const player = () => document.querySelector("#song audio");
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

function describe(slider) {
  const regions = JSON.parse(slider.dataset.regions);
  const segment = Math.min(Math.floor(slider.value / slider.dataset.window), regions.length - 1);
  const text = `${clock(slider.value)}: ${regions[segment]}`;
  element.querySelector(".position").textContent = text;
  slider.setAttribute("aria-valuetext", `${text}, of ${slider.dataset.end}`);
}

element.addEventListener("input", (event) => {
  const audio = player();
  if (audio) audio.currentTime = event.target.value;
  describe(event.target);
});
element.addEventListener("keydown", (event) => {
  const audio = player();
  if (event.key !== " " || !audio || event.target.type !== "range") return;
  event.preventDefault();
  if (audio.paused) audio.play();
  else audio.pause();
});
document.addEventListener("timeupdate", (event) => { // does not bubble
  const slider = element.querySelector("input[type=range]");
  if (!slider || event.target !== player()) return;
  slider.value = event.target.currentTime;
  describe(slider);
}, true);
