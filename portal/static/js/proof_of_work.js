// Tells the widget that proves some work (ALTCHA) which worker does it: under our policy it may make none from text.
// It is loaded after the words of the widget and before the widget itself, which share one object.
const widget = document.querySelector("altcha-widget[data-worker]");

if (widget) {
  document.querySelector("[data-without-scripts]").hidden = true;
  globalThis.$altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(widget.dataset.worker));
}
