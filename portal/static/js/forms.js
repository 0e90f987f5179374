// Moves the focus to the error summary, and counts what is left in a text area.

const NEAR = 1000;

function showCount(counter) {
  const area = document.getElementById(counter.dataset.counterFor);
  if (!area) return;
  const update = () => {
    const left = Number(area.dataset.maximum) - [...area.value].length;
    const words = left < 0 ? counter.dataset.over : counter.dataset.left;
    // What is far away only distracts.
    counter.hidden = left > NEAR;
    counter.textContent = words.replace("#", String(Math.abs(left)));
    counter.classList.toggle("dk-counter-over", left < 0);
  };
  area.addEventListener("input", update);
  update();
}

function enhanceForms(root) {
  root.querySelectorAll("[data-counter-for]").forEach(showCount);
}

enhanceForms(document);
document.addEventListener("datakluis:content", (event) => enhanceForms(event.detail));
document.querySelector("[data-error-summary]")?.focus();
