// Files of a message: chosen or dropped, each sent by itself with its progress, to be cancelled, tried again, taken away.
// Without this script the button beside the field sends them with the form.

const AT_ONCE = 2;

function enhance(area) {
  const words = area.dataset;
  const list = area.querySelector("[data-list]");
  const input = area.querySelector("input[type=file]");
  const drop = area.querySelector("[data-drop]");
  const wait = area.querySelector("[data-wait]");
  const waiting = [];
  let sending = 0;

  const say = (sentence, name) => {
    area.querySelector("[data-status]").textContent = sentence.replace("#", () => name);
  };
  const isBusy = () => sending > 0 || waiting.length > 0;

  function row(file) {
    const item = area.querySelector("[data-coming]").content.cloneNode(true).firstElementChild;
    const find = (mark) => item.querySelector(`[data-${mark}]`);
    find("name").textContent = file.name;
    item.querySelectorAll("[data-of]").forEach((place) => { place.textContent = ` ${file.name}`; });
    find("progress").setAttribute("aria-label", file.name);
    const entry = { file, item, find, request: null };
    find("cancel").addEventListener("click", () => { stop(entry); item.remove(); input.focus(); });
    find("dismiss").addEventListener("click", () => { item.remove(); input.focus(); });
    find("retry").addEventListener("click", () => { begin(entry); find("cancel").focus(); });
    list.append(item);
    return entry;
  }

  function stop(entry) {
    const place = waiting.indexOf(entry);
    if (place >= 0) waiting.splice(place, 1);
    entry.request?.abort();
  }

  function show(entry, { error = "", again = false }) {
    entry.find("progress").hidden = Boolean(error);
    entry.find("error").hidden = !error;
    entry.find("error").textContent = error;
    entry.find("cancel").hidden = Boolean(error);
    entry.find("retry").hidden = !again;
    entry.find("dismiss").hidden = !error;
    if (error) {
      entry.find("state").textContent = "";
      say("#", `${entry.file.name}: ${error}`);
    }
  }

  function begin(entry) {
    show(entry, {});
    entry.find("progress").value = 0;
    waiting.push(entry);
    next();
  }

  function next() {
    while (sending < AT_ONCE && waiting.length) send(waiting.shift());
    if (!isBusy()) wait.hidden = true;
  }

  function send(entry) {
    const request = new XMLHttpRequest();
    entry.request = request;
    sending += 1;
    request.open("POST", words.url);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", words.token);
    request.setRequestHeader("X-File-Name", encodeURIComponent(entry.file.name));
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const percent = Math.floor((event.loaded / event.total) * 100);
      entry.find("progress").value = percent;
      entry.find("state").textContent = `${percent} %`;
    });
    request.addEventListener("load", () => finish(entry, request));
    request.addEventListener("error", () => show(entry, { error: words.broken, again: true }));
    request.addEventListener("loadend", () => {
      sending -= 1;
      next();
    });
    request.send(entry.file);
  }

  function finish(entry, request) {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      // A page of ours instead, such as that to log in: the status says what there is to say.
    }
    if (request.status === 201 && answer.html) {
      entry.item.outerHTML = answer.html;
      say(words.ready, entry.file.name);
    } else if (answer.error) {
      show(entry, { error: answer.error });
    } else {
      show(entry, request.status === 413 ? { error: words.tooLarge } : { error: words.failed, again: true });
    }
  }

  function add(files) {
    for (const file of files) {
      const entry = row(file);
      if (file.size > Number(words.limit)) show(entry, { error: words.tooLarge });
      else if (file.size === 0) show(entry, { error: words.empty });
      else begin(entry);
    }
  }

  async function remove(button) {
    const item = button.closest("[data-waiting]");
    const answer = await fetch(button.getAttribute("formaction"), {
      method: "POST",
      headers: { "X-CSRF-Token": words.token, Accept: "application/json" },
    }).catch(() => null);
    if (!answer || !answer.ok) {
      wait.textContent = words.failed;
      wait.hidden = false;
      return;
    }
    item.remove();
    say(words.removed, item.dataset.name);
    input.focus();
  }

  area.querySelectorAll("[data-with-script]").forEach((part) => { part.hidden = false; });
  area.querySelectorAll("[data-without-script]").forEach((part) => part.remove());
  input.addEventListener("change", () => {
    add([...input.files]);
    // The form of the message must not send them once more.
    input.value = "";
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    event.preventDefault();
    remove(button);
  });
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("dk-drop-over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("dk-drop-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("dk-drop-over");
    add([...event.dataTransfer.files]);
  });
  input.form?.addEventListener("submit", (event) => {
    if (!isBusy()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    wait.textContent = words.busy;
    wait.hidden = false;
  }, true);
}

function enhanceAll(root) {
  root.querySelectorAll("[data-files]").forEach(enhance);
}

// A file that is dropped beside the place for it must not take the place of the page.
for (const name of ["dragover", "drop"]) {
  document.addEventListener(name, (event) => {
    if (document.querySelector("[data-files]") && event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
}

enhanceAll(document);
document.addEventListener("datakluis:content", (event) => enhanceAll(event.detail));
