// A signature drawn with finger, pen or mouse. Without this script the typed name is the signature.

const INK = "#0a3742";
const WIDTH = 4;

function enhance(area) {
  const canvas = area.querySelector("canvas");
  const field = area.querySelector("input[name=drawing]");
  const status = area.querySelector("[data-status]");
  const pen = canvas.getContext("2d");
  let last = null;

  area.querySelector("[data-with]").hidden = false;
  area.querySelector("[data-without]").hidden = true;
  pen.lineWidth = WIDTH;
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = pen.fillStyle = INK;

  // What was drawn before the form came back with a fault.
  if (field.value) {
    const before = new Image();
    before.addEventListener("load", () => pen.drawImage(before, 0, 0));
    before.src = field.value;
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return {
      x: (event.clientX - box.left) * canvas.width / box.width,
      y: (event.clientY - box.top) * canvas.height / box.height,
    };
  }

  function keep() {
    if (!last) return;
    last = null;
    const drawn = canvas.toDataURL("image/png");
    field.value = drawn.length < Number(area.dataset.largest) * 4 / 3 ? drawn : "";
  }

  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    pen.beginPath();
    pen.arc(last.x, last.y, WIDTH / 2, 0, 2 * Math.PI);
    pen.fill();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    const next = place(event);
    pen.beginPath();
    pen.moveTo(last.x, last.y);
    pen.lineTo(next.x, next.y);
    pen.stroke();
    last = next;
  });
  canvas.addEventListener("pointerup", keep);
  canvas.addEventListener("pointercancel", keep);
  area.querySelector("[data-clear]").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    field.value = "";
    status.textContent = area.dataset.cleared;
  });
}

document.querySelectorAll("[data-drawing]").forEach(enhance);
