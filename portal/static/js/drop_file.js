// A file that is dropped beside the button of a file field is chosen as well; without this script the field itself takes it.

function enhance(area) {
  const input = area.querySelector("input[type=file]");
  area.addEventListener("dragover", (event) => {
    event.preventDefault();
    area.classList.add("dk-drop-over");
  });
  area.addEventListener("dragleave", () => area.classList.remove("dk-drop-over"));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("dk-drop-over");
    if (event.dataTransfer.files.length !== 1) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

document.querySelectorAll("[data-drop-file]").forEach(enhance);
